// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gateway/base/observe/log_limit.h"
#include "gateway/base/observe/method_meter.h"
#include "gateway/base/observe/metrics.h"
#include "gateway/base/rpc_status.h"
#include "gateway/transcode/event_fault.h"

namespace sluice {

// What a service does wrong on one route, for its operator: warnings in the log, and the counter
// `unreadable_<kind>`.
//
// Bounds:  a line a minute for each status, and one for each kind of fault; it says how many were
//          held back since the one before.
// Threads: any. Only what goes wrong takes a lock.
class FailureLog final {
 public:
  // `method` is the full name of one of the schema. `metrics` must outlive the log.
  FailureLog(std::string method, Metrics& metrics);

  // An RPC has ended otherwise than with OK, and not because the gateway wanted it so.
  void NoteEnd(const RpcStatus& status, absl::Time now);

  // A message has no JSON: a FaultError.
  void NoteUnreadable(const absl::Status& fault, absl::Time now);

 private:
  void CountUnreadable(EventFault fault);

  const std::string method_;
  Metrics& metrics_;
  std::array<LogLimit, kRpcCodes> ends_;
  std::array<LogLimit, kEventFaults> faults_;
};

}  // namespace sluice

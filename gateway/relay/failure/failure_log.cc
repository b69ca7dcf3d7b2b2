// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/failure/failure_log.h"

#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/base/observe/log.h"

namespace sluice {
namespace {

size_t NumberOf(absl::StatusCode code) {
  const auto number = static_cast<size_t>(code);
  return number < kRpcCodes ? number : static_cast<size_t>(absl::StatusCode::kUnknown);
}

void Warn(absl::string_view message, LogFields& fields, uint64_t held_back) {
  if (held_back > 0) fields.Number("more_since_last", held_back);
  LogLine(LogLevel::kWarning, message, fields);
}

}  // namespace

FailureLog::FailureLog(std::string method, Metrics& metrics)
    : method_(std::move(method)), metrics_(metrics) {}

void FailureLog::NoteEnd(const RpcStatus& status, absl::Time now) {
  if (status.lost == LostMessage::kTooLarge) CountUnreadable(EventFault::kTooLarge);
  if (status.lost == LostMessage::kBroken) CountUnreadable(EventFault::kMalformed);
  const std::optional<uint64_t> held_back = ends_[NumberOf(status.code)].Admit(now);
  if (!held_back.has_value()) return;
  LogFields fields;
  fields.Text("method", method_).Text("code", CodeName(status.code)).Text("detail", status.message);
  Warn("an RPC ended with an error", fields, *held_back);
}

void FailureLog::NoteUnreadable(const absl::Status& fault, absl::Time now) {
  const EventFault kind = FaultOf(fault);
  CountUnreadable(kind);
  const std::optional<uint64_t> held_back = faults_[static_cast<size_t>(kind)].Admit(now);
  if (!held_back.has_value()) return;
  LogFields fields;
  fields.Text("method", method_).Text("kind", NameOf(kind));
  Warn(fault.message(), fields, *held_back);
}

// A schema may have thousands of methods; few ever need these counters.
void FailureLog::CountUnreadable(EventFault fault) {
  metrics_.GetCounter(absl::StrCat("unreadable_", NameOf(fault)), method_).Add();
}

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/relay/call_builder.h"
#include "gateway/relay/failure/retry_memory.h"

namespace sluice {

// How one browser's stream, each time that it came back, has failed in a row.
//
// Threads: one, its stream's.
class FailureStreak final {
 public:
  // An RPC that has lasted longer is well, however it ends.
  static constexpr absl::Duration kWellAfter = absl::Seconds(30);

  // `call` is what the browser asks for. What in it is of this one request (trace, request id, the
  // peer's address) does not count: the next request for the same has others.
  FailureStreak(const RetryMemory& memory, const BuiltCall& call, absl::Time now);

  // The stream has failed, or an endless one has ended without an event, and its browser is to come
  // back. Returns how often that has happened in a row by now.
  struct End {
    absl::string_view last_id;  // what the browser holds; empty: what it came with
    absl::Duration lasted;
  };
  int Failed(RetryMemory& memory, const End& end, absl::Time now);

 private:
  uint64_t request_;  // a hash
  uint64_t place_;    // with the id
  int before_;
};

}  // namespace sluice

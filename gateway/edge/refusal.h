// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "gateway/base/observe/metrics.h"
#include "gateway/edge/exchange.h"

namespace sluice {

// Why the edge itself refuses a request or breaks a connection off: the label of `edge_refused`.
enum class RefusalReason {
  kBadRequest,
  kBadVersion,
  kBadTransferEncoding,
  kBadMethod,
  kBadExpectation,
  kHeadTooLarge,
  kBodyTooLarge,
  kHeadTimeout,
  kBodyTimeout,
  kTooManyConnections,  // far too many: closed
  kIdleTimeout,         // nothing to answer: closed
  kCloseTimeout,        // nobody takes the answer: reset
};
inline constexpr size_t kRefusalReasons = 12;

// `head_too_large`
absl::string_view NameOf(RefusalReason reason);

// A refused request: the reason (one that is answered), and what was found and would be right.
struct Refusal {
  RefusalReason reason;
  std::string message;
};

// The answer to it, after which the connection is closed: where the next request would begin,
// nobody can tell.
Response ResponseTo(const Refusal& refusal);

// The counters `edge_refused`, one a reason. Threads: any.
class RefusalCounters final {
 public:
  explicit RefusalCounters(Metrics& metrics);

  void Count(RefusalReason reason) { counters_[static_cast<size_t>(reason)]->Add(); }

 private:
  std::array<Counter*, kRefusalReasons> counters_;
};

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace sluice {

// Signs that a service may no longer have the schema that it told. Raised where it is served; who
// can ask it again takes them.
//
// Bounds:  a sign counts once until it is taken, however often it is seen.
// Threads: any; costs a load where there is nothing new.
class SchemaDoubt final {
 public:
  enum class Sign : uint8_t {
    kUnknownFields,  // an event has a field, or a value of a closed enum, that the schema lacks
    kUnimplemented,  // the service does not know a method that the schema has
    kReconnected,    // there is a new connection, perhaps to a new version
    kNotServed,      // somebody wants what could not be served for its schema's sake
  };
  static constexpr size_t kSigns = 4;
  static constexpr std::array<absl::string_view, kSigns> kNames = {
      "unknown_fields", "unimplemented", "reconnected", "not_served"};

  // A set of signs.
  using Signs = uint32_t;
  static constexpr Signs Only(Sign sign) { return Signs{1} << static_cast<Signs>(sign); }
  static std::vector<std::string> NamesOf(Signs signs);

  void Raise(Sign sign) { RaiseAll(Only(sign)); }
  void RaiseAll(Signs signs) {
    if ((raised_.load(std::memory_order_relaxed) & signs) != signs) raised_ |= signs;
  }

  // An RPC was accepted, or has ended. The next that is accepted after one that could not reach the
  // service has a new connection.
  void CallAccepted() {
    if (away_.load(std::memory_order_relaxed) && away_.exchange(false)) Raise(Sign::kReconnected);
  }
  void CallEnded(absl::StatusCode code) {
    if (code == absl::StatusCode::kUnavailable) away_ = true;
    if (code == absl::StatusCode::kUnimplemented) Raise(Sign::kUnimplemented);
  }

  Signs raised() const { return raised_.load(std::memory_order_relaxed); }
  // What was raised since it was last taken.
  Signs Take() { return raised_.exchange(0); }

 private:
  std::atomic<Signs> raised_{0};
  std::atomic<bool> away_{false};
};

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "gateway/sse/event_name.h"

#include <array>

#include "absl/strings/match.h"

namespace sluice {
namespace {

struct Renamed {
  absl::string_view from;
  std::string to;
};

const std::array<Renamed, 3>& EventSourcesNames() {
  static const auto* const names =
      new std::array<Renamed, 3>{{{"error", "Error"}, {"message", "Message"}, {"open", "Open"}}};
  return *names;
}

}  // namespace

bool IsEventSourcesName(absl::string_view name) {
  for (const Renamed& each : EventSourcesNames()) {
    if (name == each.from) return true;
  }
  return false;
}

bool IsSluicesName(absl::string_view name) { return absl::StartsWith(name, "stream-"); }

const std::string& ListenableName(const std::string& name) {
  for (const Renamed& each : EventSourcesNames()) {
    if (name == each.from) return each.to;
  }
  return name;
}

}  // namespace sluice

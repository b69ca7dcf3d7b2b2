// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <utility>

#include "gateway/base/loop/member_call.h"

namespace sluice {

// A function where the gateway calls a member of an object.
template <typename Event>
class Told final {
 public:
  explicit Told(std::function<void(Event)> function) : function_(std::move(function)) {}
  Told(const Told&) = delete;
  Told& operator=(const Told&) = delete;

  MemberCall<Event> call() { return MemberCall<Event>::template Of<&Told::Hear>(*this); }

 private:
  void Hear(Event event) { function_(event); }

  std::function<void(Event)> function_;
};

}  // namespace sluice

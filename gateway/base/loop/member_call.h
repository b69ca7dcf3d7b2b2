// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sluice {

// One member function of one object, to be called with an Event: two words, and nothing owned. For
// what there is ten thousand times; elsewhere absl::AnyInvocable, which needs four, says the same.
//
// Ownership: borrows the object.
template <typename Event>
class MemberCall final {
 public:
  MemberCall() = default;  // of nothing

  // `MemberCall<Event>::Of<&Connection::OnFd>(connection)`
  template <auto kMember, typename Object>
  static MemberCall Of(Object& object) {
    return MemberCall(
        &object, [](void* self, Event event) { (static_cast<Object*>(self)->*kMember)(event); });
  }

  explicit operator bool() const { return object_ != nullptr; }
  // REQUIRES: it is of something. The object may destroy what holds this.
  void operator()(Event event) const { call_(object_, event); }

 private:
  using Call = void (*)(void* self, Event event);

  MemberCall(void* object, Call call) : object_(object), call_(call) {}

  void* object_ = nullptr;
  Call call_ = nullptr;
};

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>

namespace sluice {

// Calls to an object that come later, when it may be gone: work that was posted, answers of other
// loops. A member of the object:
//
//     loop.Post(weak_self_.Bind(*this, [](Topic& topic) { topic.Flush(); }));
//
// Ownership: what Bind returns may outlive the object, and does nothing then.
// Threads:   the object's; what Bind returns may travel, but is called there.
template <typename Object>
class WeakSelf final {
 public:
  WeakSelf() = default;
  WeakSelf(const WeakSelf&) = delete;
  WeakSelf& operator=(const WeakSelf&) = delete;

  // `call(self, arguments...)`, unless `self`, which is the object that this is a member of, is
  // gone by then or Release was called.
  template <typename Call>
  auto Bind(Object& self, Call call) {
    if (self_ == nullptr) self_ = std::make_shared<Object*>(&self);
    return [weak = std::weak_ptr<Object*>(self_),
            call = std::move(call)](auto&&... arguments) mutable {
      if (const std::shared_ptr<Object*> alive = weak.lock()) {
        call(**alive, std::forward<decltype(arguments)>(arguments)...);
      }
    };
  }

  // What was bound so far does nothing any more; its memory is freed until the next Bind.
  void Release() { self_.reset(); }

 private:
  std::shared_ptr<Object*> self_;
};

}  // namespace sluice

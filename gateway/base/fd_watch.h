// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "absl/functional/any_invocable.h"
#include "gateway/base/loop.h"

namespace sluice {

// Tells when a descriptor can be read or written, or is broken. Reading, writing and closing are
// its owner's business.
//
// Ownership: borrows the descriptor, which must stay open as long as the watch lives.
// Threads:   its loop's. No callback is called from inside a method, nor after the destructor; a
// callback
//            may destroy the watch.
class FdWatch final {
 public:
  struct Callbacks {
    absl::AnyInvocable<void()> readable;
    absl::AnyInvocable<void()> writable;
    absl::AnyInvocable<void()> broken;  // reset or hung up, seen without reading; at most once
  };

  FdWatch(Loop& loop, int fd, Callbacks callbacks);
  ~FdWatch();
  FdWatch(const FdWatch&) = delete;
  FdWatch& operator=(const FdWatch&) = delete;

  // Each asks for one call; asking again before it came changes nothing.
  void WaitReadable();
  void WaitWritable();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace sluice

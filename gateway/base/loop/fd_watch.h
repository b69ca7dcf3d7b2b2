// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "gateway/base/loop/loop.h"
#include "gateway/base/loop/member_call.h"

namespace sluice {

// Tells when a descriptor can be read or written, or is broken. Reading, writing and closing are
// its owner's business.
//
// Ownership: borrows the descriptor, which must stay open as long as the watch lives.
// Threads:   its loop's. No callback is called from inside a method, nor after the destructor; it
//            may destroy the watch.
class FdWatch final {
 public:
  enum class Event {
    kReadable,
    kWritable,
    kBroken,  // reset or hung up, seen without reading; at most once
  };
  using Callback = MemberCall<Event>;

  FdWatch(Loop& loop, int fd, Callback callback);
  ~FdWatch();
  FdWatch(const FdWatch&) = delete;
  FdWatch& operator=(const FdWatch&) = delete;

  // Each asks for one call; asking again before it came changes nothing.
  void WaitReadable();
  void WaitWritable();

 private:
  friend class WatchSet;

  Loop& loop_;
  const Callback callback_;
  const int fd_;
  uint32_t wanted_ = 0;      // of epoll's events
  uint32_t watched_ = 0;     // those that the kernel was told
  bool in_set_ = false;      // the kernel knows the descriptor
  bool being_told_ = false;  // what is wanted is looked at afterwards
  bool broken_ = false;      // was told
};

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/functional/any_invocable.h"

namespace sluice {

// Runs work on one thread, in the order in which it was posted.
//
// Threads: Post may be called from any thread; the work runs on the executor's own, never inside
// Post.
class Executor {
 public:
  virtual ~Executor() = default;

  virtual void Post(absl::AnyInvocable<void()> work) = 0;
};

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"

namespace sluice {

// How often streams have failed in a row, by the place where their browser will come back: a number
// that stands for the request and the Last-Event-ID. So that one that fails at the same place again
// and again, or after one event more each time, comes back less and less often.
//
// Bounds:  `max_places`, half of which are those that were remembered last; what is forgotten
//          begins anew. A place is forgotten at the time that is given with it, too.
// Threads: any; a lock, taken when a stream opens and when it fails.
class RetryMemory final {
 public:
  static constexpr size_t kMaxPlaces = 32 * 1024;

  explicit RetryMemory(size_t max_places = kMaxPlaces) : max_places_(max_places) {}
  RetryMemory(const RetryMemory&) = delete;
  RetryMemory& operator=(const RetryMemory&) = delete;

  // 0 for a place that is not known.
  int FailuresBefore(uint64_t place, absl::Time now) const;

  void Remember(uint64_t place, int failures, absl::Time until);

 private:
  struct Entry {
    int failures = 0;
    absl::Time until;
  };
  using Places = absl::flat_hash_map<uint64_t, Entry>;

  const size_t max_places_;
  mutable std::mutex mu_;
  Places newer_ ABSL_GUARDED_BY(mu_);
  Places older_ ABSL_GUARDED_BY(mu_);
};

}  // namespace sluice

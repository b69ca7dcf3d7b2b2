// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "absl/random/random.h"
#include "gateway/transcode/transcoded_event.h"

namespace sluice {

// What one loop's streams share: memory that only the event at hand needs, and chance.
//
// Bounds:  what an event of kMostKeptBytes needs, between events.
// Threads: one, its loop's.
struct EventScratch {
  static constexpr size_t kMostKeptBytes = size_t{256} * 1024;

  TranscodedEvent event;
  absl::BitGen random;

  // The event at hand is done with.
  void Clear() {
    if (event.data.capacity() > kMostKeptBytes) std::string().swap(event.data);
  }
};

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "gateway/hub/topic.h"

namespace sluice {

// Bounds that a test reaches only if it sets them.
inline EventLog::Options Roomy(EventLog::Options options) {
  if (options.max_events == 0) options.max_events = 1000;
  if (options.max_bytes == 0) options.max_bytes = uint64_t{1} << 20;
  return options;
}

// The same for a topic, whose times are 5 s to linger and 1 s to 30 s to be opened again unless the
// test sets them.
inline TopicOptions Roomy(TopicOptions options) {
  const auto set = [](absl::Duration& time, absl::Duration usual) {
    if (time == absl::ZeroDuration()) time = usual;
  };
  set(options.linger, absl::Seconds(5));
  set(options.reopen_min, absl::Seconds(1));
  set(options.reopen_max, absl::Seconds(30));
  options.log = Roomy(options.log);
  return options;
}

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "absl/time/time.h"

namespace sluice {

// Bounds of one connection. Every one that can be hit has a counter `edge_refused{reason}`.
struct ConnectionOptions {
  size_t max_head_bytes = 16 * 1024;    // 431 `head_too_large`
  size_t max_body_bytes = 1024 * 1024;  // 413 `body_too_large`
  // 408 `head_timeout`, from the first byte or accept
  absl::Duration head_timeout = absl::Seconds(10);
  absl::Duration body_timeout = absl::Seconds(30);  // 408 `body_timeout`
  absl::Duration idle_timeout = absl::Seconds(75);  // between two requests: closed
  // The answer is complete, but the browser takes no more of it: reset.
  absl::Duration close_timeout = absl::Seconds(5);
};

}  // namespace sluice

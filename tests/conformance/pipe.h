// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace sluice {

// What the conformance runner and a testee say to each other: messages, each behind its length as
// four bytes, the lowest first.
//
// Bounds: a message of at most 256 MiB.

// The next message of the runner; nothing where there is none.
std::optional<std::string> ReadMessage(int fd);

// True if all of it was written.
[[nodiscard]] bool WriteMessage(int fd, absl::string_view message);

}  // namespace sluice

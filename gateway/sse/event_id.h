// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace sluice {

// The id of an event in its wire form: `[A-Za-z0-9._~-]`, at most kMaxBytes. Bytes outside the
// alphabet, and `~` itself, stand as `~` and two upper-case hex digits, so that no value can end
// like an ended stream.
class EventId final {
 public:
  // With room for the `~end` that the last event of a stream appends.
  static constexpr size_t kMaxBytes = 124;

  // Nothing if `value` is empty, or too long once escaped.
  static std::optional<EventId> FromValue(absl::string_view value);

  const std::string& text() const { return text_; }

 private:
  explicit EventId(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

// The value that a Last-Event-ID stands for; nothing where it was not written by FromValue.
std::optional<std::string> UnescapeEventId(absl::string_view text);

// True for the id of a stream that ended for good: whoever comes back with it is answered 204.
bool IsEndId(absl::string_view text);

// The id that ends a stream whose last id was `last` (empty: none).
std::string EndId(absl::string_view last);

}  // namespace sluice

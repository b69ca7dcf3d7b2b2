// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"

namespace sluice {

// The keys that a map has had so far, to find one that is there twice. Keys are known by where
// they were written.
//
// Bounds:  none of its own; four to eight bytes a key.
// Threads: one.
class KeySet final {
 public:
  KeySet() = default;
  KeySet(const KeySet&) = delete;
  KeySet& operator=(const KeySet&) = delete;

  // Adds `text.substr(offset)`, which ends with a quote. False if there is such a key already.
  // `text` is what was written so far; what the earlier keys were written in must not have changed.
  bool Add(absl::string_view text, size_t offset) {
    const absl::string_view key = text.substr(offset);
    if (2 * ++count_ > slots()) Widen(text);
    for (size_t slot = SlotOf(key);; slot = (slot + 1) & (slots() - 1)) {
      uint32_t& taken = table()[slot];
      if (taken == 0) {
        taken = static_cast<uint32_t>(offset) + 1;
        return true;
      }
      // A quote stands only at the end of a key, so that one key is never the beginning of another.
      if (text.substr(taken - 1, key.size()) == key) return false;
    }
  }

 private:
  uint32_t* table() { return wide_.empty() ? narrow_.data() : wide_.data(); }
  size_t slots() const { return wide_.empty() ? narrow_.size() : wide_.size(); }
  size_t SlotOf(absl::string_view key) const {
    return absl::Hash<absl::string_view>()(key) & (slots() - 1);
  }

  static absl::string_view KeyAt(absl::string_view text, size_t offset) {
    size_t end = offset + 1;
    for (; text[end] != '"'; ++end) end += text[end] == '\\' ? 1 : 0;
    return text.substr(offset, end + 1 - offset);
  }

  void Widen(absl::string_view text) {
    const std::vector<uint32_t> before(table(), table() + slots());
    wide_.assign(4 * before.size(), 0);
    for (const uint32_t taken : before) {
      if (taken == 0) continue;
      size_t slot = SlotOf(KeyAt(text, taken - 1));
      while (wide_[slot] != 0) slot = (slot + 1) & (slots() - 1);
      wide_[slot] = taken;
    }
  }

  size_t count_ = 0;
  std::array<uint32_t, 64> narrow_{};
  std::vector<uint32_t> wide_;
};

}  // namespace sluice

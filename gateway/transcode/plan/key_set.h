// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace sluice {

// The keys that a map has had so far, to find one that is there twice. A key is known by where it
// was written: as JSON, quotes included.
//
// Bounds:  none of its own; sixteen to sixty-four bytes a key. Where keys were made to collide it
//          gives up soon. A thread keeps a table of 64 KB for its next set, so that one after the
//          other costs no allocation.
// Threads: one.
class KeySet final {
 public:
  KeySet() = default;
  ~KeySet() {
    if (!wide_.empty()) GiveBack();
  }
  KeySet(const KeySet&) = delete;
  KeySet& operator=(const KeySet&) = delete;

  // Adds the key that `text` ends with, from `offset` on; what stands before is what was written
  // since the first key, and has not changed. False if there is such a key, or perhaps.
  bool Add(absl::string_view text, size_t offset) {
    const absl::string_view key = text.substr(offset);
    if (2 * ++count_ > slots()) Widen();
    const uint32_t hash = HashOf(key);
    size_t slot = hash & (slots() - 1);
    for (size_t probes = 0; probes < kMostProbes; ++probes, slot = (slot + 1) & (slots() - 1)) {
      Slot& taken = table()[slot];
      if (taken.end == 0) {
        taken = {hash, static_cast<uint32_t>(offset + 1)};
        return true;
      }
      // A quote that is not escaped ends a key, so none is the beginning of another.
      if (taken.hash == hash && text.substr(taken.end - 1, key.size()) == key) return false;
    }
    return false;
  }

 private:
  static constexpr size_t kMostProbes = 64;

  struct Slot {
    uint32_t hash;
    uint32_t end;  // 1 + the key's offset; 0: free
  };

  Slot* table() { return wide_.empty() ? narrow_.data() : wide_.data(); }
  size_t slots() const { return wide_.empty() ? narrow_.size() : wide_.size(); }

  static uint32_t HashOf(absl::string_view key) {
    constexpr uint64_t kFactor = 0x9e3779b97f4a7c15;
    uint64_t hash = key.size();
    const char* at = key.data();
    size_t rest = key.size();
    for (; rest >= sizeof(uint64_t); rest -= sizeof(uint64_t), at += sizeof(uint64_t)) {
      uint64_t block;
      std::memcpy(&block, at, sizeof(block));
      hash = (hash ^ block) * kFactor;
      hash ^= hash >> 32;
    }
    uint64_t block = 0;
    if (key.size() >= sizeof(block)) {
      std::memcpy(&block, key.data() + key.size() - sizeof(block), sizeof(block));
    } else {
      for (size_t i = 0; i < rest; ++i) block = block << 8 | static_cast<uint8_t>(at[i]);
    }
    hash = (hash ^ block) * kFactor;
    return static_cast<uint32_t>(hash >> 32);
  }

  void Widen() {
    std::vector<Slot> wider = std::exchange(spare_, {});
    wider.assign(4 * slots(), Slot{});
    for (size_t i = 0; i < slots(); ++i) {
      const Slot& taken = table()[i];
      if (taken.end == 0) continue;
      size_t slot = taken.hash & (wider.size() - 1);
      while (wider[slot].end != 0) slot = (slot + 1) & (wider.size() - 1);
      wider[slot] = taken;
    }
    GiveBack();
    wide_ = std::move(wider);
  }

  void GiveBack() {
    constexpr size_t kMostSlots = size_t{64} * 1024 / sizeof(Slot);
    const bool is_larger = wide_.capacity() > spare_.capacity();
    if (is_larger && wide_.capacity() <= kMostSlots) spare_ = std::move(wide_);
  }

  static inline thread_local std::vector<Slot> spare_;

  size_t count_ = 0;
  std::array<Slot, 32> narrow_{};
  std::vector<Slot> wide_;
};

}  // namespace sluice

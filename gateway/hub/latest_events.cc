// SPDX-License-Identifier: Apache-2.0
#include "gateway/hub/latest_events.h"

#include <optional>
#include <utility>

namespace sluice {

void LatestEvents::Note(absl::string_view key, uint64_t position) {
  const auto [entry, is_new] = position_by_key_.try_emplace(std::string(key), position);
  if (!is_new) {
    const auto before = by_position_.find(entry->second);
    if (!before->second.kept.empty()) {
      kept_bytes_ -= before->second.kept.size() + before->second.key.size();
    }
    by_position_.erase(before);
    entry->second = position;
  }
  by_position_[position] = {.key = std::string(key), .kept = ""};
}

void LatestEvents::Keep(uint64_t position, absl::string_view frame) {
  const auto newest = by_position_.find(position);
  if (newest == by_position_.end() || frame.empty()) return;
  newest->second.kept = std::string(frame);
  kept_bytes_ += frame.size() + newest->second.key.size();
  while (kept_bytes_ > max_bytes_) Drop();
}

// What is kept lies before all that the log has.
void LatestEvents::Drop() {
  const auto oldest = by_position_.begin();
  kept_bytes_ -= oldest->second.kept.size() + oldest->second.key.size();
  lost_before_ = oldest->first + 1;
  position_by_key_.erase(oldest->second.key);
  by_position_.erase(oldest);
}

LatestEvents::Batch LatestEvents::Collect(uint64_t from, size_t max_bytes,
                                          const EventLog& log) const {
  Batch batch{.next = from, .lost = from < lost_before_};
  for (auto newest = by_position_.lower_bound(from); newest != by_position_.end(); ++newest) {
    if (newest->first >= log.log().published()) break;
    if (batch.frames.size() >= max_bytes) return batch;
    std::optional<absl::string_view> frame = newest->second.kept;
    if (frame->empty()) frame = log.EntryAt(newest->first);
    if (frame.has_value()) {
      batch.frames.append(frame->data(), frame->size());
      ++batch.events;
    }
    batch.next = newest->first + 1;
  }
  batch.next = log.log().published();
  batch.complete = true;
  return batch;
}

}  // namespace sluice

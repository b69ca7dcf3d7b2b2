// SPDX-License-Identifier: Apache-2.0
#include "gateway/hub/hub.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace sluice {

void TopicKey::Add(absl::string_view part) { absl::StrAppend(&bytes_, part.size(), ":", part); }

Hub::Entry* Hub::FindOrMake(const TopicKey& key, absl::string_view name,
                            absl::string_view last_event_id, Make make) {
  const auto known = by_key_.find(key);
  if (known != by_key_.end()) {
    Entry& entry = topics_.at(known->second);
    if (!entry.topic->has_ended() || entry.topic->Knows(last_event_id)) return &entry;
  }
  if (topics_.size() >= max_topics_ && !MakeRoom()) return nullptr;
  const uint64_t id = ++last_id_;
  Entry& entry = topics_[id];
  entry = {
      .key = key, .name = std::string(name), .id = id, .topic = make([this, id] { Remove(id); })};
  by_key_[key] = id;
  return &entry;
}

Topic* Hub::Find(uint64_t id) {
  const auto found = topics_.find(id);
  return found == topics_.end() ? nullptr : found->second.topic.get();
}

// Looks at all of them: it happens when the hub is full, once for each topic that is made then.
bool Hub::MakeRoom() {
  const Entry* oldest = nullptr;
  for (const auto& [id, entry] : topics_) {
    if (entry.topic->subscribers() > 0) continue;
    if (oldest == nullptr || entry.topic->idle_since() < oldest->topic->idle_since()) {
      oldest = &entry;
    }
  }
  if (oldest == nullptr) return false;
  Remove(oldest->id);
  return true;
}

void Hub::Remove(uint64_t id) {
  const auto found = topics_.find(id);
  found->second.topic->Retire();
  const auto newest = by_key_.find(found->second.key);
  if (newest != by_key_.end() && newest->second == id) by_key_.erase(newest);
  retired_.push_back(std::move(found->second.topic));
  topics_.erase(found);
  if (retired_.size() == 1) loop_.Post([this] { retired_.clear(); });
}

std::vector<Hub::Shown> Hub::Show() const {
  std::vector<Shown> shown;
  shown.reserve(topics_.size());
  for (const auto& [id, entry] : topics_) {
    shown.push_back({.name = entry.name,
                     .subscribers = entry.topic->subscribers(),
                     .events = entry.topic->log().events(),
                     .bytes = entry.topic->log().bytes(),
                     .ended = entry.topic->has_ended()});
  }
  return shown;
}

}  // namespace sluice

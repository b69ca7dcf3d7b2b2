// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "gateway/base/loop/loop.h"
#include "gateway/hub/topic.h"

namespace sluice {

// What makes two requests ask for the same stream: method, request, credentials, form. Bytes that
// mean nothing but "the same". Copies share the message, which may be long.
class TopicKey final {
 public:
  // Each part counts by itself: `("a", "bc")` is not `("ab", "c")`.
  void Add(absl::string_view part);

  // The request message, a part by itself.
  void SetMessage(std::shared_ptr<const std::string> message) { message_ = std::move(message); }

  bool operator==(const TopicKey& other) const {
    return bytes_ == other.bytes_ && message() == other.message();
  }
  template <typename H>
  friend H AbslHashValue(H hash, const TopicKey& key) {
    return H::combine(std::move(hash), key.bytes_, key.message());
  }

 private:
  absl::string_view message() const {
    if (message_ == nullptr) return "";
    return *message_;
  }

  std::string bytes_;
  std::shared_ptr<const std::string> message_;
};

// The topics whose home is one loop.
//
// Bounds:    `max_topics`. One more makes the one leave that has been without subscribers for the
//            longest time; where all have subscribers, it is refused.
// Ownership: owns the topics. One that nobody wants is destroyed after its linger.
// Threads:   its loop's.
// Errors:    null for "no more topics".
class Hub final {
 public:
  explicit Hub(Loop& loop, size_t max_topics) : loop_(loop), max_topics_(max_topics) {}
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  struct Entry {
    TopicKey key;
    std::string name;  // for people: `demo.v1.Ticker/Watch`
    uint64_t id = 0;   // of this incarnation; never used again
    std::unique_ptr<Topic> topic;
  };
  // Makes a new topic with its source; `on_idle` is the hub's.
  using Make = absl::FunctionRef<std::unique_ptr<Topic>(absl::AnyInvocable<void()> on_idle)>;

  // The topic of `key` that somebody with `last_event_id` should join: the one there is, unless it
  // has ended and has nothing for him; then another one. Null if there is no room.
  Entry* FindOrMake(const TopicKey& key, absl::string_view name, absl::string_view last_event_id,
                    Make make);

  // By its id; null if it is gone.
  Topic* Find(uint64_t id);

  size_t size() const { return topics_.size(); }

  // What `/status` shows.
  struct Shown {
    std::string name;
    size_t subscribers = 0;
    size_t events = 0;
    uint64_t bytes = 0;
    bool ended = false;
  };
  std::vector<Shown> Show() const;

 private:
  bool MakeRoom();
  void Remove(uint64_t id);

  Loop& loop_;
  const size_t max_topics_;
  absl::flat_hash_map<uint64_t, Entry> topics_;     // by id
  absl::flat_hash_map<TopicKey, uint64_t> by_key_;  // the newest incarnation of each
  std::vector<std::unique_ptr<Topic>> retired_;     // destroyed in a turn of its own
  uint64_t last_id_ = 0;
};

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "gateway/base/loop/loop.h"
#include "gateway/hub/hub.h"
#include "gateway/relay/event_scratch.h"
#include "gateway/relay/shared/topic_feed.h"

namespace sluice {

class TopicDirectory;

// Membership in a topic, wherever its home is: leaves when it goes.
//
// Threads: the subscriber's.
class [[nodiscard]] Subscription final {
 public:
  Subscription() = default;
  Subscription(Subscription&& other) noexcept;
  Subscription& operator=(Subscription&& other) noexcept;
  ~Subscription();

 private:
  friend class TopicDirectory;
  Subscription(TopicDirectory& home, uint64_t topic,
               std::shared_ptr<const std::atomic<bool>> running)
      : home_(&home), topic_(topic), running_(std::move(running)) {}
  void Leave();

  TopicDirectory* home_ = nullptr;
  uint64_t topic_ = 0;
  std::shared_ptr<const std::atomic<bool>> running_;
};

// Where one loop's subscribers find their topic, which may live on another loop.
//
// In ⇒ Out:  what a subscriber asks for ⇒ a place in a topic, which its home gives.
// Bounds:    the hub's.
// Ownership: owns the topics whose home is this loop.
// Threads:   its loop's. What concerns another loop's topic goes there and back by Post. No
//            directory may go before all loops have stopped.
// Errors:    an empty answer for "no more topics", which the asker counts.
class TopicDirectory final {
 public:
  // `max_topics` is for this loop. What `home` refers to must outlive the directory.
  TopicDirectory(const TopicFeed::Home& home, size_t max_topics);
  ~TopicDirectory();
  TopicDirectory(const TopicDirectory&) = delete;
  TopicDirectory& operator=(const TopicDirectory&) = delete;

  // All directories of the process, in the same order for each; without this there is but one.
  // Before the loops run.
  static void SetPeers(const std::vector<TopicDirectory*>& directories);

  // What a subscriber asks for.
  struct Request {
    TopicFeed::Request feed;
    std::string last_event_id;
  };
  struct Place {
    Subscription subscription;
    std::shared_ptr<TopicWindow> window;  // null: there is no room for one more topic
    LogStart start;
  };
  // `placed` is called later, on this loop.
  void Join(Request request, absl::AnyInvocable<void(Place)> placed);

  // What the topic has that is newest, for one who is behind at `from`. `got` is called later, on
  // this loop.
  void GetNewest(const Subscription& subscription, uint64_t from, size_t max_bytes,
                 absl::AnyInvocable<void(LatestEvents::Batch)> got);

  const Hub& hub() const { return hub_; }

 private:
  friend class Subscription;

  static TopicKey KeyOf(const TopicFeed::Request& request);
  TopicDirectory& HomeOf(const TopicKey& key);
  // On the home's loop.
  Place JoinAtHome(const TopicKey& key, Request request, Loop& loop);
  void LeaveAtHome(uint64_t topic);

  const TopicFeed::Home home_;
  Loop& loop_;
  Hub hub_;
  std::vector<TopicDirectory*> directories_;
  // False once the first directory goes: then nobody leaves any more.
  std::shared_ptr<std::atomic<bool>> running_;
};

}  // namespace sluice

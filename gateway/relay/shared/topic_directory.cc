// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/shared/topic_directory.h"

#include <utility>

#include "absl/hash/hash.h"

namespace sluice {

Subscription::Subscription(Subscription&& other) noexcept
    : home_(std::exchange(other.home_, nullptr)),
      topic_(other.topic_),
      running_(std::move(other.running_)) {}

Subscription& Subscription::operator=(Subscription&& other) noexcept {
  if (this == &other) return *this;
  Leave();
  home_ = std::exchange(other.home_, nullptr);
  topic_ = other.topic_;
  running_ = std::move(other.running_);
  return *this;
}

Subscription::~Subscription() { Leave(); }

void Subscription::Leave() {
  TopicDirectory* const home = std::exchange(home_, nullptr);
  if (home == nullptr || !running_->load(std::memory_order_acquire)) return;
  home->loop_.Post([home, topic = topic_] { home->LeaveAtHome(topic); });
}

TopicDirectory::TopicDirectory(const TopicFeed::Home& home, size_t max_topics)
    : home_(home),
      loop_(home.loop),
      hub_(loop_, max_topics),
      directories_({this}),
      running_(std::make_shared<std::atomic<bool>>(true)) {}

TopicDirectory::~TopicDirectory() { running_->store(false, std::memory_order_release); }

void TopicDirectory::SetPeers(const std::vector<TopicDirectory*>& directories) {
  for (TopicDirectory* directory : directories) {
    directory->directories_ = directories;
    directory->running_ = directories.front()->running_;
  }
}

TopicKey TopicDirectory::KeyOf(const TopicFeed::Request& request) {
  TopicKey key;
  key.Add(request.plan->share_identity);
  key.Add(request.format == Format::kSse ? (request.unnamed_events ? "u" : "s") : "n");
  key.SetMessage(request.message);
  for (const auto& [name, value] : request.call.metadata) {
    key.Add(name);
    key.Add(value);
  }
  return key;
}

TopicDirectory& TopicDirectory::HomeOf(const TopicKey& key) {
  return *directories_[absl::HashOf(key) % directories_.size()];
}

void TopicDirectory::Join(Request request, absl::AnyInvocable<void(Place)> placed) {
  request.feed.message =
      std::make_shared<const std::string>(std::exchange(request.feed.call.message, std::string()));
  TopicKey key = KeyOf(request.feed);
  TopicDirectory& home = HomeOf(key);
  home.loop_.Post([&home, asker = this, key = std::move(key), request = std::move(request),
                   placed = std::move(placed)]() mutable {
    Place place = home.JoinAtHome(key, std::move(request), asker->loop_);
    asker->loop_.Post([place = std::move(place), placed = std::move(placed)]() mutable {
      placed(std::move(place));
    });
  });
}

TopicDirectory::Place TopicDirectory::JoinAtHome(const TopicKey& key, Request request, Loop& loop) {
  const std::string name = request.feed.plan->stream_name;
  Hub::Entry* const entry =
      hub_.FindOrMake(key, name, request.last_event_id, [&](absl::AnyInvocable<void()> on_idle) {
        auto topic = std::make_unique<Topic>(
            TopicOptionsOf(*request.feed.plan, request.feed.format), loop_, std::move(on_idle));
        topic->SetSource(std::make_unique<TopicFeed>(std::move(request.feed), *topic, home_));
        return topic;
      });
  if (entry == nullptr) return {};
  Place place;
  place.subscription = Subscription(*this, entry->id, running_);
  Topic::Joined joined = entry->topic->Join(loop, request.last_event_id);
  place.window = std::move(joined.window);
  place.start = std::move(joined.start);
  return place;
}

void TopicDirectory::LeaveAtHome(uint64_t topic) {
  if (Topic* const there = hub_.Find(topic)) there->Leave();
}

void TopicDirectory::GetNewest(const Subscription& subscription, uint64_t from, size_t max_bytes,
                               absl::AnyInvocable<void(LatestEvents::Batch)> got) {
  TopicDirectory& home = *subscription.home_;
  home.loop_.Post([&home, asker = this, topic = subscription.topic_, from, max_bytes,
                   got = std::move(got)]() mutable {
    Topic* const there = home.hub_.Find(topic);
    if (there == nullptr) return;
    asker->loop_.Post([batch = there->Newest(from, max_bytes), got = std::move(got)]() mutable {
      got(std::move(batch));
    });
  });
}

}  // namespace sluice

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
  home->loop_.Post([home, topic = topic_] { home->TakeBack(topic); });
}

TopicDirectory::TopicDirectory(const TopicFeed::Home& home, size_t max_topics)
    : home_(home),
      loop_(home.loop),
      hub_(loop_, max_topics),
      directories_({this}),
      running_(std::make_shared<std::atomic<bool>>(true)) {}

TopicDirectory::~TopicDirectory() { running_->store(false, std::memory_order_release); }

void TopicDirectory::Introduce(const std::vector<TopicDirectory*>& directories) {
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

void TopicDirectory::Join(Ask ask, absl::AnyInvocable<void(Place)> placed) {
  ask.feed.message =
      std::make_shared<const std::string>(std::exchange(ask.feed.call.message, std::string()));
  TopicKey key = KeyOf(ask.feed);
  TopicDirectory& home = HomeOf(key);
  home.loop_.Post([&home, asker = this, key = std::move(key), ask = std::move(ask),
                   placed = std::move(placed)]() mutable {
    Place place = home.Give(key, std::move(ask), asker->loop_);
    asker->loop_.Post([place = std::move(place), placed = std::move(placed)]() mutable {
      placed(std::move(place));
    });
  });
}

TopicDirectory::Place TopicDirectory::Give(const TopicKey& key, Ask ask, Loop& loop) {
  const TopicOptions options = TopicOptionsOf(*ask.feed.plan, ask.feed.format);
  const std::string name = ask.feed.plan->stream_name;
  Hub::Entry* const entry =
      hub_.FindOrMake(key, name, ask.last_event_id, options,
                      [&](Topic& topic) { Equip(topic, std::move(ask.feed)); });
  if (entry == nullptr) return {};
  Place place;
  place.subscription = Subscription(*this, entry->id, running_);
  Topic::Joined joined = entry->topic->Join(loop, ask.last_event_id);
  place.window = std::move(joined.window);
  place.start = std::move(joined.start);
  return place;
}

void TopicDirectory::Equip(Topic& topic, TopicFeed::Request request) {
  auto feed = std::make_shared<TopicFeed>(std::move(request), topic, home_);
  topic.SetSource(
      {.open = [feed](absl::string_view resume_after) { return feed->Open(resume_after); },
       .close = [feed] { feed->Close(); },
       .gap_frame = [feed](const Gap& gap,
                           absl::string_view id) { return feed->GapFrame(gap, id); },
       .presence_frame = [feed](size_t subscribers) { return feed->PresenceFrame(subscribers); }});
}

void TopicDirectory::TakeBack(uint64_t topic) {
  if (Topic* const there = hub_.Find(topic)) there->Leave();
}

void TopicDirectory::AskNewest(const Subscription& subscription, uint64_t from, size_t max_bytes,
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

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/base/loop/loop.h"
#include "gateway/hub/topic.h"
#include "tests/support/body_text.h"
#include "tests/support/fake_clock.h"
#include "tests/support/told.h"
#include "tests/unit/hub/roomy.h"

namespace sluice {

// The RPC of a topic, which does nothing but remember what it was told.
struct FakeSource {
  std::vector<std::string> opened;  // what each call was to go on behind
  int closed = 0;
  bool silent = false;  // as for NDJSON: no frames of Sluice's own
  bool resumes = true;  // takes what it is to go on behind

  std::unique_ptr<TopicSource> Make();
};

// What a topic owns of a FakeSource.
class FakeSourceLink final : public TopicSource {
 public:
  explicit FakeSourceLink(FakeSource& fake) : fake_(fake) {}

  bool Open(absl::string_view resume_after) override {
    fake_.opened.emplace_back(resume_after);
    return fake_.resumes;
  }
  void Close() override { ++fake_.closed; }
  std::string GapFrame(const Gap& gap, absl::string_view id) override {
    if (fake_.silent) return "";
    return absl::StrCat("gap(", gap.from, ",", gap.to, ",", gap.reason, ",", id, ")\n\n");
  }
  std::string PresenceFrame(size_t subscribers) override {
    return fake_.silent ? "" : absl::StrCat("presence(", subscribers, ")\n\n");
  }

 private:
  FakeSource& fake_;
};

inline std::unique_ptr<TopicSource> FakeSource::Make() {
  return std::make_unique<FakeSourceLink>(*this);
}

// One event, as a source appends it.
inline void AppendTo(Topic& topic, absl::string_view frame, absl::string_view id,
                     absl::string_view key) {
  OutputBuffer tail = topic.Tail();
  tail.Append(frame);
  topic.AppendTail(tail, id, key);
}

// What a subscriber gets, on the loop that its window belongs to.
class FakeSubscriber final {
 public:
  explicit FakeSubscriber(Topic::Joined joined)
      : window(std::move(joined.window)), start(std::move(joined.start)) {
    window->log().Refresh();
    body.Attach(window->log(), start.position);
  }
  ~FakeSubscriber() { body.Detach(); }

  // Takes all that there is.
  std::string Read() { return SendAll(body); }

  std::shared_ptr<TopicWindow> window;
  LogStart start;
  std::string needs;
  Told<Body::Need> owner{
      [this](Body::Need need) { needs += need == Body::Need::kCaughtUp ? "caught_up " : "lost "; }};
  Body body{owner.call()};
};

// A topic with its home on a loop whose clock stands still, and a second loop.
class TopicHarness final {
 public:
  explicit TopicHarness(const TopicOptions& options)
      : topic(std::make_unique<Topic>(Roomy(options), home, [this] { ++idle; })) {
    topic->SetSource(source.Make());
  }
  TopicHarness() : TopicHarness(TopicOptions{}) {}

  std::unique_ptr<FakeSubscriber> Join(absl::string_view last_event_id = "") {
    return JoinOn(home, last_event_id);
  }
  std::unique_ptr<FakeSubscriber> JoinOn(Loop& loop, absl::string_view last_event_id = "") {
    return std::make_unique<FakeSubscriber>(topic->Join(loop, last_event_id));
  }
  void Leave(std::unique_ptr<FakeSubscriber>& subscriber) {
    subscriber.reset();
    topic->Leave();
    Turn();
  }

  // Appends `text` as an event, and turns.
  void Tell(absl::string_view text, absl::string_view key = "") {
    TellQuietly(text, "", key);
    Turn();
  }
  void TellWithId(absl::string_view text, absl::string_view id) {
    TellQuietly(text, id, "");
    Turn();
  }
  void TellQuietly(absl::string_view text, absl::string_view id, absl::string_view key) {
    topic->Accepted();
    AppendTo(*topic, absl::StrCat(text, "\n\n"), id.empty() ? topic->NextId() : std::string(id),
             key);
  }
  void Fail() {
    topic->Ended(
        {.status = {.code = absl::StatusCode::kUnavailable, .message = "away"}, .retryable = true});
    Turn();
  }
  void End(TopicEnd end = {}) {
    topic->Ended(std::move(end));
    Turn();
  }

  void Turn() {
    while (home.RunReady() + other.RunReady() > 0) {
    }
  }
  void Pass(absl::Duration time) {
    clock.Advance(time);
    Turn();
  }

  FakeClock clock;
  Loop home{clock};
  Loop other{clock};
  FakeSource source;
  int idle = 0;
  std::unique_ptr<Topic> topic;
};

}  // namespace sluice

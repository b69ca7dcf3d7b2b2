// SPDX-License-Identifier: Apache-2.0
#include "gateway/hub/topic_window.h"

#include <utility>
#include <vector>

namespace sluice {
namespace {

constexpr absl::Duration kPresenceAgain = absl::Seconds(1);

}  // namespace

TopicWindow::TopicWindow(const SharedLog& log, const Options& options, Loop& loop)
    : options_(options),
      loop_(loop),
      log_(log, options.entry_end),
      signal_(std::make_shared<std::atomic<bool>>(false)),
      heartbeat_(loop.timers(), [this] { OnHeartbeat(); }),
      presence_again_(loop.timers(), [this] { TellPresence(); }) {}

TopicWindow::~TopicWindow() = default;

void TopicWindow::Start() {
  if (heartbeat_.armed() || options_.heartbeat == absl::ZeroDuration()) return;
  last_news_ = loop_.clock().Now();
  heartbeat_.Arm(options_.heartbeat);
}

void TopicWindow::Look() {
  // Before looking, so that what comes from now on is told again. An exchange, since a store may
  // still be on its way when the log is looked at: the home would read `true` and tell nobody of
  // what was not seen here. So either this reads the home's `true`, and sees all that was published
  // before it, or the home reads `false`, and tells.
  signal_->exchange(false, std::memory_order_acq_rel);
  const uint64_t before = log_.end();
  log_.Look();
  if (log_.end() != before) last_news_ = loop_.clock().Now();
}

void TopicWindow::SetOpen() {
  if (open_) return;
  open_ = true;
  Settle();
}

void TopicWindow::SetEnded(std::shared_ptr<const TopicEnd> end) {
  end_ = std::move(end);
  log_.Close();
  Settle();
}

void TopicWindow::Settle() {
  auto waiting = std::exchange(waiting_, {});
  for (auto& [ticket, settled] : waiting) settled();
}

uint64_t TopicWindow::WaitUntilSettled(absl::AnyInvocable<void()> settled) {
  waiting_[++last_ticket_] = std::move(settled);
  return last_ticket_;
}

// A subscriber that still has bytes to send is not silent but slow.
void TopicWindow::OnHeartbeat() {
  const absl::Time now = loop_.clock().Now();
  absl::Duration rest = options_.heartbeat - (now - last_news_);
  if (rest <= absl::ZeroDuration()) {
    for (Body* body : log_.bodies()) {
      if (!body->idle()) continue;
      body->Append(options_.heartbeat_bytes);
      body->Publish();
    }
    last_news_ = now;
    rest = options_.heartbeat;
  }
  heartbeat_.Arm(rest);
}

void TopicWindow::SetPresence(std::string event) {
  presence_ = std::move(event);
  ++presence_version_;
  TellPresence();
}

void TopicWindow::Welcome(Body& body) {
  if (presence_.empty() || body.mark() == presence_version_) return;
  body.set_mark(presence_version_);
  body.Append(presence_);
}

void TopicWindow::TellPresence() {
  bool all = true;
  for (Body* body : log_.bodies()) {
    if (body->mark() == presence_version_) continue;
    if (!body->idle()) {
      all = false;
      continue;
    }
    Welcome(*body);
    body->Publish();
  }
  if (!all) presence_again_.Arm(kPresenceAgain);
}

}  // namespace sluice

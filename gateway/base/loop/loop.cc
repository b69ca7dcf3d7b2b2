// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/loop/loop.h"

#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>

#include "gateway/base/loop/reactor.h"

namespace sluice {
namespace {

// So that a flood of work or of bytes does not keep the timers from their turn.
constexpr size_t kWorkPerTurn = 256;
// RunReady ends even if every work posts the next.
constexpr size_t kWorkPerRunReady = 1'000'000;
constexpr absl::Duration kLongestSleep = absl::Milliseconds(900);

}  // namespace

Loop::Loop(const Clock& clock)
    : clock_(clock),
      timers_(clock),
      reactor_(std::make_unique<Reactor>()),
      last_turn_nanos_(absl::ToUnixNanos(clock.Now())) {}

Loop::~Loop() = default;

void Loop::Run() {
  boost::asio::io_context& io = reactor_->io;
  const auto guard = boost::asio::make_work_guard(io);
  while (!io.stopped()) {
    ArmReactorTimer();
    io.run_one();
    for (size_t i = 0; i < kWorkPerTurn && io.poll_one() > 0; ++i) {
    }
    Turn();
  }
  io.restart();
}

void Loop::Stop() { reactor_->io.stop(); }

size_t Loop::RunReady() {
  size_t done = 0;
  while (done < kWorkPerRunReady) {
    size_t now = 0;
    reactor_->io.restart();
    while (now < kWorkPerTurn && reactor_->io.poll_one() > 0) ++now;
    now += Turn();
    if (now == 0) break;
    done += now;
  }
  reactor_->io.restart();
  return done;
}

size_t Loop::Turn() {
  last_turn_nanos_.store(absl::ToUnixNanos(clock_.Now()), std::memory_order_relaxed);
  return timers_.Advance();
}

void Loop::ArmReactorTimer() {
  const absl::Time now = clock_.Now();
  const absl::Time due = std::min(timers_.NextDeadline(), now + kLongestSleep);
  // A timer that fires too early costs one turn; setting it anew at each turn costs more.
  if (reactor_->timer_due > now && reactor_->timer_due <= due) return;
  reactor_->timer_due = due;
  reactor_->timer.expires_after(
      absl::ToChronoNanoseconds(std::max(due - now, absl::ZeroDuration())));
  reactor_->timer.async_wait([](const boost::system::error_code&) {});
}

void Loop::Post(absl::AnyInvocable<void()> work) {
  boost::asio::post(reactor_->io, [work = std::move(work)]() mutable { work(); });
}

absl::Time Loop::last_turn() const {
  return absl::FromUnixNanos(last_turn_nanos_.load(std::memory_order_relaxed));
}

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/observe/line_queue.h"

#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"

namespace sluice {
namespace {

// So often a thread whose descriptor takes nothing looks whether it is still wanted.
constexpr int kPollMillis = 100;

enum class Wrote { kAll, kBroken, kUnwanted };

// A write of at most PIPE_BUF to a pipe that has room does not block, whatever its mode, as long as
// nobody else fills it in between; so the thread comes round to see that it is not wanted any more.
template <typename Wanted>
Wrote WriteAll(int fd, absl::string_view bytes, Wanted wanted) {
  while (!bytes.empty()) {
    pollfd ready{.fd = fd, .events = POLLOUT, .revents = 0};
    const int polled = ::poll(&ready, 1, kPollMillis);
    if (!wanted()) return Wrote::kUnwanted;
    if (polled == 0 || (polled < 0 && errno == EINTR)) continue;
    const ssize_t size = ::write(fd, bytes.data(), std::min<size_t>(bytes.size(), PIPE_BUF));
    if (size < 0 && errno != EINTR && errno != EAGAIN) return Wrote::kBroken;
    if (size > 0) bytes.remove_prefix(static_cast<size_t>(size));
  }
  return Wrote::kAll;
}

uint64_t CountLines(absl::string_view bytes) {
  return static_cast<uint64_t>(std::count(bytes.begin(), bytes.end(), '\n'));
}

}  // namespace

struct LineQueue::State {
  explicit State(Options given) : options(std::move(given)) {}

  Options options;  // constant, but for the call of lost_line, which is the thread's

  mutable std::mutex mu;
  std::condition_variable changed;
  std::string waiting ABSL_GUARDED_BY(mu);
  bool writing ABSL_GUARDED_BY(mu) = false;
  bool unwanted ABSL_GUARDED_BY(mu) = false;
  uint64_t lost ABSL_GUARDED_BY(mu) = 0;
  uint64_t lost_told ABSL_GUARDED_BY(mu) = 0;

  bool idle() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) {
    return waiting.empty() && lost == lost_told;
  }
};

LineQueue::LineQueue(Options options) : state_(std::make_shared<State>(std::move(options))) {
  // Detached, because nobody can end a thread that a descriptor blocks.
  std::thread([state = state_] { Write(state); }).detach();
}

LineQueue::~LineQueue() {
  Flush(kLastWait);
  std::lock_guard lock(state_->mu);
  state_->unwanted = true;
  state_->changed.notify_all();
}

void LineQueue::Push(absl::string_view line) {
  std::lock_guard lock(state_->mu);
  if (state_->waiting.size() + line.size() > state_->options.max_bytes) {
    ++state_->lost;
    state_->changed.notify_all();
    return;
  }
  const bool was_empty = state_->waiting.empty();
  state_->waiting.append(line.data(), line.size());
  if (was_empty) state_->changed.notify_all();
}

bool LineQueue::Flush(absl::Duration timeout) {
  std::unique_lock lock(state_->mu);
  return state_->changed.wait_for(lock, absl::ToChronoNanoseconds(timeout),
                                  [this] { return state_->idle() && !state_->writing; });
}

uint64_t LineQueue::lost() const {
  std::lock_guard lock(state_->mu);
  return state_->lost;
}

void LineQueue::Write(const std::shared_ptr<State>& state) {
  const auto wanted = [&state] {
    std::lock_guard lock(state->mu);
    return !state->unwanted;
  };
  std::string batch;
  std::unique_lock lock(state->mu);
  while (true) {
    state->changed.wait(lock, [&] { return state->unwanted || !state->idle(); });
    if (state->unwanted) return;
    batch.clear();
    batch.swap(state->waiting);
    state->writing = true;
    const uint64_t newly_lost = state->lost - std::exchange(state->lost_told, state->lost);
    lock.unlock();
    if (newly_lost > 0 && state->options.lost_line != nullptr) {
      batch += state->options.lost_line(newly_lost);
    }
    const Wrote wrote = WriteAll(state->options.fd, batch, wanted);
    lock.lock();
    if (wrote == Wrote::kBroken) {
      state->lost += CountLines(batch);
      state->lost_told = state->lost;  // nobody is there to be told
    }
    state->writing = false;
    state->changed.notify_all();
  }
}

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "gateway/base/bytes/body.h"
#include "gateway/base/bytes/shared_log_window.h"
#include "gateway/base/loop/loop.h"
#include "gateway/base/rpc_status.h"

namespace sluice {

// How a topic's RPC ended for good.
struct TopicEnd {
  RpcStatus status;
  std::string details_json = "[]";
  bool retryable = false;
  absl::Duration service_pause = absl::ZeroDuration();  // for which it asks to be left alone
  std::string last_id;  // of the newest event that has one; empty if none has
};

// A topic as one loop sees it: the log's window, and what its subscribers there must know.
//
// Ownership: kept by its subscribers; the topic refers to it, and finds out when it is gone.
// Threads:   its loop's, but for the constructor, which runs on the topic's home.
class TopicWindow final {
 public:
  struct Options {
    std::string entry_end = "\n\n";
    absl::Duration heartbeat = absl::ZeroDuration();  // zero: none
    std::string heartbeat_bytes;
  };

  // `loop` is the subscribers'.
  TopicWindow(const SharedLog& log, const Options& options, Loop& loop);
  ~TopicWindow();
  TopicWindow(const TopicWindow&) = delete;
  TopicWindow& operator=(const TopicWindow&) = delete;

  // ---- For the topic; on the loop ----
  void Look();
  void SetOpen();
  void SetEnded(std::shared_ptr<const TopicEnd> end);
  // Sends `event` to every subscriber, or a newer one to those that cannot take it now.
  void SetPresence(std::string event);

  // True while the topic has told of news that this loop has not looked at. Shared with the topic.
  using Signal = std::shared_ptr<std::atomic<bool>>;
  const Signal& signal() const { return signal_; }

  // ---- For the subscribers ----
  SharedLogWindow& log() { return log_; }
  // The service has accepted the RPC, or the topic has ended.
  bool settled() const { return open_ || end_ != nullptr; }
  const TopicEnd* end() const { return end_.get(); }

  // Called once, when settled. Returns what StopWaiting takes.
  uint64_t WaitUntilSettled(absl::AnyInvocable<void()> settled);
  void StopWaiting(uint64_t ticket) { waiting_.erase(ticket); }

  // The window has its first subscriber: heartbeats begin.
  void Start();
  // Tells a subscriber that has just begun, or was away, what the others know; nothing if it knows.
  void Welcome(Body& body);

 private:
  void Settle();
  void OnHeartbeat();
  void TellPresence();

  const Options options_;
  Loop& loop_;
  SharedLogWindow log_;
  const Signal signal_;
  bool open_ = false;
  std::shared_ptr<const TopicEnd> end_;
  absl::flat_hash_map<uint64_t, absl::AnyInvocable<void()>> waiting_;
  uint64_t last_ticket_ = 0;
  absl::Time last_news_;
  Timer heartbeat_;
  std::string presence_;
  uint32_t presence_version_ = 0;
  Timer presence_again_;
};

}  // namespace sluice

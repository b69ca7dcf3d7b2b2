// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "gateway/base/loop/clock.h"
#include "gateway/base/text/problem.h"
#include "gateway/ops/status_page.h"
#include "gateway/relay/snapshot.h"
#include "gateway/server/schema_watch.h"

namespace sluice {

// What the process has published of itself: written where something changes, read by the operators'
// pages.
//
// Threads: any. No lock is held for longer than a copy takes.
class StatusBoard final {
 public:
  enum class Phase { kStarting, kActive, kDraining };

  // `clock` must outlive the board.
  explicit StatusBoard(const Clock& clock);

  struct Published {
    std::shared_ptr<const Snapshot> snapshot;
    std::vector<GatewayStatus::Upstream> upstreams;
    std::vector<std::pair<std::string, std::string>> limits;
    size_t methods = 0;        // that are served
    Problems schema_problems;  // what of the schemas is not served, and why
    Problems schema_warnings;
  };
  // Ready once any method is served: one service that is away must not take down the rest.
  void Publish(Published published);

  // A schema that came cannot be served, for these reasons; shown until the next Publish.
  void SetSchemaProblems(const Problems& problems);

  // By upstream, as of now.
  void SetSchemaChecks(std::map<std::string, SchemaWatch::Shown> checks);

  void SetRefusedReload(Problems reasons);
  void SetAppliedReload();
  void SetPhase(Phase phase);
  Phase phase() const;

  std::vector<std::string> NotReady() const;  // reasons
  // Whether there are none, for those who must not wait for a lock. Valid as long as the board.
  const std::atomic<bool>& ready() const { return ready_; }
  bool last_reload_successful() const;
  GatewayStatus Read() const;
  std::shared_ptr<const Snapshot> snapshot() const;

 private:
  struct Refused {
    absl::Time time;
    Problems reasons;
  };

  std::vector<std::string> SchemaProblemsLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  std::vector<std::string> NotReadyLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void UpdateReady() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  // Constant after construction.
  const Clock& clock_;
  const absl::Time begin_;

  std::atomic<bool> ready_ = false;

  // std::mutex, not absl's: the thread sanitizer sees what it orders, where Debian's Abseil was
  // built without it.
  mutable std::mutex mu_;
  Phase phase_ ABSL_GUARDED_BY(mu_) = Phase::kStarting;
  Published published_ ABSL_GUARDED_BY(mu_);
  uint64_t number_ ABSL_GUARDED_BY(mu_) = 0;
  absl::Time published_at_ ABSL_GUARDED_BY(mu_);
  Problems refused_schema_ ABSL_GUARDED_BY(mu_);
  std::map<std::string, SchemaWatch::Shown> schema_checks_ ABSL_GUARDED_BY(mu_);
  std::optional<Refused> refused_ ABSL_GUARDED_BY(mu_);
  bool last_reload_successful_ ABSL_GUARDED_BY(mu_) = true;
};

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/random/random.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gateway/base/observe/log.h"
#include "gateway/base/observe/metrics.h"
#include "gateway/config/config_loader.h"
#include "gateway/relay/snapshot.h"
#include "gateway/server/options_from_config.h"
#include "gateway/server/schema_state.h"
#include "gateway/server/schema_watch.h"
#include "gateway/server/status_board.h"
#include "gateway/server/upstream_pool.h"

namespace sluice {

// Decides what is in force: loads configuration and schema, asks services for theirs until all have
// answered, and again where there is a sign that one has another schema now, and loads everything
// anew when it is told to. What cannot be served is refused with all
// of its reasons, and what was in force stays.
//
//   ConfigSources ─▶ EffectiveConfig ─▶ SchemaState ─▶ RouteTable ─▶ Snapshot ─▶ publish
//
// Bounds:  however often a reload is asked for, one runs and at most one waits. kMostTold problems
//          are remembered as logged, then all are forgotten, so that some may be logged again.
// Threads: LoadFirst on the caller's, before Run; then a thread of its own, because reading files
//          and asking services block. RequestReload, Stop and drain_times from any.
class Control final {
 public:
  // Gives a snapshot to every loop, and returns when all have it.
  using Publish = absl::AnyInvocable<void(std::shared_ptr<const Snapshot>)>;

  struct Parts {
    UpstreamPool& upstreams;
    StatusBoard& board;
    Metrics& metrics;
    const Clock& clock;
  };

  // `parts` must outlive the control.
  Control(EffectiveConfig config, const Parts& parts);
  ~Control();
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;

  // The first snapshot. Errors: everything that is wrong, a line each.
  absl::StatusOr<std::shared_ptr<const Snapshot>> LoadFirst();

  void Run(Publish publish);

  // Reads `sources` again, later.
  void RequestReload(ConfigSources sources);

  // Nothing new comes into force from now on. Does not wait for what is being loaded.
  void Stop();

  DrainTimes drain_times() const;

 private:
  static constexpr size_t kMostTold = 10'000;

  using AskFailures = std::map<std::string, absl::Status>;  // by upstream: why it did not answer

  void Work();
  // False when it is time to end; otherwise what is to be reloaded, if anything.
  bool WaitForWork(absl::Duration at_most, std::optional<ConfigSources>& reload);
  bool stopped() const;
  bool interrupted() const;  // by something that does not wait until all services were asked

  void Reload(const ConfigSources& sources);
  Problems TryReload(const ConfigSources& sources);
  AskFailures AskPending(SchemaState& book);
  void TellPending(const AskFailures& failures);
  bool Knows(const std::string& upstream) const;
  Problems Lost(const SchemaState& book, const EffectiveConfig& config,
                const AskFailures& failures) const;
  void AskOnce(absl::Duration timeout);
  void TakeInNewSchema(const std::string& answered);
  void AskDoubted();
  SchemaWatch::Result AskAgain(const std::string& upstream);
  Problems WorseThanBefore(const SchemaState& book, const SchemaState::Routes& routes) const;
  void Apply(const SchemaState::Routes& routes);
  std::shared_ptr<const Snapshot> MakeSnapshot(const SchemaState::Routes& routes);
  void TellBoard();
  void FreeUnused();
  void TellNew(const SchemaState::Routes& routes);
  void LogOnce(LogLevel level, const Problem& problem);

  // Own synchronisation.
  UpstreamPool& upstreams_;  // used by the thread alone
  StatusBoard& board_;
  Metrics& metrics_;
  Counter& applied_;
  Counter& refused_;

  // Of the caller until Run, then of the thread.
  EffectiveConfig config_;
  std::unique_ptr<SchemaState> book_;
  SchemaWatch watch_;
  std::string refused_upstream_;                  // whose new schema is refused; empty: none
  Problems left_out_;                             // of the routes in force
  Problems warnings_;                             // of the routes in force
  std::map<std::string, std::string> told_away_;  // by upstream: why it does not answer, as logged
  std::set<std::pair<std::string, std::string>> told_;  // problems that were logged
  const std::shared_ptr<RetryMemory> retries_ = std::make_shared<RetryMemory>();
  // Every snapshot that somebody may still use: to free one takes long, and no loop should do it.
  std::vector<std::shared_ptr<const Snapshot>> snapshots_;
  Publish publish_;

  mutable std::mutex mu_;
  std::condition_variable changed_;
  bool stopped_ ABSL_GUARDED_BY(mu_) = false;
  std::optional<ConfigSources> wanted_ ABSL_GUARDED_BY(mu_);
  DrainTimes drain_times_ ABSL_GUARDED_BY(mu_);

  std::thread thread_;
};

}  // namespace sluice

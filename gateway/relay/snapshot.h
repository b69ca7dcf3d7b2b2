// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/base/observe/metrics.h"
#include "gateway/http/forwarded_for.h"
#include "gateway/http/origin_policy.h"
#include "gateway/relay/failure/failure_log.h"
#include "gateway/relay/failure/retry_memory.h"
#include "gateway/relay/schema_doubt.h"
#include "gateway/route/route_table.h"
#include "gateway/transcode/request_message.h"
#include "gateway/transcode/response_transcoder.h"
#include "gateway/upstream/upstream.h"

namespace sluice {

// Something that is worth one line of log, however often it happens. Threads: any.
class OnceFlag final {
 public:
  // True for the first caller.
  bool Raise() { return !raised_.exchange(true, std::memory_order_relaxed); }

 private:
  std::atomic<bool> raised_{false};
};

// All that is needed to serve one route, made when the schema is loaded.
//
// Threads: immutable but for its counters; any.
class RoutePlan final {
 public:
  struct Service {
    std::shared_ptr<Upstream> upstream;
    std::string target;
    DynamicTypes::Pools pools;           // of all services: for types that this one's schema lacks
    std::shared_ptr<SchemaDoubt> doubt;  // null: the schema is in files
  };
  RoutePlan(const Route& route, Service service, Metrics& metrics);

  const Route& route;
  const RequestPlan request;
  const ResponseTranscoder response;
  const std::shared_ptr<Upstream> upstream;
  const std::string stream_name;  // `demo.v1.Ticker/Watch`
  // Of a shared stream: what a reload changes of its route or its service makes it another one.
  const std::string share_identity;

  MethodMeter& meter;
  // What the service does wrong here; it counts for itself.
  FailureLog& failures() const { return failures_; }

  // The author's id of an event in its wire form; empty where it makes none. One that is too long
  // is none: counted, and logged the first time.
  std::string IdOf(const TranscodedEvent& event) const;
  // Of an event as it is sent: over 64 KiB, where common Go clients stop, it is counted, and logged
  // the first time.
  void NoteSize(size_t frame_bytes) const {
    if (frame_bytes > kLargeEventBytes) [[unlikely]]
      CountLarge(frame_bytes);
  }
  // Of an event that was written: fields that the schema does not know are counted, and a sign that
  // it is old.
  void NoteUnknownFields(size_t fields) const {
    if (fields > 0) [[unlikely]]
      CountUnknownFields();
  }
  // Of each RPC.
  void NoteAccepted() const {
    if (doubt_ != nullptr) doubt_->CallAccepted();
  }
  void NoteEnd(absl::StatusCode code) const {
    if (doubt_ != nullptr) doubt_->CallEnded(code);
  }

 private:
  static constexpr size_t kLargeEventBytes = 64 * 1024;

  void CountLarge(size_t frame_bytes) const;
  void CountUnknownFields() const;

  const std::shared_ptr<SchemaDoubt> doubt_;
  Counter& unknown_fields_;
  Counter& events_without_id_;
  Counter& large_events_;
  mutable OnceFlag without_id_logged_;
  mutable OnceFlag large_logged_;
  mutable FailureLog failures_;
};

// What the configuration says about serving.
struct RelayOptions {
  absl::Duration open_grace = absl::Milliseconds(250);
  absl::Duration close_grace = absl::Seconds(1);
  // For a browser that is behind to take its last event; close_grace begins when it has.
  absl::Duration last_event_timeout = absl::Seconds(5);
  absl::Duration unary_timeout = absl::Seconds(30);
  uint64_t stream_buffer_bytes = 64 * 1024;
  absl::flat_hash_set<absl::StatusCode> retryable = {
      absl::StatusCode::kUnavailable, absl::StatusCode::kResourceExhausted,
      absl::StatusCode::kAborted,     absl::StatusCode::kDeadlineExceeded,
      absl::StatusCode::kInternal,    absl::StatusCode::kUnknown};
  OriginPolicy::Options origins;
  std::vector<IpNetwork> trusted_proxies;
};

// The immutable result of loading configuration and schema: one per request, so that a request is
// served to its end by what it began with.
//
// Ownership: keeps descriptors and upstreams alive.
// Threads:   immutable; any.
class Snapshot final {
 public:
  struct Parts {
    RelayOptions options;
    std::shared_ptr<const RouteTable> routes;
    // By the name in the configuration. A route whose upstream is not here is a programming error.
    std::map<std::string, std::shared_ptr<Upstream>> upstreams;
    std::map<std::string, std::string> targets;  // of those
    // Of those that were asked for their schema.
    std::map<std::string, std::shared_ptr<SchemaDoubt>> doubts;
    // Upstreams whose schema has not been heard of yet: a path that is not known may come with it.
    std::vector<std::string> pending;
    // Of the snapshots before; null: a new one.
    std::shared_ptr<RetryMemory> retries;
  };

  // `metrics` must outlive the snapshot.
  Snapshot(Parts parts, Metrics& metrics);

  const RouteTable& routes() const { return *routes_; }
  // REQUIRES: `route` is of `routes()`.
  const RoutePlan& PlanOf(const Route& route) const { return *plans_[routes_->IndexOf(route)]; }
  const RelayOptions& options() const { return options_; }
  const OriginPolicy& origins() const { return origins_; }
  const std::vector<std::string>& pending() const { return pending_; }
  // Somebody asked for what is not served.
  void NoteNotServed(const SkippedMethod& skipped) const;
  bool IsRetryable(absl::StatusCode code) const { return options_.retryable.contains(code); }
  // The same of what an RPC ended with, which may say more than its code.
  bool IsRetryable(const RpcStatus& status) const {
    return !status.never_again && status.lost == LostMessage::kNone && IsRetryable(status.code);
  }
  // Of all snapshots of the process.
  RetryMemory& retries() const { return *retries_; }

 private:
  std::shared_ptr<SchemaDoubt> DoubtOf(const std::string& upstream) const;

  const RelayOptions options_;
  const OriginPolicy origins_;
  const std::shared_ptr<const RouteTable> routes_;
  const std::vector<std::string> pending_;
  const std::map<std::string, std::shared_ptr<SchemaDoubt>> doubts_;
  const std::shared_ptr<RetryMemory> retries_;
  std::vector<std::unique_ptr<const RoutePlan>> plans_;  // one a route, in the table's order
};

}  // namespace sluice

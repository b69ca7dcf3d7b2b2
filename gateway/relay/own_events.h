// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "absl/random/random.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/base/rpc_status.h"
#include "gateway/http/negotiation.h"

namespace sluice {

// What came of a Last-Event-ID.
enum class Resume { kFresh, kResumed, kGap };

// How a failed stream ends.
struct StreamFailure {
  RpcStatus status;
  std::string details_json = "[]";
  bool retryable = true;
  // Of Sluice's own goodbyes: `drain`, `max_age`, `slow_consumer`; empty for the service's.
  absl::string_view reason;
  // How often this has happened in a row by now, and how long the service asks to be left alone.
  int failures = 1;
  absl::Duration service_pause = absl::ZeroDuration();
};

// `pause`, doubled with each time in a row but the first, up to kLongestPause.
inline constexpr absl::Duration kLongestPause = absl::Minutes(1);
absl::Duration GrownPause(absl::Duration pause, int times);
// After how long the browser is to come back after a failure, before any jitter; `retry` is that of
// the route.
absl::Duration PauseAfter(const StreamFailure& failure, absl::Duration retry);

// `duration` give or take a quarter, so that browsers do not come back all at once.
absl::Duration Jittered(absl::Duration duration, absl::BitGen& random);

// The events that Sluice itself sends (semantics of the wire: docs/wire.md), each with its own
// jitter. On NDJSON there are none but the error.
//
// In ⇒ Out: what happened ⇒ whole blocks of text/event-stream, or a line; empty for nothing.
// Threads:  one.
class OwnEvents final {
 public:
  struct Options {
    Format format = Format::kSse;  // or kNdjson
    bool heartbeat_event = false;
    absl::Duration retry;
    absl::Duration end_retry;
  };

  // `random` must outlive them.
  OwnEvents(const Options& options, absl::BitGen& random);

  // `stream-open`. `id` is the id that the browser is to hold from now on; empty: as before.
  std::string Open(absl::string_view stream_name, Resume resume, absl::string_view id);

  // `stream-gap`: what lay between the ids `from` and `to`, either of which may be empty for not
  // known, will not come. The browser holds `id` from now on.
  struct Gap {
    absl::string_view from;
    absl::string_view to;
    absl::string_view reason;
    absl::string_view id;
  };
  std::string GapEvent(const Gap& gap);

  // `stream-presence`.
  std::string Presence(size_t subscribers);

  std::string Heartbeat();

  // `stream-end`. `end_id` ends with `~end`, or is empty on an endless stream, which has ended like
  // this, and without an event, so many `times` in a row.
  std::string End(absl::string_view end_id, int times = 1);

  // `stream-error`. `end_id` as for End, used where the failure is not retryable.
  std::string Fail(const StreamFailure& failure, absl::string_view end_id);

 private:
  const Options options_;
  absl::BitGen& random_;
};

}  // namespace sluice

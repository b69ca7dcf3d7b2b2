// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gateway/base/text/problem.h"
#include "gateway/schema/catalog.h"
#include "gateway/schema/field_path.h"
#include "sluice/v1/stream.pb.h"

namespace sluice {

// How the shared stream of one method behaves. What is not said is in here by its preset, which
// stands in sluice/v1/stream.proto and nowhere else.
struct SharePolicy {
  // Where a subscriber without an id starts: with the newest `start_with_last` events, which may be
  // all that are kept.
  static constexpr size_t kAllKept = std::numeric_limits<size_t>::max();

  absl::Duration linger;
  uint32_t history_events = 0;
  uint64_t history_bytes = 0;
  absl::Duration history_age = absl::InfiniteDuration();
  size_t start_with_last = 0;
  sluice::v1::Share::OnGap on_gap = sluice::v1::Share::ON_GAP_UNSPECIFIED;
  sluice::v1::Share::Slow slow = sluice::v1::Share::SLOW_UNSPECIFIED;
  FieldPath key_field;  // of the response; not empty with LATEST
  bool presence = false;
  absl::Duration reopen_min;
  absl::Duration reopen_max;
  absl::Duration give_up = absl::InfiniteDuration();
};

// How the stream of one method behaves: the merged options, checked against the method's messages.
// Valid as long as the Catalog.
struct StreamPolicy {
  sluice::v1::StreamOptions::Event event = sluice::v1::StreamOptions::EVENT_UNSPECIFIED;
  std::string event_name;  // not empty: instead of `event`
  FieldPath id_field;      // of the response; empty: none
  FieldPath resume_field;  // of the request; empty: none
  bool endless = false;
  absl::Duration retry;
  absl::Duration end_retry;
  absl::Duration heartbeat;  // zero: none
  bool heartbeat_event = false;
  std::vector<FieldPath> required;  // of the request
  absl::Duration max_age = absl::InfiniteDuration();
  std::optional<SharePolicy> share;  // nothing: every browser has its own RPC
  sluice::v1::JsonOptions json;
  sluice::v1::StreamOptions::UnknownAny unknown_any =
      sluice::v1::StreamOptions::UNKNOWN_ANY_UNSPECIFIED;
  sluice::v1::StreamOptions::BadMessage bad_message =
      sluice::v1::StreamOptions::BAD_MESSAGE_UNSPECIFIED;
};

// Resolves `options` for `method`. Appends every problem (method, field, what would be right) to
// `problems`; what is returned then is of no use.
StreamPolicy ResolveStreamPolicy(const Method& method, const sluice::v1::StreamOptions& options,
                                 Problems& problems);

// The `retry` of a stream about which nobody has said anything, for those who ask for no stream
// that there is.
absl::Duration DefaultRetry();

}  // namespace sluice

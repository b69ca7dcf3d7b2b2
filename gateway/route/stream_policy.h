// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gateway/base/problem.h"
#include "gateway/schema/catalog.h"
#include "gateway/schema/field_path.h"
#include "sluice/v1/stream.pb.h"

namespace sluice {

// How the stream of one method behaves: the merged options, checked against the method's messages.
// Valid as long as the Catalog.
struct StreamPolicy {
  sluice::v1::StreamOptions::Event event = sluice::v1::StreamOptions::MESSAGE;
  std::string event_name;  // not empty: instead of `event`
  FieldPath id_field;      // of the response; empty: none
  FieldPath resume_field;  // of the request; empty: none
  bool endless = false;
  absl::Duration retry = absl::Seconds(3);
  absl::Duration end_retry = absl::Seconds(3);
  absl::Duration heartbeat = absl::Seconds(15);  // zero: none
  bool heartbeat_event = false;
  std::vector<FieldPath> required;  // of the request
  absl::Duration max_age = absl::InfiniteDuration();
  sluice::v1::JsonOptions json;
};

// Resolves `options` for `method`. Appends every problem (method, field, what would be right) to
// `problems`; what is returned then is of no use. Sharing is checked, and refused by name until
// streams can be shared.
StreamPolicy ResolveStreamPolicy(const Method& method, const sluice::v1::StreamOptions& options,
                                 Problems& problems);

}  // namespace sluice

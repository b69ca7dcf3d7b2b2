// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"
#include "grpcpp/support/status.h"

namespace sluice::demo {

// What a field of a request may hold.
struct DurationRange {
  absl::string_view field;
  absl::Duration least;
  absl::Duration most;
  absl::Duration otherwise;  // when it is not set, or 0
};

// INVALID_ARGUMENT names the field, the value and what is allowed.
absl::StatusOr<absl::Duration> ReadDuration(const google::protobuf::Duration& value,
                                            const DurationRange& range);

// INVALID_ARGUMENT for a text that is empty or longer than `most_bytes`.
absl::Status CheckText(absl::string_view field, absl::string_view value, size_t most_bytes);

grpc::Status ToGrpc(const absl::Status& status);

}  // namespace sluice::demo

// SPDX-License-Identifier: Apache-2.0
#include "services/field_check.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace sluice::demo {

absl::StatusOr<absl::Duration> ReadDuration(const google::protobuf::Duration& value,
                                            const DurationRange& range) {
  const absl::Duration duration = absl::Seconds(value.seconds()) + absl::Nanoseconds(value.nanos());
  if (duration == absl::ZeroDuration()) return range.otherwise;
  if (duration < range.least || duration > range.most) {
    return absl::InvalidArgumentError(
        absl::StrCat(range.field, " is ", absl::FormatDuration(duration), "; allowed are ",
                     absl::FormatDuration(range.least), " to ", absl::FormatDuration(range.most)));
  }
  return duration;
}

absl::Status CheckText(absl::string_view field, absl::string_view value, size_t most_bytes) {
  if (value.empty()) return absl::InvalidArgumentError(absl::StrCat(field, " is missing"));
  if (value.size() > most_bytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(field, " has ", value.size(), " bytes; allowed are at most ", most_bytes));
  }
  return absl::OkStatus();
}

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), std::string(status.message()));
}

}  // namespace sluice::demo

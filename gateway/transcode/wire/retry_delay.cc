// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/wire/retry_delay.h"

#include <algorithm>
#include <cstdint>

#include "absl/functional/function_ref.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"

// The field numbers are those of google/rpc/status.proto, google/rpc/error_details.proto,
// google/protobuf/any.proto and google/protobuf/duration.proto.

namespace sluice {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

struct Field {
  int number = 0;
  uint64_t bits = 0;        // of a varint
  absl::string_view bytes;  // of what has a length
};

// Up to the first byte that cannot be read.
void ForEachField(absl::string_view wire, absl::FunctionRef<void(const Field&)> visit) {
  CodedInputStream in(reinterpret_cast<const uint8_t*>(wire.data()), static_cast<int>(wire.size()));
  while (const uint32_t tag = in.ReadTag()) {
    Field field{.number = WireFormatLite::GetTagFieldNumber(tag)};
    switch (WireFormatLite::GetTagWireType(tag)) {
      case WireFormatLite::WIRETYPE_VARINT:
        if (!in.ReadVarint64(&field.bits)) return;
        break;
      case WireFormatLite::WIRETYPE_LENGTH_DELIMITED: {
        uint32_t size = 0;
        if (!in.ReadVarint32(&size)) return;
        const auto at = static_cast<size_t>(in.CurrentPosition());
        if (size > wire.size() - at) return;
        field.bytes = wire.substr(at, size);
        in.Skip(static_cast<int>(size));
        break;
      }
      default:
        if (!WireFormatLite::SkipField(&in, tag)) return;
        continue;
    }
    visit(field);
  }
}

absl::Duration DurationIn(absl::string_view wire) {
  int64_t seconds = 0;
  int32_t nanos = 0;
  ForEachField(wire, [&](const Field& field) {
    if (field.number == 1) seconds = static_cast<int64_t>(field.bits);
    if (field.number == 2) nanos = static_cast<int32_t>(field.bits);
  });
  return absl::Seconds(seconds) + absl::Nanoseconds(nanos);
}

bool IsRetryInfo(absl::string_view type_url) {
  const size_t slash = type_url.rfind('/');
  return slash != absl::string_view::npos && type_url.substr(slash + 1) == "google.rpc.RetryInfo";
}

}  // namespace

absl::Duration RetryDelayIn(absl::string_view status_wire) {
  absl::Duration longest = absl::ZeroDuration();
  ForEachField(status_wire, [&](const Field& detail) {
    if (detail.number != 3) return;
    absl::string_view type_url;
    absl::string_view value;
    ForEachField(detail.bytes, [&](const Field& part) {
      if (part.number == 1) type_url = part.bytes;
      if (part.number == 2) value = part.bytes;
    });
    if (!IsRetryInfo(type_url)) return;
    ForEachField(value, [&](const Field& delay) {
      if (delay.number == 1) longest = std::max(longest, DurationIn(delay.bytes));
    });
  });
  return longest;
}

}  // namespace sluice

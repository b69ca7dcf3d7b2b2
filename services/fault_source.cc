// SPDX-License-Identifier: Apache-2.0
#include "services/fault_source.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "demo/internal/wire.pb.h"

namespace sluice::demo {
namespace {

using ::demo::v1::FaultDetail;
using ::demo::v1::FaultsEvent;
using ::demo::v1::RunRequest;

constexpr uint32_t kMostRate = 1'000'000;
constexpr uint32_t kMostSizeBytes = 64 * 1024 * 1024;
constexpr size_t kMostTextBytes = 64 * 1024;
constexpr size_t kMostMessageBytes = 4096;
constexpr int kMostDetails = 16;
constexpr int kLastCode = 16;
constexpr absl::Duration kMostSilence = absl::Hours(24);
constexpr absl::Duration kCatchUp = absl::Seconds(1);

absl::Status OutOfRange(absl::string_view field, uint64_t value, uint64_t most) {
  return absl::InvalidArgumentError(
      absl::StrCat(field, " is ", value, "; allowed are at most ", most));
}

absl::Status Check(const RunRequest& request) {
  if (request.rate() > kMostRate) return OutOfRange("rate", request.rate(), kMostRate);
  if (request.size() > kMostSizeBytes) return OutOfRange("size", request.size(), kMostSizeBytes);
  if (request.text().size() > kMostTextBytes) {
    return OutOfRange("bytes of text", request.text().size(), kMostTextBytes);
  }
  if (request.message().size() > kMostMessageBytes) {
    return OutOfRange("bytes of message", request.message().size(), kMostMessageBytes);
  }
  if (request.detail().size() > kMostMessageBytes) {
    return OutOfRange("bytes of detail", request.detail().size(), kMostMessageBytes);
  }
  if (request.details_size() > kMostDetails) {
    return OutOfRange("number of details", request.details_size(), kMostDetails);
  }
  return CheckCode(request.code());
}

std::string Payload(const RunRequest& request) {
  if (!request.text().empty()) return request.text();
  std::string payload(request.size(), ' ');
  for (size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<char>('a' + i % 26);
  return payload;
}

// Beyond what protobuf's parsers go into.
constexpr int kTooDeep = 101;

void AddRaw(int number, const std::string& bytes, FaultsEvent& event) {
  event.GetReflection()->MutableUnknownFields(&event)->AddLengthDelimited(number, bytes);
}

// Makes of it a message that has no JSON.
void AddFault(RunRequest::Fault fault, FaultsEvent& event) {
  switch (fault) {
    case RunRequest::UTF8:
      return AddRaw(FaultsEvent::kPayloadFieldNumber, "\xff", event);
    case RunRequest::DEPTH: {
      ::demo::v1::Kinds::Nested* nested = event.mutable_nested();
      for (int depth = 1; depth < kTooDeep; ++depth) nested = nested->mutable_child();
      return;
    }
    case RunRequest::TIME:
      return event.mutable_time()->set_seconds(int64_t{1} << 60);
    case RunRequest::TYPE:
      event.mutable_any()->set_type_url("type.googleapis.com/demo.v1.Unheard");
      return event.mutable_any()->set_value("of");
    case RunRequest::MASK:
      return event.mutable_mask()->add_paths("Not_a_path");
    case RunRequest::VALUE:
      event.mutable_value();
      return;
    default:
      // A varint that never ends, where the field's tag promises a message.
      return AddRaw(FaultsEvent::kBrokenFieldNumber, "\xff", event);
  }
}

// One stream that runs.
class Run final {
 public:
  Run(const RunRequest& request, const Metadata& metadata, absl::Duration silence_before,
      absl::Duration interval)
      : request_(request),
        metadata_(request.echo_metadata() ? metadata : Metadata()),
        payload_(Payload(request)),
        silence_before_(silence_before),
        tempo_(interval, kCatchUp) {}

  Step<FaultsEvent> Next(absl::Time now) {
    if (request_.hang()) return Wait{};
    if (!begin_.has_value()) begin_ = now + silence_before_;
    if (now < *begin_) return Wait{*begin_};
    if (request_.code() != 0 && sent_ >= request_.fail_after()) return FaultStatus(request_);
    if (request_.count() != 0 && sent_ >= request_.count()) return grpc::Status::OK;
    if (tempo_.Due(now) > now) return Wait{tempo_.Due(now)};
    tempo_.Beat(now);
    return Event();
  }

 private:
  FaultsEvent Event() {
    FaultsEvent event;
    event.set_sequence(++sent_);
    event.set_payload(payload_);
    if (sent_ == 1) {
      for (const auto& [key, value] : metadata_) (*event.mutable_metadata())[key] = value;
    }
    if (sent_ == request_.malformed_at()) AddFault(request_.fault(), event);
    return event;
  }

  const RunRequest request_;
  const Metadata metadata_;
  const std::string payload_;
  const absl::Duration silence_before_;
  Tempo tempo_;
  std::optional<absl::Time> begin_;
  uint64_t sent_ = 0;
};

}  // namespace

absl::Status CheckCode(int code) {
  if (code >= 0 && code <= kLastCode) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("code is ", code, "; allowed are 0 to ", kLastCode));
}

grpc::Status FaultStatus(const RunRequest& request) {
  wire::RpcStatus details;
  details.set_code(request.code());
  details.set_message(request.message());
  *details.mutable_details() = request.details();
  if (!request.detail().empty()) {
    FaultDetail detail;
    detail.set_text(request.detail());
    details.add_details()->PackFrom(detail);
  }
  if (request.has_retry_delay()) {
    wire::RetryInfo info;
    *info.mutable_retry_delay() = request.retry_delay();
    google::protobuf::Any& any = *details.add_details();
    any.set_type_url("type.googleapis.com/google.rpc.RetryInfo");
    any.set_value(info.SerializeAsString());
  }
  return grpc::Status(static_cast<grpc::StatusCode>(request.code()), request.message(),
                      details.details().empty() ? "" : details.SerializeAsString());
}

Source<FaultsEvent> FaultSource(const RunRequest& request, const Metadata& metadata) {
  const absl::Status status = Check(request);
  if (!status.ok()) return RefusedSource<FaultsEvent>(status);
  const absl::StatusOr<absl::Duration> before =
      ReadDuration(request.silence_before(),
                   {"silence_before", absl::ZeroDuration(), kMostSilence, absl::ZeroDuration()});
  if (!before.ok()) return RefusedSource<FaultsEvent>(before.status());
  const absl::StatusOr<absl::Duration> between =
      ReadDuration(request.silence_between(),
                   {"silence_between", absl::ZeroDuration(), kMostSilence, absl::ZeroDuration()});
  if (!between.ok()) return RefusedSource<FaultsEvent>(between.status());
  const absl::Duration interval =
      request.rate() == 0 ? *between : std::max(*between, absl::Seconds(1) / request.rate());
  return [run = Run(request, metadata, *before, interval)](absl::Time now) mutable {
    return run.Next(now);
  };
}

}  // namespace sluice::demo

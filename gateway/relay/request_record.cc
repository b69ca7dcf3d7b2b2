// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/request_record.h"

#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gateway/base/observe/log.h"
#include "gateway/http/rpc_error.h"

namespace sluice {
namespace {

constexpr int kOk = 200;
constexpr int kNoContent = 204;

// The trace of a `traceparent` (W3C): `00-<32 hex digits>-<16 hex digits>-<2 hex digits>`; empty
// for anything else.
absl::string_view TraceIdOf(const HttpRequest& request) {
  const absl::string_view text = request.headers.Find("traceparent").value_or("");
  if (text.size() < 55 || text[2] != '-' || text[35] != '-') return "";
  const absl::string_view id = text.substr(3, 32);
  for (const char c : id) {
    if (!absl::ascii_isxdigit(c)) return "";
  }
  return id;
}

// Who asks, in the words of the access log.
struct Origin {
  absl::string_view peer;
  absl::string_view request_id;
  absl::string_view trace_id;
};

Origin OriginOf(const HttpRequest& request) {
  return {.peer = request.peer_address,
          .request_id = request.headers.Find("x-request-id").value_or(""),
          .trace_id = TraceIdOf(request)};
}

// One string, ended by a zero. No header has a line feed or a zero in it.
std::unique_ptr<char[]> Packed(const Origin& origin) {
  const std::string text =
      absl::StrCat(origin.peer, "\n", origin.request_id.substr(0, LogFields::kMaxTextBytes + 1),
                   "\n", origin.trace_id);
  auto packed = std::make_unique<char[]>(text.size() + 1);
  std::memcpy(packed.get(), text.c_str(), text.size() + 1);
  return packed;
}

Origin Unpacked(absl::string_view packed) {
  const std::vector<absl::string_view> lines = absl::StrSplit(packed, '\n');
  return {.peer = lines[0], .request_id = lines[1], .trace_id = lines[2]};
}

void AddOrigin(const Origin& origin, LogFields& fields) {
  fields.Text("peer", origin.peer);
  if (!origin.request_id.empty()) fields.Text("request_id", origin.request_id);
  if (!origin.trace_id.empty()) fields.Text("trace_id", origin.trace_id);
}

LogFields FieldsOfPath(const HttpRequest& request, int http_status) {
  LogFields fields;
  fields.Text("verb", request.method)
      .Text("path", request.path)
      .Number("status", static_cast<uint64_t>(http_status));
  return fields;
}

}  // namespace

RequestRecord::RequestRecord(const RoutePlan& plan, const HttpRequest& request, const Place& place)
    : plan_(plan),
      clock_(place.clock),
      meter_(place.meter),
      request_(&request),
      begin_nanos_(absl::ToUnixNanos(place.clock.Now())),
      call_counted_(place.call == Call::kShared) {
  counts().opened.Add();
}

RequestRecord::~RequestRecord() { Close(); }

void RequestRecord::HeadSent() {
  head_sent_ = true;
  if (!LogsAccess()) return;
  LogFields fields;
  fields.Text("method", plan_.route.method->full_name).Number("status", kOk);
  AddOrigin(OriginOf(*request_), fields);
  LogLine(LogLevel::kInfo, "stream opened", fields);
}

void RequestRecord::ForgetRequest() {
  if (LogsAccess()) origin_ = Packed(OriginOf(*request_));
  request_ = nullptr;
}

void RequestRecord::Event(size_t bytes) {
  Events(1, bytes);
  meter_.event_bytes.Add(static_cast<int64_t>(bytes));
}

void RequestRecord::FirstEvent() {
  if (first_event_nanos_ != kNotYet) return;
  first_event_nanos_ = NanosSinceBegin();
  counts().first_event_micros.Add(first_event_nanos_ / 1000);
}

void RequestRecord::Events(uint64_t events, uint64_t bytes) {
  if (events == 0) return;
  FirstEvent();
  AddCounted(events, bytes);
  counts().events.Add(static_cast<int64_t>(events));
  counts().bytes.Add(static_cast<int64_t>(bytes));
}

void RequestRecord::AddCounted(uint64_t events, uint64_t bytes) {
  events_ += events;
  bytes_ += bytes;
}

void RequestRecord::HoldBytes(uint64_t bytes) {
  const auto held = static_cast<int64_t>(bytes);
  if (held == held_bytes_) return;
  meter_.log_bytes_held.Add(held - held_bytes_);
  held_bytes_ = held;
}

void RequestRecord::CallEnded(absl::StatusCode code) {
  if (call_counted_) return;
  call_counted_ = true;
  counts().CountCall(code);
}

void RequestRecord::Ended(StreamEnd end, const RpcStatus& status) {
  if (ended_) return;
  ended_ = true;
  end_ = end;
  code_ = status.code;
}

void RequestRecord::Close() {
  if (closed_) return;
  closed_ = true;
  Ended(StreamEnd::kStopped, {.code = absl::StatusCode::kUnavailable});
  CallEnded(absl::StatusCode::kCancelled);
  HoldBytes(0);
  counts().CountEnd(end_);
  if (LogsAccess()) LogEnd();
}

void RequestRecord::LogEnd() {
  LogFields fields;
  fields.Text("method", plan_.route.method->full_name)
      .Number("status", static_cast<uint64_t>(head_sent_ ? kOk : HttpStatusOf(code_)))
      .Text("reason", NameOf(end_))
      .Text("code", CodeName(code_))
      .Number("events", events_)
      .Number("bytes", bytes_)
      .Seconds("duration_seconds", absl::Nanoseconds(NanosSinceBegin()));
  if (first_event_nanos_ != kNotYet) {
    fields.Seconds("first_event_seconds", absl::Nanoseconds(first_event_nanos_));
  }
  if (request_ != nullptr) AddOrigin(OriginOf(*request_), fields);
  if (origin_ != nullptr) AddOrigin(Unpacked(origin_.get()), fields);
  LogLine(LogLevel::kInfo, plan_.route.streaming ? "stream ended" : "call ended", fields);
}

void LogRefusedRequest(const HttpRequest& request, absl::string_view reason, int http_status) {
  if (!LogsAccess()) return;
  LogFields fields = FieldsOfPath(request, http_status);
  fields.Text("reason", reason);
  AddOrigin(OriginOf(request), fields);
  LogLine(LogLevel::kInfo, "request refused", fields);
}

// One browser more that stops as it should; a gateway of short streams has many of them.
void LogEndedStream(const HttpRequest& request) {
  if (!LogsAt(LogLevel::kDebug)) return;
  LogFields fields = FieldsOfPath(request, kNoContent);
  AddOrigin(OriginOf(request), fields);
  LogLine(LogLevel::kDebug, "a browser came back to a stream that has ended", fields);
}

}  // namespace sluice

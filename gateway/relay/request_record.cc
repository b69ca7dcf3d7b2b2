// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/request_record.h"

#include <string>

#include "absl/strings/ascii.h"
#include "gateway/base/log.h"

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

void AddOrigin(const HttpRequest& request, LogFields& fields) {
  fields.Text("peer", request.peer_address);
  const absl::string_view id = request.headers.Find("x-request-id").value_or("");
  if (!id.empty()) fields.Text("request_id", id);
  const absl::string_view trace = TraceIdOf(request);
  if (!trace.empty()) fields.Text("trace_id", trace);
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
      request_(request),
      clock_(place.clock),
      meter_(place.meter),
      counts_(plan.meter.OnLoop(place.meter.number)),
      begin_(place.clock.Now()) {
  counts_.opened.Add();
}

RequestRecord::~RequestRecord() { Close(); }

void RequestRecord::HeadSent() {
  head_sent_ = true;
  if (!LogsAccess()) return;
  LogFields fields;
  fields.Text("method", plan_.route.method->full_name).Number("status", kOk);
  AddOrigin(request_, fields);
  LogLine(LogLevel::kInfo, "stream opened", fields);
}

void RequestRecord::Event(size_t bytes) {
  if (events_++ == 0) {
    first_event_ = clock_.Now() - begin_;
    counts_.first_event_micros.Add(absl::ToInt64Microseconds(first_event_));
  }
  bytes_ += bytes;
  counts_.events.Add();
  counts_.bytes.Add(static_cast<int64_t>(bytes));
  meter_.event_bytes.Add(static_cast<int64_t>(bytes));
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
  counts_.CountCall(code);
}

void RequestRecord::Ended(StreamEnd end, const RpcStatus& status) {
  if (end_.has_value()) return;
  end_ = end;
  code_ = status.code;
}

void RequestRecord::Close() {
  if (closed_) return;
  closed_ = true;
  Ended(StreamEnd::kStopped, {.code = absl::StatusCode::kUnavailable});
  CallEnded(absl::StatusCode::kCancelled);
  HoldBytes(0);
  counts_.CountEnd(*end_);
  if (LogsAccess()) LogEnd();
}

void RequestRecord::LogEnd() const {
  LogFields fields;
  fields.Text("method", plan_.route.method->full_name)
      .Number("status", static_cast<uint64_t>(head_sent_ ? kOk : HttpStatusOf(code_)))
      .Text("reason", NameOf(*end_))
      .Text("code", CodeName(code_))
      .Number("events", events_)
      .Number("bytes", bytes_)
      .Seconds("duration_seconds", clock_.Now() - begin_);
  if (events_ > 0) fields.Seconds("first_event_seconds", first_event_);
  AddOrigin(request_, fields);
  LogLine(LogLevel::kInfo, plan_.route.streaming ? "stream ended" : "call ended", fields);
}

void LogRefusedRequest(const HttpRequest& request, absl::string_view reason, int http_status) {
  if (!LogsAccess()) return;
  LogFields fields = FieldsOfPath(request, http_status);
  fields.Text("reason", reason);
  AddOrigin(request, fields);
  LogLine(LogLevel::kInfo, "request refused", fields);
}

// One browser more that stops as it should; a gateway of short streams has many of them.
void LogEndedStream(const HttpRequest& request) {
  if (!LogsAt(LogLevel::kDebug)) return;
  LogFields fields = FieldsOfPath(request, kNoContent);
  AddOrigin(request, fields);
  LogLine(LogLevel::kDebug, "a browser came back to a stream that has ended", fields);
}

}  // namespace sluice

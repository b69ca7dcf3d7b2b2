// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/stream_writer.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "gateway/sse/frame.h"

namespace sluice {
namespace {

std::optional<absl::string_view> IdOrNone(absl::string_view id) {
  if (id.empty()) return std::nullopt;
  return id;
}

}  // namespace

void AppendFrame(const EventForm& form, const TranscodedEvent& event, absl::string_view id,
                 std::string& frame) {
  if (form.format == Format::kSse) {
    AppendEvent({.retry = std::nullopt,
                 .name = form.unnamed_events ? absl::string_view() : event.name,
                 .data = event.data,
                 .id = IdOrNone(id)},
                frame);
  } else if (event.is_raw) {
    // What is not JSON would not stay on its line, and could pass for an error of Sluice's own.
    absl::StrAppend(&frame, JsonString(event.data), "\n");
  } else {
    absl::StrAppend(&frame, event.data, "\n");
  }
}

StreamWriter::StreamWriter(const Options& options, ByteLog& log, EventScratch& scratch)
    : form_(options.form),
      own_({.format = options.form.format,
            .heartbeat_event = options.heartbeat_event,
            .retry = options.retry,
            .end_retry = options.end_retry},
           scratch.random),
      log_(log),
      scratch_(scratch) {}

void StreamWriter::Open(absl::string_view stream_name, Resume resume, absl::string_view cursor) {
  log_.Append(own_.Open(stream_name, resume, resume == Resume::kResumed ? cursor : ""));
}

size_t StreamWriter::Event(const TranscodedEvent& event, absl::string_view id) {
  std::string& frame = scratch_.frame;
  frame.clear();
  AppendFrame(form_, event, id, frame);
  log_.Append(frame);
  return frame.size();
}

absl::StatusOr<size_t> StreamWriter::Event(const Message& message, TranscodedEvent& event,
                                           absl::string_view id) {
  if (event.is_complete) return Event(event, id);
  OutputBuffer tail = log_.Tail();
  const bool is_sse = form_.format == Format::kSse;
  if (is_sse) BeginEvent(form_.unnamed_events ? absl::string_view() : event.name, tail);
  const absl::Status status = message.response.WriteJson(message.wire, event, tail);
  if (!status.ok()) return status;
  if (is_sse) {
    EndEvent(id, tail);
  } else {
    tail.Append("\n");
  }
  log_.AppendTail(tail);
  return tail.size();
}

void StreamWriter::Heartbeat() { log_.Append(own_.Heartbeat()); }

void StreamWriter::End(absl::string_view end_id) { log_.Append(own_.End(end_id)); }

void StreamWriter::Fail(const StreamFailure& failure, absl::string_view end_id) {
  log_.Append(own_.Fail(failure, end_id));
}

}  // namespace sluice

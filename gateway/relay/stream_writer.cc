// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/stream_writer.h"

namespace sluice {
StreamWriter::StreamWriter(const Options& options, Body& body, EventScratch& scratch)
    : form_(options.form),
      own_({.format = options.form.format,
            .heartbeat_event = options.heartbeat_event,
            .retry = options.retry,
            .end_retry = options.end_retry},
           scratch.random),
      body_(body) {}

void StreamWriter::Open(absl::string_view stream_name, Resume resume, absl::string_view id) {
  body_.Append(own_.Open(stream_name, resume, resume == Resume::kResumed ? id : ""));
}

absl::StatusOr<size_t> StreamWriter::Event(const ServiceMessage& message, TranscodedEvent& event,
                                           absl::string_view id) {
  OutputBuffer tail = body_.Tail();
  const absl::Status status = WriteFrame(form_, message, event, id, tail);
  if (!status.ok()) return status;
  body_.AppendTail(tail);
  return tail.size();
}

void StreamWriter::TellGap(const OwnEvents::Gap& gap) { body_.Append(own_.GapEvent(gap)); }

void StreamWriter::Heartbeat() { body_.Append(own_.Heartbeat()); }

void StreamWriter::End(absl::string_view end_id, int times) {
  body_.Append(own_.End(end_id, times));
}

void StreamWriter::Fail(const StreamFailure& failure, absl::string_view end_id) {
  body_.Append(own_.Fail(failure, end_id));
}

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "absl/random/random.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/base/bytes/body.h"
#include "gateway/relay/event_frame.h"
#include "gateway/relay/own_events.h"
#include "gateway/transcode/transcoded_event.h"

namespace sluice {

// What one loop's streams share: memory that only the event at hand needs, and chance.
//
// Bounds:  what an event of kMostKeptBytes needs, between events.
// Threads: one, its loop's.
struct EventScratch {
  static constexpr size_t kMostKeptBytes = size_t{256} * 1024;

  TranscodedEvent event;
  absl::BitGen random;

  // The event at hand is done with.
  void Clear() {
    if (event.data.capacity() > kMostKeptBytes) std::string().swap(event.data);
  }
};

// Writes one stream's events, the service's and Sluice's own, in the form that was negotiated.
//
// In ⇒ Out: what happened ⇒ whole events appended to a Body, not yet published.
// Threads:  one, its loop's.
class StreamWriter final {
 public:
  struct Options {
    EventForm form;
    bool heartbeat_event = false;
    absl::Duration retry;
    absl::Duration end_retry;
  };

  // `body` and `scratch` must outlive the writer.
  StreamWriter(const Options& options, Body& body, EventScratch& scratch);

  // `stream-open`. `id` is the id that the browser came back with, for kResumed.
  void Open(absl::string_view stream_name, Resume resume, absl::string_view id);

  // One message of the service, by WriteFrame. Returns the bytes written; after an error there are
  // none.
  absl::StatusOr<size_t> Event(const ServiceMessage& message, TranscodedEvent& event,
                               absl::string_view id);

  // `stream-gap`.
  void TellGap(const OwnEvents::Gap& gap);

  void Heartbeat();

  // `stream-end`, as OwnEvents has it.
  void End(absl::string_view end_id, int times = 1);

  // `stream-error`. `end_id` as for End, used where the failure is not retryable.
  void Fail(const StreamFailure& failure, absl::string_view end_id);

 private:
  const EventForm form_;
  OwnEvents own_;
  Body& body_;
};

}  // namespace sluice

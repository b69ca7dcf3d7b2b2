// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace sluice {

// An event as a browser would dispatch it.
struct ReceivedEvent {
  std::string name;  // `message` where the stream gave none
  std::string data;
  std::string last_event_id;
};

// Bytes of a text/event-stream, in pieces of any size ⇒ events (WHATWG HTML, section 9.2.6).
//
// Bounds:  a line or an event of `max_bytes`; longer is an error.
// Threads: one.
class EventParser final {
 public:
  explicit EventParser(size_t max_bytes = 16 * 1024 * 1024) : max_bytes_(max_bytes) {}

  // Calls `on_event` for each event that `bytes` completes.
  absl::Status Feed(absl::string_view bytes,
                    absl::FunctionRef<void(const ReceivedEvent&)> on_event);

  // The connection broke off: what has begun of an event is dropped, the id stays.
  void Restart();

  // Something of an event has come, but not yet the empty line that completes it.
  bool mid_event() const { return !line_.empty() || has_data_ || !name_.empty(); }

  const std::string& last_event_id() const { return last_event_id_; }
  void set_last_event_id(std::string id) { last_event_id_ = std::move(id); }
  // The last `retry:` in milliseconds.
  std::optional<int64_t> retry_ms() const { return retry_ms_; }

 private:
  void TakeLine(absl::FunctionRef<void(const ReceivedEvent&)> on_event);
  void TakeField(absl::string_view name, absl::string_view value);
  void Dispatch(absl::FunctionRef<void(const ReceivedEvent&)> on_event);

  const size_t max_bytes_;
  std::string line_;
  bool after_cr_ = false;
  bool at_start_ = true;
  std::string name_;
  std::string data_;
  bool has_data_ = false;
  std::string pending_id_;
  std::string last_event_id_;
  std::optional<int64_t> retry_ms_;
};

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "gateway/sse/event_parser.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace sluice {

absl::Status EventParser::Feed(absl::string_view bytes,
                               absl::FunctionRef<void(const ReceivedEvent&)> on_event) {
  for (const char c : bytes) {
    const bool completes_crlf = after_cr_ && c == '\n';
    after_cr_ = c == '\r';
    if (completes_crlf) continue;
    if (c == '\r' || c == '\n') {
      TakeLine(on_event);
      continue;
    }
    line_ += c;
    if (line_.size() + data_.size() > max_bytes_) {
      return absl::ResourceExhaustedError(
          absl::StrCat("an event is longer than ", max_bytes_, " bytes"));
    }
  }
  return absl::OkStatus();
}

void EventParser::Restart() {
  line_.clear();
  after_cr_ = false;
  at_start_ = true;
  name_.clear();
  data_.clear();
  has_data_ = false;
  pending_id_ = last_event_id_;
}

void EventParser::TakeLine(absl::FunctionRef<void(const ReceivedEvent&)> on_event) {
  absl::string_view line = line_;
  if (at_start_) {
    absl::ConsumePrefix(&line, "\xEF\xBB\xBF");
    at_start_ = false;
  }
  if (line.empty()) {
    Dispatch(on_event);
  } else if (line[0] != ':') {
    const size_t colon = line.find(':');
    absl::string_view value =
        colon == absl::string_view::npos ? absl::string_view() : line.substr(colon + 1);
    absl::ConsumePrefix(&value, " ");
    TakeField(line.substr(0, colon), value);
  }
  line_.clear();
}

void EventParser::TakeField(absl::string_view name, absl::string_view value) {
  if (name == "event") {
    name_ = std::string(value);
  } else if (name == "data") {
    absl::StrAppend(&data_, value, "\n");
    has_data_ = true;
  } else if (name == "id") {
    if (!absl::StrContains(value, '\0')) pending_id_ = std::string(value);
  } else if (name == "retry") {
    int64_t milliseconds;
    const bool digits =
        !value.empty() && std::all_of(value.begin(), value.end(), absl::ascii_isdigit);
    if (digits && absl::SimpleAtoi(value, &milliseconds)) retry_ms_ = milliseconds;
  }
}

void EventParser::Dispatch(absl::FunctionRef<void(const ReceivedEvent&)> on_event) {
  last_event_id_ = pending_id_;
  if (has_data_) {
    data_.pop_back();
    on_event({.name = name_.empty() ? "message" : name_,
              .data = data_,
              .last_event_id = last_event_id_});
  }
  name_.clear();
  data_.clear();
  has_data_ = false;
}

}  // namespace sluice

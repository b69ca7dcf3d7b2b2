// SPDX-License-Identifier: Apache-2.0
// Any bytes as the texts of a request and of a stream: Accept, query, X-Forwarded-For,
// Last-Event-ID, and a text/event-stream as `sluice tail` reads it.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "gateway/http/forwarded_for.h"
#include "gateway/http/negotiation.h"
#include "gateway/http/query.h"
#include "gateway/sse/event_id.h"
#include "gateway/sse/event_parser.h"
#include "gateway/sse/frame.h"

namespace sluice {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

// What FromValue escapes comes back, and never looks like an ended stream.
void CheckEventId(const std::string& text) {
  const std::optional<EventId> id = EventId::FromValue(text);
  if (id.has_value()) {
    Require(!IsEndId(id->text()));
    Require(UnescapeEventId(id->text()) == text);
  }
  const std::optional<std::string> value = UnescapeEventId(text);
  if (value.has_value()) Require(EventId::FromValue(*value)->text() == text);
}

// A frame of any data is one event with that data, its line ends made alike.
void CheckFrame(const std::string& text) {
  OutputBuffer written;
  AppendEvent({.name = "n", .data = text}, written);
  const absl::string_view frame = written.written();
  std::string alike;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    alike += text[i] == '\r' ? '\n' : text[i];
  }
  int events = 0;
  EventParser parser;
  const absl::Status fed = parser.Feed(frame, [&](const ReceivedEvent& event) {
    ++events;
    Require(event.data == alike);
  });
  Require(fed.ok() && events == 1);
}

void TryAll(const std::string& text) {
  static_cast<void>(Negotiate(text, {Format::kSse, Format::kNdjson}));
  static_cast<void>(ParseQuery(text).ok());
  static const std::vector<IpNetwork> trusted = {*IpNetwork::Parse("0.0.0.0/0")};
  static_cast<void>(IpNetwork::Parse(text).ok());
  Require(!ForwardedFor("192.0.2.1", text, trusted).empty());
  CheckEventId(text);
  CheckFrame(text);
  EventParser parser(4096);
  static_cast<void>(parser.Feed(text, [](const ReceivedEvent&) {}).ok());
}

}  // namespace
}  // namespace sluice

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  sluice::TryAll(std::string(reinterpret_cast<const char*>(bytes), size));
  return 0;
}

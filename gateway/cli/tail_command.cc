// SPDX-License-Identifier: Apache-2.0
// `sluice tail` behaves as EventSource does, so that what it shows is what a page would see: it
// follows redirects, takes nothing but text/event-stream, comes back after every break with the id
// that it holds, and stops at a 204.
#include <httplib.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gateway/base/text/json_string.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/stream_url.h"
#include "gateway/cli/terminal_text.h"
#include "gateway/sse/event_parser.h"

namespace sluice {
namespace {

constexpr int kNoContent = 204;
constexpr int kOk = 200;
// As in WHATWG Fetch.
constexpr int kMostRedirects = 20;
constexpr int64_t kDefaultRetryMs = 3000;
constexpr int64_t kLongestRetryMs = 60'000;
// Longer than any sensible heartbeat.
constexpr time_t kReadTimeoutSeconds = 120;
constexpr size_t kLongestErrorBytes = 64 * 1024;

bool IsRedirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool IsEventStream(absl::string_view content_type) {
  return absl::EqualsIgnoreCase(
      absl::StripAsciiWhitespace(content_type.substr(0, content_type.find(';'))),
      "text/event-stream");
}

// What cpp-httplib undoes. It compares by case, and sees Brotli in every list that names it.
bool IsDecoded(absl::string_view coding) {
#ifdef CPPHTTPLIB_ZLIB_SUPPORT
  if (coding == "gzip" || coding == "deflate") return true;
#endif
#ifdef CPPHTTPLIB_BROTLI_SUPPORT
  if (coding == "br") return true;
#endif
  return coding.empty() || coding == "identity";
}

std::string Quoted(absl::string_view text) { return absl::StrCat("\"", TerminalText(text), "\""); }

void Print(const ReceivedEvent& event, const TailOptions& options) {
  if (options.json) {
    std::cout << TerminalText(absl::StrCat("{\"event\":", JsonString(event.name),
                                           ",\"id\":", JsonString(event.last_event_id),
                                           ",\"data\":", JsonString(event.data), "}"))
              << "\n";
  } else {
    std::cout << TerminalText(event.name) << (event.last_event_id.empty() ? "" : " #")
              << TerminalText(event.last_event_id) << "  " << TerminalText(event.data) << "\n";
  }
  std::cout.flush();
}

std::unique_ptr<httplib::ClientImpl> ClientFor(const StreamUrl& url) {
#ifdef CPPHTTPLIB_OPENSSL_SUPPORT
  if (url.tls) return std::make_unique<httplib::SSLClient>(url.host, url.port);
#endif
  return std::make_unique<httplib::ClientImpl>(url.host, url.port);
}

// One connection after the other.
class Tail final {
 public:
  Tail(const TailOptions& options, StreamUrl url) : options_(options), start_(std::move(url)) {
    parser_.set_last_event_id(options.last_event_id);
  }

  int Run() {
    while (true) {
      at_ = start_;  // a browser asks the first URL again, too
      std::optional<int> exit_code = Connect();
      for (int redirects = 0; !exit_code.has_value() && IsRedirect(status_); ++redirects) {
        exit_code = redirects == kMostRedirects
                        ? Fail(absl::StrCat("redirected more than ", kMostRedirects, " times"))
                        : Follow();
      }
      if (exit_code.has_value()) return *exit_code;
      if (options_.once) return ExitOfOnce();
      WaitToComeBack();
    }
  }

 private:
  // Asks `at_`, and shows what comes until the answer ends. An exit code if nothing else can
  // follow but the end.
  std::optional<int> Connect() {
    parser_.Restart();
    status_ = 0;
    refusal_.clear();
    error_body_.clear();
    const std::unique_ptr<httplib::ClientImpl> browser = ClientFor(at_);
    browser->set_read_timeout(kReadTimeoutSeconds);
    browser->set_url_encode(false);  // it would make a '+' another character
    const httplib::Result result = browser->Get(
        at_.target, Headers(),
        [this](const httplib::Response& response) { return TakeHead(response); },
        [this](const char* bytes, size_t size) { return Take(absl::string_view(bytes, size)); });
    if (result) status_ = result->status;  // TakeHead is not told of a 204
    ended_ = !result               ? httplib::to_string(result.error())
             : parser_.mid_event() ? "the stream ended in the middle of an event"
                                   : "";
    if (!refusal_.empty()) return Fail(refusal_);
    if (status_ == kNoContent) return kExitFine;
    if (status_ == 0 || status_ == kOk || IsRedirect(status_)) return std::nullopt;
    return Fail(absl::StrCat("answered ", status_, ": ",
                             TerminalText(absl::StripTrailingAsciiWhitespace(error_body_))));
  }

  httplib::Headers Headers() const {
    httplib::Headers headers = {{"Accept", "text/event-stream"},
                                {"Accept-Encoding", "identity"},
                                {"Cache-Control", "no-cache"},
                                {"Host", at_.Authority()}};
    if (!parser_.last_event_id().empty()) {
      headers.emplace("Last-Event-ID", parser_.last_event_id());
    }
    if (!at_.credentials.empty()) {
      headers.emplace("Authorization", absl::StrCat("Basic ", absl::Base64Escape(at_.credentials)));
    }
    return headers;
  }

  bool TakeHead(const httplib::Response& response) {
    status_ = response.status;
    location_ = response.get_header_value("Location");
    if (status_ != kOk) return true;
    const std::string type = response.get_header_value("Content-Type");
    const std::string coding = response.get_header_value("Content-Encoding");
    if (!IsEventStream(type)) {
      refusal_ = absl::StrCat("is not a stream of events: its Content-Type is ", Quoted(type),
                              ", not text/event-stream");
    } else if (!IsDecoded(coding)) {
      refusal_ = absl::StrCat("cannot be read: its Content-Encoding is ", Quoted(coding),
                              ", though none was asked for");
    }
    return refusal_.empty();
  }

  bool Take(absl::string_view bytes) {
    if (IsRedirect(status_)) return false;  // its page is for people
    if (status_ != kOk) {
      const size_t room = kLongestErrorBytes - std::min(error_body_.size(), kLongestErrorBytes);
      absl::StrAppend(&error_body_, bytes.substr(0, room));
      return room > bytes.size();
    }
    const absl::Status fed =
        parser_.Feed(bytes, [this](const ReceivedEvent& event) { Print(event, options_); });
    if (!fed.ok()) refusal_ = absl::StrCat("cannot be shown: ", fed.message());
    return fed.ok();
  }

  std::optional<int> Follow() {
    if (location_.empty()) {
      return Fail(absl::StrCat("answered ", status_, " but does not say where to go"));
    }
    absl::StatusOr<StreamUrl> next = ResolveRedirect(at_, location_);
    if (!next.ok()) {
      return Fail(
          absl::StrCat("redirects to a URL that cannot be followed: ", next.status().message()));
    }
    at_ = *std::move(next);
    return Connect();
  }

  // What is wrong with the answer of `at_`.
  int Fail(absl::string_view what) const {
    std::cerr << TerminalText(at_.ToString()) << " " << what << "\n";
    return kExitFailed;
  }

  int ExitOfOnce() const {
    if (status_ == kOk && ended_.empty()) return kExitFine;
    return Fail(status_ == kOk ? absl::StrCat("broke off: ", ended_)
                               : absl::StrCat("cannot be reached: ", ended_));
  }

  void WaitToComeBack() {
    const int64_t wait_ms = std::min(parser_.retry_ms().value_or(kDefaultRetryMs), kLongestRetryMs);
    std::cerr << (status_ != kOk   ? ended_
                  : ended_.empty() ? "the stream ended"
                                   : "the stream broke off")
              << "; coming back in " << wait_ms << " ms\n";
    absl::SleepFor(absl::Milliseconds(wait_ms));
  }

  const TailOptions& options_;
  const StreamUrl start_;
  StreamUrl at_;  // what is asked now
  EventParser parser_;
  // Of the answer at hand:
  int status_ = 0;  // 0 before its head
  std::string location_;
  std::string refusal_;  // why it is not shown, or no further; empty: nothing is wrong
  std::string error_body_;
  std::string ended_;  // why its body is not complete; empty: it is
};

}  // namespace

int RunTail(const TailOptions& options) {
  absl::StatusOr<StreamUrl> url = ParseStreamUrl(options.url);
  if (!url.ok()) {
    // Not quoted: it may hold a password.
    std::cerr << "this is not the URL of a stream: " << url.status().message()
              << "; write one such as http://127.0.0.1:8080/demo.v1.Clock/Watch\n";
    return kExitBadInput;
  }
  if (options.last_event_id.find_first_of("\r\n") != std::string::npos) {
    std::cerr << "--last-event-id has a line break, which no id of an event can have\n";
    return kExitBadInput;
  }
  return Tail(options, *std::move(url)).Run();
}

}  // namespace sluice

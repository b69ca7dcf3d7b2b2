// SPDX-License-Identifier: Apache-2.0
// `sluice tail` behaves as EventSource does, so that what it shows is what a page would see: it
// comes back after every break with the id that it holds, and stops at a 204.
#include <httplib.h>

#include <algorithm>
#include <iostream>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gateway/base/rpc_status.h"
#include "gateway/cli/commands.h"
#include "gateway/sse/event_parser.h"

namespace sluice {
namespace {

constexpr int kNoContent = 204;
constexpr int kOk = 200;
constexpr int64_t kDefaultRetryMs = 3000;
constexpr int64_t kLongestRetryMs = 60'000;
// Longer than any sensible heartbeat.
constexpr time_t kReadTimeoutSeconds = 120;
constexpr size_t kLongestErrorBytes = 64 * 1024;

struct Target {
  std::string origin;  // `http://127.0.0.1:8080`
  std::string path;    // with the query
};

std::optional<Target> ParseUrl(absl::string_view url) {
  absl::string_view rest = url;
  if (!absl::ConsumePrefix(&rest, "http://") && !absl::ConsumePrefix(&rest, "https://")) {
    return std::nullopt;
  }
  const absl::string_view scheme = url.substr(0, url.size() - rest.size());
  const size_t slash = rest.find_first_of("/?");
  if (slash == 0 || rest.empty()) return std::nullopt;
  const absl::string_view path = slash == absl::string_view::npos ? "/" : rest.substr(slash);
  std::string origin = absl::StrCat(scheme, rest.substr(0, slash));
  // A URL without a path may still have a query.
  return Target{std::move(origin), absl::StrCat(path[0] == '?' ? "/" : "", path)};
}

void Print(const ReceivedEvent& event, const TailOptions& options) {
  if (options.json) {
    std::cout << "{\"event\":" << JsonString(event.name)
              << ",\"id\":" << JsonString(event.last_event_id)
              << ",\"data\":" << JsonString(event.data) << "}\n";
  } else {
    std::cout << event.name << (event.last_event_id.empty() ? "" : " #") << event.last_event_id
              << "  " << event.data << "\n";
  }
  std::cout.flush();
}

// One connection after the other.
class Tail final {
 public:
  Tail(const TailOptions& options, Target target)
      : options_(options), target_(std::move(target)), browser_(target_.origin) {
    parser_.set_last_event_id(options.last_event_id);
    browser_.set_read_timeout(kReadTimeoutSeconds);
  }

  int Run() {
    while (true) {
      parser_.Restart();
      status_ = 0;
      error_body_.clear();
      const httplib::Result result = Connect();
      if (result) status_ = result->status;  // without a body, Connect is not told of the head
      if (status_ == kNoContent) return kExitFine;
      if (status_ != 0 && status_ != kOk) {
        std::cerr << target_.origin << target_.path << " answered " << status_ << ": "
                  << error_body_ << "\n";
        return kExitFailed;
      }
      if (!broken_.ok()) {
        std::cerr << broken_.message() << "\n";
        return kExitFailed;
      }
      if (options_.once) {
        if (status_ == kOk) return kExitFine;
        std::cerr << "no connection to " << target_.origin << ": "
                  << httplib::to_string(result.error()) << "\n";
        return kExitFailed;
      }
      WaitToComeBack(result);
    }
  }

 private:
  httplib::Result Connect() {
    httplib::Headers headers = {{"Accept", "text/event-stream"}, {"Cache-Control", "no-cache"}};
    if (!parser_.last_event_id().empty()) {
      headers.emplace("Last-Event-ID", parser_.last_event_id());
    }
    return browser_.Get(
        target_.path, headers,
        [this](const httplib::Response& response) {
          status_ = response.status;
          return true;
        },
        [this](const char* bytes, size_t size) { return Take(absl::string_view(bytes, size)); });
  }

  bool Take(absl::string_view bytes) {
    if (status_ != kOk) {
      const size_t room = kLongestErrorBytes - std::min(error_body_.size(), kLongestErrorBytes);
      absl::StrAppend(&error_body_, bytes.substr(0, room));
      return true;
    }
    broken_ = parser_.Feed(bytes, [this](const ReceivedEvent& event) { Print(event, options_); });
    return broken_.ok();
  }

  void WaitToComeBack(const httplib::Result& result) {
    const int64_t wait_ms = std::min(parser_.retry_ms().value_or(kDefaultRetryMs), kLongestRetryMs);
    std::cerr << (status_ == kOk ? "the stream broke off" : httplib::to_string(result.error()))
              << "; coming back in " << wait_ms << " ms\n";
    absl::SleepFor(absl::Milliseconds(wait_ms));
  }

  const TailOptions& options_;
  const Target target_;
  httplib::Client browser_;
  EventParser parser_;
  int status_ = 0;  // of the answer at hand; 0 before its head
  std::string error_body_;
  absl::Status broken_;
};

}  // namespace

int RunTail(const TailOptions& options) {
  std::optional<Target> target = ParseUrl(options.url);
  if (!target.has_value()) {
    std::cerr << "\"" << options.url
              << "\" is no URL of a stream; it looks like "
                 "http://127.0.0.1:8080/demo.v1.Clock/Watch\n";
    return kExitBadInput;
  }
  return Tail(options, *std::move(target)).Run();
}

}  // namespace sluice

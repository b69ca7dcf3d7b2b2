// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/reader/reader.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/bench/net/socket.h"

namespace sluice::bench {
namespace {

constexpr size_t kBufferBytes = 256 * 1024;
constexpr int64_t kPassNs = 100'000'000;
// What a herd gets after its replay comes within this time, if anything comes.
constexpr double kHerdSettleSeconds = 0.3;

std::string RequestText(const ReaderOptions& options) {
  std::string rest = absl::StrCat(" ", options.path, " HTTP/1.1\r\nHost: ", options.address,
                                  "\r\nAccept: text/event-stream\r\n");
  if (!options.last_event_id.empty()) {
    absl::StrAppend(&rest, "Last-Event-ID: ", options.last_event_id, "\r\n");
  }
  if (options.body.empty()) return absl::StrCat("GET", rest, "\r\n");
  return absl::StrCat("POST", rest,
                      "Content-Type: application/json\r\nContent-Length: ", options.body.size(),
                      "\r\n\r\n", options.body);
}

int64_t Ns(double seconds) { return static_cast<int64_t>(seconds * 1e9); }

}  // namespace

Reader::Reader(const ReaderOptions& options)
    : options_(options),
      request_(RequestText(options)),
      observed_(options.observed_pid),
      connections_(static_cast<size_t>(options.connections)),
      buffer_(kBufferBytes) {}

Reading Reader::Run() {
  const int64_t give_up = NowNs() + Ns(options_.open_seconds);
  do {
    OpenMore();
    loop_.RunOnce(std::min(give_up, NowNs() + kPassNs));
  } while ((started_ < connections_.size() || opening_ > 0) && NowNs() < give_up);
  reading_.opened = static_cast<int>(started_ - opening_) - reading_.failed;
  RunUntil(NowNs() + Ns(options_.warmup_seconds));

  BeginReading();
  RunUntil(begin_ns_ + Ns(options_.seconds));
  EndReading();
  return std::move(reading_);
}

Reading Reader::Herd() {
  const int64_t give_up = NowNs() + Ns(options_.open_seconds);
  BeginReading();
  while (replayed_ < connections_.size() && reading_.failed == 0 && NowNs() < give_up) {
    OpenMore();
    loop_.RunOnce(std::min(give_up, NowNs() + kPassNs));
  }
  const int64_t replayed_ns = NowNs();
  RunUntil(replayed_ns + Ns(kHerdSettleSeconds));
  EndReading();
  reading_.seconds = static_cast<double>(replayed_ns - begin_ns_) / 1e9;
  reading_.opened = static_cast<int>(started_ - opening_) - reading_.failed;
  const auto [fewest, most] = std::minmax_element(
      connections_.begin(), connections_.end(),
      [](const Connection& a, const Connection& b) { return a.events < b.events; });
  reading_.fewest_events = fewest->events;
  reading_.most_events = most->events;
  return std::move(reading_);
}

void Reader::BeginReading() {
  reading_.tally = Tally{.keep_latencies = options_.latency};
  reading_.ended = 0;
  begin_cpu_ns_ = observed_.CpuNs();
  begin_ns_ = NowNs();
}

void Reader::EndReading() {
  reading_.seconds = static_cast<double>(NowNs() - begin_ns_) / 1e9;
  reading_.observed_cpu_ns = observed_.CpuNs() - begin_cpu_ns_;
  reading_.observed_rss_kb = observed_.RssKb();
  reading_.observed_peak_rss_kb = observed_.PeakRssKb();
}

Reading Reader::Stall() {
  stalled_ = true;
  while (started_ < connections_.size()) OpenMore();
  RunUntil(NowNs() + Ns(options_.seconds));
  reading_.opened = static_cast<int>(started_ - opening_);
  reading_.seconds = options_.seconds;
  reading_.observed_rss_kb = observed_.RssKb();
  reading_.observed_peak_rss_kb = observed_.PeakRssKb();
  return std::move(reading_);
}

void Reader::RunUntil(int64_t until_ns) {
  while (NowNs() < until_ns) loop_.RunOnce(until_ns);
}

void Reader::OpenMore() {
  const size_t at_a_time = stalled_ ? connections_.size() : static_cast<size_t>(options_.at_once);
  while (started_ < connections_.size() && opening_ < at_a_time) {
    const size_t source = 1 + started_ % static_cast<size_t>(options_.sources);
    Connection& connection = connections_[started_++];
    ++opening_;
    connection.fd = StartConnect(
        options_.address, {.source = options_.sources > 1 ? absl::StrCat("127.0.0.", source) : "",
                           .receive_buffer_bytes = options_.receive_buffer_bytes});
    loop_.Watch(connection.fd.get(), EPOLLOUT,
                [this, &connection](uint32_t) { OnReady(connection); });
  }
}

void Reader::OnReady(Connection& connection) {
  if (connection.asked) {
    Read(connection);
  } else {
    Ask(connection);
  }
}

void Reader::Ask(Connection& connection) {
  const ssize_t sent =
      ::send(connection.fd.get(), request_.data(), request_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  // The request is far smaller than a new socket's buffer: it is sent whole or not at all.
  if (sent != static_cast<ssize_t>(request_.size())) {
    Close(connection, absl::StrCat("cannot send the request: ", std::strerror(errno)));
    return;
  }
  connection.asked = true;
  if (stalled_) {
    --opening_;
    loop_.Forget(connection.fd.get());
    return;
  }
  loop_.Change(connection.fd.get(), EPOLLIN);
}

void Reader::Read(Connection& connection) {
  const ssize_t size = ::recv(connection.fd.get(), buffer_.data(), buffer_.size(), 0);
  if (size < 0 && errno == EAGAIN) return;
  if (size <= 0) {
    Close(connection, size == 0 ? "closed by the server" : std::strerror(errno));
    return;
  }
  const uint64_t events_before = reading_.tally.events;
  const bool good =
      connection.scanner.Scan({buffer_.data(), static_cast<size_t>(size)}, reading_.tally);
  const uint64_t had = connection.events;
  connection.events += reading_.tally.events - events_before;
  if (had < options_.replay_events && connection.events >= options_.replay_events) ++replayed_;
  if (connection.events > 0 || (options_.open_at_head && connection.scanner.opened())) {
    SetOpen(connection);
  }
  if (!good) Close(connection, absl::StrCat("refused: ", connection.scanner.head()));
}

void Reader::Close(Connection& connection, std::string why) {
  loop_.Forget(connection.fd.get());
  connection.fd.Close();
  if (connection.scanner.ended()) {
    ++reading_.ended;
  } else {
    if (reading_.failed++ == 0) reading_.first_failure = std::move(why);
  }
  SetOpen(connection);
}

void Reader::SetOpen(Connection& connection) {
  if (!std::exchange(connection.open, true)) --opening_;
}

}  // namespace sluice::bench

// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/relay/shared/shared_harness.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

std::string WithoutRetryTimes(std::string text) {
  const std::string kRetry = "retry: ";
  for (size_t at = text.find(kRetry); at != std::string::npos; at = text.find(kRetry, at + 1)) {
    text.erase(at + kRetry.size(), text.find('\n', at) - at - kRetry.size());
  }
  return text;
}

sluice::v1::StreamOptions StreamOf(const std::string& text) {
  sluice::v1::StreamOptions options;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &options)) << text;
  return options;
}

}  // namespace

void Tab::Send(const std::string& bytes) {
  EXPECT_EQ(::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(bytes.size()));
}

size_t Tab::Take(size_t max_bytes) {
  char buffer[16 * 1024];
  size_t taken = 0;
  while (taken < max_bytes) {
    const size_t wanted = std::min(sizeof buffer, max_bytes - taken);
    const ssize_t size = ::recv(fd_.get(), buffer, wanted, MSG_DONTWAIT);
    at_end_ = at_end_ || size == 0;
    if (size <= 0) break;
    wire_.append(buffer, static_cast<size_t>(size));
    taken += static_cast<size_t>(size);
  }
  ReadChunks();
  return taken;
}

bool Tab::WaitMs(int milliseconds) {
  pollfd polled{fd_.get(), POLLIN, 0};
  return ::poll(&polled, 1, milliseconds) == 1;
}

void Tab::ReadChunks() {
  if (head_.empty()) {
    const size_t end = wire_.find("\r\n\r\n");
    if (end == std::string::npos) return;
    head_ = wire_.substr(0, end + 4);
    wire_.erase(0, end + 4);
  }
  if (!absl::StrContains(head_, "Transfer-Encoding: chunked")) {
    body_ += std::exchange(wire_, "");
    return;
  }
  while (!broken_) {
    const size_t line = wire_.find("\r\n");
    if (line == std::string::npos) return;
    const size_t size = std::strtoul(wire_.c_str(), nullptr, 16);
    if (wire_.size() < line + 2 + size + 2) return;
    broken_ = wire_.substr(line + 2 + size, 2) != "\r\n" || complete_;
    complete_ = size == 0;
    body_ += wire_.substr(line + 2, size);
    wire_.erase(0, line + 2 + size + 2);
  }
}

std::string Tab::Body() {
  EXPECT_FALSE(broken_);
  return WithoutRetryTimes(std::exchange(body_, ""));
}

const std::string& Tab::head() { return head_; }

void Tab::CloseSendingSide() { ::shutdown(fd_.get(), SHUT_WR); }

SharedHarness::SharedHarness(const std::string& stream, Size size) {
  const std::shared_ptr<const Snapshot> snapshot = MakeSnapshot(
      {.stream = StreamOf(stream), .forward_headers = size.forward_headers}, service_, metrics_);
  std::vector<TopicDirectory*> directories;
  for (size_t i = 0; i < size.loops; ++i) {
    seats_.push_back(std::make_unique<Seat>(clock_));
    Seat& seat = *seats_.back();
    seat.relay = std::make_unique<Relay>(seat.loop, metrics_, size.max_topics);
    seat.relay->UseSnapshot(snapshot);
    seat.pool = std::make_unique<ConnectionPool>(
        seat.loop, metrics_, ConnectionPool::Options{},
        [&seat](std::unique_ptr<Exchange> exchange) { seat.relay->Serve(std::move(exchange)); });
    directories.push_back(&seat.relay->directory());
  }
  TopicDirectory::SetPeers(directories);
}

// In the order of a process that stops: connections, what they asked for, the loops.
SharedHarness::~SharedHarness() {
  for (const auto& seat : seats_) seat->pool.reset();
  Turn();
  EXPECT_EQ(active(), 0u);
  for (const auto& seat : seats_) seat->relay.reset();
}

std::unique_ptr<Tab> SharedHarness::Connect(const Visit& visit) {
  int ends[2];
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  if (visit.send_buffer_bytes > 0) {
    ::setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &visit.send_buffer_bytes,
                 sizeof(visit.send_buffer_bytes));
  }
  auto tab = std::make_unique<Tab>(Fd(ends[0]));
  seats_[visit.loop]->pool->Adopt(Fd(ends[1]), "192.0.2.7");
  tab->Send(absl::StrCat(visit.verb, " ", visit.target, " HTTP/", visit.version, "\r\nHost: x\r\n",
                         visit.headers, "\r\n", visit.body));
  return tab;
}

std::unique_ptr<Tab> SharedHarness::Open(const Visit& visit) {
  std::unique_ptr<Tab> tab = Connect(visit);
  Turn();
  return tab;
}

std::unique_ptr<Tab> SharedHarness::OpenWithId(const std::string& last_event_id) {
  return Open({.headers = absl::StrCat("Last-Event-ID: ", last_event_id, "\r\n")});
}

std::string SharedHarness::Got(Tab& tab) {
  do {
    Turn();
  } while (tab.Take(size_t{1} << 30) > 0);
  return tab.Body();
}

void SharedHarness::TellHeaders() {
  service_->newest().observer->OnHeaders();
  Turn();
}

void SharedHarness::TellTick(const std::string& id, const std::string& text) {
  TellBytes(TickBytes(id, text));
}

void SharedHarness::TellBytes(const std::string& wire) {
  service_->newest().observer->OnMessage(wire);
  Turn();
}

void SharedHarness::TellEnd(RpcStatus status) {
  service_->newest().observer->OnEnd(status);
  Turn();
}

void SharedHarness::Turn() {
  size_t done = 1;
  while (done > 0) {
    done = 0;
    for (const auto& seat : seats_) done += seat->loop.RunReady();
  }
}

void SharedHarness::Pass(absl::Duration time) {
  clock_.Advance(time);
  Turn();
}

void SharedHarness::Drain() {
  for (const auto& seat : seats_) seat->relay->Drain(absl::ZeroDuration());
  Turn();
}

size_t SharedHarness::active() {
  size_t active = 0;
  for (const auto& seat : seats_) active += seat->relay->active();
  return active;
}

size_t SharedHarness::home() {
  for (size_t i = 0; i < seats_.size(); ++i) {
    if (directory(i).hub().size() > 0) return i;
  }
  ADD_FAILURE() << "there is no topic";
  return 0;
}

std::string LastIdOf(const std::string& body) {
  const size_t line = body.rfind("\nid: ");
  if (line == std::string::npos) return "";
  return body.substr(line + 5, body.find('\n', line + 5) - line - 5);
}

}  // namespace sluice

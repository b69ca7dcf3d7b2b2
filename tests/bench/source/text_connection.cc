// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/source/text_connection.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace sluice::bench {
namespace {

constexpr size_t kMaxHeadBytes = 4096;
constexpr std::string_view kResponseHead =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

// The query of "GET /path?rate=20&tag=A HTTP/1.1"; what is not known is left out.
::bench::v1::Request ParseQuery(const std::string& request_line) {
  ::bench::v1::Request request;
  const size_t begin = request_line.find('?');
  if (begin == std::string::npos) return request;
  const std::string query =
      request_line.substr(begin + 1, request_line.find(' ', begin) - begin - 1);
  for (const std::string& pair : std::vector<std::string>(absl::StrSplit(query, '&'))) {
    const std::pair<std::string, std::string> item = absl::StrSplit(pair, absl::MaxSplits('=', 1));
    double number = 0;
    const bool is_number = absl::SimpleAtod(item.second, &number);
    if (item.first == "rate" && is_number) request.set_rate(number);
    if (item.first == "count" && is_number) request.set_count(static_cast<int64_t>(number));
    if (item.first == "size" && is_number) request.set_size(static_cast<int32_t>(number));
    if (item.first == "burst" && is_number) request.set_burst(static_cast<int32_t>(number));
    if (item.first == "tag") request.set_tag(item.second);
  }
  return request;
}

}  // namespace

TextConnection::TextConnection(Fd fd, Surroundings surroundings)
    : fd_(std::move(fd)), around_(std::move(surroundings)), outbox_(around_.loop, fd_) {
  around_.loop.Watch(fd_.get(), EPOLLIN, [this](uint32_t events) { OnReady(events); });
}

TextConnection::~TextConnection() { around_.loop.Forget(fd_.get()); }

void TextConnection::OnReady(uint32_t events) {
  bool alive = true;
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) alive = Receive();
  if (alive && feed_ != nullptr) alive = Flush();
  if (alive) return;
  const auto closed = around_.closed;
  closed();
}

bool TextConnection::Receive() {
  std::array<char, 4096> buffer;
  const ssize_t size = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
  if (size < 0) return errno == EAGAIN;
  if (size == 0 || head_.size() > kMaxHeadBytes) return false;
  head_.append(buffer.data(), static_cast<size_t>(size));
  if (feed_ == nullptr && head_.find("\r\n\r\n") != std::string::npos) return Start();
  return true;
}

bool TextConnection::Start() {
  const std::string request_line = head_.substr(0, head_.find('\r'));
  if (request_line.starts_with("GET /calls ")) {
    const std::string answer = absl::StrCat("HTTP/1.0 200 OK\r\n\r\n", around_.calls);
    ::send(fd_.get(), answer.data(), answer.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return false;
  }
  ++around_.calls;
  const bool with_ids = absl::StrContains(request_line, "ids=1");
  feed_ = std::make_shared<Feed>(ParseQuery(request_line),
                                 with_ids ? EncodeSharedSseChunk : EncodeSseChunk);
  unsent_head_ = kResponseHead;
  if (!feed_->paced()) return true;
  // A connection that cannot send any more is noticed, and closed, at the loop's next turn.
  feed_->set_wake([this] { Flush(); });
  around_.pacer.Add(feed_);
  return true;
}

bool TextConnection::Flush() {
  const bool alive = outbox_.Flush([this](std::string& out) {
    out.append(std::exchange(unsent_head_, {}));
    std::array<char, 16 * 1024> buffer;
    out.append(buffer.data(), feed_->Read(buffer.data(), buffer.size()));
    return true;
  });
  return alive && (outbox_.waits() || !feed_->finished());
}

}  // namespace sluice::bench

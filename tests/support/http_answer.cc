// SPDX-License-Identifier: Apache-2.0
#include "tests/support/http_answer.h"

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"

namespace sluice {

std::string TestRequest::ToBytes() const {
  std::string bytes =
      absl::StrCat(method, " ", target, " HTTP/1.", minor_version, "\r\nHost: localhost\r\n");
  for (const auto& [name, value] : headers) absl::StrAppend(&bytes, name, ": ", value, "\r\n");
  if (!body.empty()) absl::StrAppend(&bytes, "Content-Length: ", body.size(), "\r\n");
  absl::StrAppend(&bytes, "\r\n", body);
  return bytes;
}

HttpAnswer::HttpAnswer(int port, const TestRequest& request)
    : HttpAnswer(std::make_shared<TcpPeer>(port), request) {}

HttpAnswer::HttpAnswer(std::shared_ptr<TcpPeer> peer, const TestRequest& request)
    : peer_(std::move(peer)) {
  peer_->Send(request.ToBytes());
}

HttpAnswer::HttpAnswer(std::shared_ptr<TcpPeer> peer) : peer_(std::move(peer)) {}

int HttpAnswer::status(absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  while (!head_done_ && ReadMore(deadline - absl::Now())) {
  }
  return status_;
}

std::string HttpAnswer::header(const std::string& lower_case_name) {
  status();
  const auto it = headers_.find(lower_case_name);
  return it == headers_.end() ? "" : it->second;
}

std::optional<ReceivedEvent> HttpAnswer::NextEvent(absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  while (events_.empty()) {
    if (end_ != End::kNotYet || !ReadMore(deadline - absl::Now())) break;
  }
  if (events_.empty()) return std::nullopt;
  ReceivedEvent event = std::move(events_.front());
  events_.pop_front();
  return event;
}

std::string HttpAnswer::ReadBody(absl::Duration timeout) {
  WaitForEnd(timeout);
  return body_;
}

HttpAnswer::End HttpAnswer::WaitForEnd(absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  while (end_ == End::kNotYet && ReadMore(deadline - absl::Now())) {
  }
  return end_;
}

void HttpAnswer::KeepNoBody() {
  keeps_body_ = false;
  std::string().swap(body_);
}

// False when nothing more will come in time.
bool HttpAnswer::ReadMore(absl::Duration timeout) {
  const std::string bytes = peer_->ReadSome(timeout);
  unparsed_ += bytes;
  if (!head_done_) ParseHead();
  if (head_done_) ParseBody();
  const bool closed = bytes.empty() && (peer_->at_end() || peer_->was_reset());
  if (closed && end_ == End::kNotYet) {
    const bool cut = in_chunk_ || !unparsed_.empty() || length_left_.value_or(0) > 0;
    if (peer_->was_reset() || !head_done_ || cut) {
      end_ = End::kTorn;
    } else {
      end_ = chunked_ ? End::kOpen : End::kClean;
    }
  }
  return !bytes.empty();
}

void HttpAnswer::ParseHead() {
  const size_t end = unparsed_.find("\r\n\r\n");
  if (end == std::string::npos) return;
  head_text_ = unparsed_.substr(0, end + 4);
  unparsed_.erase(0, end + 4);
  const std::vector<std::string> lines = absl::StrSplit(head_text_, "\r\n", absl::SkipEmpty());
  const std::vector<std::string> status_line = absl::StrSplit(lines.front(), ' ');
  if (status_line.size() < 2 || !absl::SimpleAtoi(status_line[1], &status_)) status_ = -1;
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::pair<std::string, std::string> field =
        absl::StrSplit(lines[i], absl::MaxSplits(": ", 1));
    headers_[absl::AsciiStrToLower(field.first)] = field.second;
  }
  head_done_ = true;
  chunked_ = headers_["transfer-encoding"] == "chunked";
  size_t length = 0;
  if (absl::SimpleAtoi(headers_["content-length"], &length)) length_left_ = length;
  if (status_ == 204 || status_ == 304) length_left_ = 0;
}

void HttpAnswer::ParseBody() {
  if (chunked_) {
    ParseChunks();
  } else if (length_left_.has_value()) {
    const size_t size = std::min(*length_left_, unparsed_.size());
    TakeBody(absl::string_view(unparsed_).substr(0, size));
    unparsed_.erase(0, size);
    *length_left_ -= size;
    if (*length_left_ == 0) end_ = End::kClean;
  } else {
    TakeBody(unparsed_);
    unparsed_.clear();
  }
}

void HttpAnswer::ParseChunks() {
  while (end_ == End::kNotYet && !unparsed_.empty()) {
    if (!in_chunk_) {
      const size_t line_end = unparsed_.find("\r\n");
      if (line_end == std::string::npos) return;
      size_t size = 0;
      if (!absl::SimpleHexAtoi(unparsed_.substr(0, line_end), &size)) end_ = End::kTorn;
      unparsed_.erase(0, line_end + 2);
      chunk_left_ = size + 2;
      in_chunk_ = true;
      if (size == 0) {
        end_ = End::kClean;
        in_chunk_ = false;
        unparsed_.erase(0, 2);
        return;
      }
    }
    const size_t payload = chunk_left_ > 2 ? std::min(chunk_left_ - 2, unparsed_.size()) : 0;
    TakeBody(absl::string_view(unparsed_).substr(0, payload));
    unparsed_.erase(0, payload);
    chunk_left_ -= payload;
    if (chunk_left_ <= 2) {
      const size_t trailer = std::min(chunk_left_, unparsed_.size());
      unparsed_.erase(0, trailer);
      chunk_left_ -= trailer;
      in_chunk_ = chunk_left_ > 0;
    }
  }
}

void HttpAnswer::TakeBody(absl::string_view bytes) {
  if (keeps_body_) absl::StrAppend(&body_, bytes);
  const absl::Status fed =
      parser_.Feed(bytes, [this](const ReceivedEvent& event) { events_.push_back(event); });
  if (!fed.ok()) end_ = End::kTorn;
}

}  // namespace sluice

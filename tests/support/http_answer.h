// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/sse/event_parser.h"
#include "tests/support/tcp_peer.h"

namespace sluice {

// A request as a test writes it.
struct TestRequest {
  std::string method = "GET";
  std::string target = "/";
  std::vector<std::pair<std::string, std::string>> headers;  // besides Host and Content-Length
  std::string body;
  int minor_version = 1;

  std::string ToBytes() const;
};

// One answer, read bit by bit: head, then body (chunked, of a length, or to the end of the
// connection), and the body as events.
class HttpAnswer final {
 public:
  // How the body has ended so far.
  enum class End {
    kNotYet,
    kClean,  // the last chunk or the last byte of the length came, or an unframed body was closed
    kOpen,   // the connection was closed in a chunked body, between two chunks
    kTorn,   // the same in the middle of a chunk, or by a reset
  };

  // Sends the request on a connection of its own, or on `peer`.
  HttpAnswer(int port, const TestRequest& request);
  HttpAnswer(std::shared_ptr<TcpPeer> peer, const TestRequest& request);
  // Reads a further answer on `peer`, to a request that was sent already.
  explicit HttpAnswer(std::shared_ptr<TcpPeer> peer);

  // Each reads as far as needed, at most `timeout`.
  int status(absl::Duration timeout = absl::Seconds(5));  // 0: none came
  std::string header(const std::string& lower_case_name);
  const std::string& head_text() const { return head_text_; }

  // The next event, or nothing when none came in time or the body ended.
  std::optional<ReceivedEvent> NextEvent(absl::Duration timeout = absl::Seconds(5));
  // The rest of the body. Also all that came so far, in `body`.
  std::string ReadBody(absl::Duration timeout = absl::Seconds(5));
  const std::string& body() const { return body_; }
  // From now on `body` stays empty: for streams that are read for long.
  void KeepNoBody();
  End end() const { return end_; }
  // Reads and forgets events until the body ends; how it did.
  End WaitForEnd(absl::Duration timeout = absl::Seconds(5));

  std::optional<int64_t> retry_ms() const { return parser_.retry_ms(); }
  TcpPeer& peer() { return *peer_; }
  std::shared_ptr<TcpPeer> shared_peer() { return peer_; }

 private:
  bool ReadMore(absl::Duration timeout);
  void ParseHead();
  void ParseBody();
  void ParseChunks();
  void TakeBody(absl::string_view bytes);

  std::shared_ptr<TcpPeer> peer_;
  std::string unparsed_;
  bool head_done_ = false;
  int status_ = 0;
  std::string head_text_;
  std::map<std::string, std::string> headers_;
  bool chunked_ = false;
  std::optional<size_t> length_left_;
  size_t chunk_left_ = 0;
  bool in_chunk_ = false;
  End end_ = End::kNotYet;
  bool keeps_body_ = true;
  std::string body_;
  EventParser parser_;
  std::deque<ReceivedEvent> events_;
};

}  // namespace sluice

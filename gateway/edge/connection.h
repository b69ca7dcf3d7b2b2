// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "gateway/base/bytes/body_reader.h"
#include "gateway/base/loop/fd_watch.h"
#include "gateway/base/loop/timer_wheel.h"
#include "gateway/edge/body/body_sender.h"
#include "gateway/edge/connection_pool.h"
#include "gateway/edge/exchange.h"
#include "gateway/edge/exchange_notices.h"
#include "gateway/edge/request_reader.h"
#include "gateway/edge/socket.h"
#include "gateway/http/refusal.h"
#include "gateway/http/response_head.h"

namespace sluice {

// One connection of a browser, from its first byte to its last: reads a request, lends it out as an
// Exchange, sends the answer, and begins again or closes.
//
// In:        the socket's bytes; Respond and StartBody of its Exchange.
// Out:       Exchanges, one at a time; bytes on the socket, in Flush and nowhere else.
// Bounds:    ConnectionOptions. While an exchange runs, at most max_head_bytes of the next request
//            are read; after that the browser waits. Discards at most kLingerBytes at the end.
// Ownership: owns the socket. Borrows its pool, and the body that it sends. What it needs for
//            reading a request is freed while it answers, so that a stream costs little.
// Threads:   its pool's. Nothing is called back from inside Respond, StartBody or ExchangeDropped.
// Errors:    refuses by itself what is not a request, with an answer and a counter.
class Connection final : private BodyReader {
 public:
  Connection(ConnectionPool& pool, Socket socket, std::string peer_address);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // What the pool calls. Start comes first.
  void Start();
  void Flush();
  void FinishUp();  // close if idle
  void Close();     // at once

  // What its Exchange calls.
  void Respond(Response response);
  void StartBody(const ResponseHead& head, Body& body);
  void ExchangeDropped();

 private:
  friend class ConnectionPool;

  enum class Phase : uint8_t {
    kIdle,       // between two requests
    kHead,       // a request is awaited, or its head comes in
    kBody,       // its body comes in
    kAnswering,  // an Exchange is out, or its answer is being sent
    kRefusing,   // an answer of the edge's own is being sent, the last one
    kLingering,  // all is sent; waits for the browser to see that and close
    kClosed,
  };

  using After = ResponseFraming::After;

  static constexpr int kReadsPerTurn = 8;
  static constexpr size_t kLingerBytes = 512 * 1024;

  void OnFd(FdWatch::Event event);

  // Reading.
  void OnReadable();
  size_t ReadRoom() const;
  void Received(absl::string_view bytes);
  void OnFin();
  void ReadRequest();
  void Refuse(const Refusal& refusal);
  void LendRequest();
  void ArmTimer(absl::Duration delay);
  void OnTimeout();

  // The body's news. While the kernel is full, it says when there is room; an end must be seen
  // before, to be timed.
  void OnBytes() override {
    if (!blocked_) MarkDirty();
  }
  void OnPass() override {
    if (!blocked_) Flush();
  }
  void OnEnd(BodyEnd) override { MarkDirty(); }

  // Answering.
  ChunkFraming::Kind FramingKind() const {
    return http_1_0_ ? ChunkFraming::Kind::kUntilClose : ChunkFraming::Kind::kChunked;
  }
  bool answer_complete() const;
  After AfterThisAnswer() const;
  SendResult SendOutput();
  void AwaitLastBytes();  // as long as the browser takes some of them now and then
  void MarkDirty();
  void FinishAnswer();
  void NextRequest();
  void Linger();

  // The end.
  void Reset();  // Close, and the browser is to know that the answer is not complete
  void EndExchange(Exchange::Notices::Ending ending);

  ConnectionPool& pool_;
  Socket socket_;
  const std::string peer_address_;
  std::optional<FdWatch> watch_;
  std::unique_ptr<Timer> timer_;  // only while something is awaited: a stream has none

  Phase phase_ = Phase::kHead;
  bool half_closed_ = false;  // the browser's FIN was read
  bool answered_ = false;     // Respond, StartBody or Refuse was called for the current request
  bool close_after_ = false;  // no request follows the current one
  bool head_request_ = false;
  bool http_1_0_ = false;
  bool blocked_ = false;     // the kernel has to say when it takes more
  bool dirty_ = false;       // the pool's: in its list
  bool over_limit_ = false;  // the pool's: one more than there may be
  uint32_t slot_ = 0;        // the pool's: where in its vector
  uint32_t discarded_bytes_ = 0;
  uint32_t queued_bytes_ = 0;  // in the kernel when AwaitLastBytes was called last

  std::string input_;  // not yet parsed
  std::unique_ptr<RequestReader> reader_;
  Exchange* exchange_ = nullptr;
  std::string output_;      // heads and whole answers
  size_t output_sent_ = 0;  // of output_; so that a large answer is not moved after each send
  std::optional<BodySender> body_;  // of the answer, if it has one; in place, as there are many
};

}  // namespace sluice

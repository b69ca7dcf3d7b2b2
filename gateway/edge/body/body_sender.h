// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gateway/base/bytes/byte_log.h"
#include "gateway/edge/body/chunk_framing.h"
#include "gateway/edge/body/gather_send.h"

namespace sluice {

// Brings what a ByteLog publishes to a socket: the log is the queue, this is the place in it.
//
// In:        OnBytes and OnEnd, which only pass the word on: `wake` is called, and later Send.
// Out:       bytes on the socket, in chunks or plain.
// Bounds:    a Send takes at most kBytesPerSend from the log, so that a fast stream does not keep
//            others waiting. What nobody takes stays in the log; its appender sees unsent_bytes.
// Ownership: borrows the log until its end or Abandon; then its cursor keeps what is unsent.
// Threads:   one.
class BodySender final : public BodyReader {
 public:
  static constexpr size_t kBytesPerSend = 256 * 1024;

  // `wake` is told that there is something to send or that the end has come; it must not call Send,
  // nor destroy the sender. Call Start next.
  BodySender(ChunkFraming::Kind kind, ByteLogCursor cursor, absl::AnyInvocable<void()> wake);
  ~BodySender() override;
  BodySender(const BodySender&) = delete;
  BodySender& operator=(const BodySender&) = delete;

  // Subscribes to `log`, which may be closed already.
  void Start(ByteLog& log);

  // Sends `head` (what the kernel takes is removed from it), and then of the body all it can.
  SendResult Send(int fd, std::string& head, SendScratch& scratch);

  // Nobody will close the log: what is published is all there will be, and the end is open.
  void Abandon();

  uint64_t unsent_bytes() const;
  std::optional<BodyEnd> end() const { return end_; }
  // The end has come, and the kernel has all of it.
  bool done() const;

  void OnBytes() override;
  void OnEnd(BodyEnd end) override;

 private:
  uint64_t published() const { return log_ != nullptr ? log_->end_position() : end_position_; }
  void PrepareChunk(absl::Span<const absl::string_view> unread);

  ByteLog* log_ = nullptr;  // null once it has ended
  uint64_t end_position_ = 0;
  std::optional<BodyEnd> end_;
  ByteLogCursor cursor_;
  ChunkFraming framing_;
  absl::AnyInvocable<void()> wake_;
};

}  // namespace sluice

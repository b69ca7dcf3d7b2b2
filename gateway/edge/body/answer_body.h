// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/functional/any_invocable.h"
#include "gateway/base/bytes/byte_log.h"
#include "gateway/base/bytes/shared_body.h"
#include "gateway/edge/body/body_sender.h"
#include "gateway/edge/body/shared_sender.h"

namespace sluice {

// The body of the answer that a connection is sending: a private stream's log, a shared body, or
// none.
//
// Ownership: borrows what it sends until Drop, or its end.
// Threads:   one.
class AnswerBody final {
 public:
  // REQUIRES for both: none is there.
  void Start(ChunkFraming::Kind kind, ByteLog& log, ByteLogCursor cursor,
             absl::AnyInvocable<void()> wake);
  void Start(ChunkFraming::Kind kind, SharedBody& body, BodyReader& subscriber);
  void Drop();

  // Whoever appended is gone. What a log has published is still sent; false for a shared body,
  // which goes with its owner.
  bool Abandon();

  bool exists() const { return log_ != nullptr || is_shared(); }
  bool is_shared() const { return shared_.has_value(); }
  std::optional<BodyEnd> end() const;
  // None is there, or the kernel has all of it.
  bool done() const;
  // Of a log.
  uint64_t unsent_bytes() const { return log_ == nullptr ? 0 : log_->unsent_bytes(); }

  // Sends `head` (what the kernel takes is removed from it), and then of the body all it can.
  // REQUIRES: exists().
  SendResult Send(int fd, std::string& head, SharedSender::Tools tools);

 private:
  std::unique_ptr<BodySender> log_;
  std::optional<SharedSender> shared_;  // in place: there may be ten thousand
};

}  // namespace sluice

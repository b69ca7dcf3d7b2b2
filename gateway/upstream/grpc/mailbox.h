// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/support/byte_buffer.h>

#include <memory>
#include <mutex>
#include <vector>

#include "gateway/base/loop/executor.h"

namespace sluice {

class GrpcCall;

// A message as gRPC received it. gRPC's own buffer can be copied, which touches counters that other
// threads use, but not moved.
class ReceivedMessage final {
 public:
  ReceivedMessage() = default;
  explicit ReceivedMessage(grpc::ByteBuffer& taken_from) { buffer_.Swap(&taken_from); }
  ReceivedMessage(ReceivedMessage&& other) noexcept { buffer_.Swap(&other.buffer_); }
  ReceivedMessage& operator=(ReceivedMessage&& other) noexcept {
    buffer_.Swap(&other.buffer_);
    return *this;
  }

  const grpc::ByteBuffer& buffer() const { return buffer_; }

 private:
  grpc::ByteBuffer buffer_;
};

// What happened to one call since the last batch.
struct Parcel {
  std::shared_ptr<GrpcCall> call;
  bool accepted = false;
  std::vector<ReceivedMessage> messages;
  bool ended = false;  // the call knows with which status

  bool empty() const { return !accepted && messages.empty() && !ended; }
};

// Carries parcels from the queue's thread to the thread of one executor, one Post a batch.
//
// Bounds:    none of its own. It holds what its calls may receive: the sum of their windows.
// Ownership: shared by the calls of that executor and by the work that is posted; refers to the
//            executor until Close.
// Threads:   Stage and Flush on the queue's, Close on the executor's.
// Errors:    none. An executor that never runs again leaves the parcels here until Close.
class Mailbox final : public std::enable_shared_from_this<Mailbox> {
 public:
  explicit Mailbox(Executor& executor) : executor_(executor) {}
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  // Keeps `parcel` for the next Flush. Returns how many are waiting for it.
  size_t Stage(Parcel parcel);
  void Flush();

  // Drops what is here and never posts again: from now on the executor may go away.
  void Close();

 private:
  // After so many messages the rest waits for the executor's next turn, so that its timers and
  // sockets are not kept waiting by a thousand streams that have a full window each.
  static constexpr size_t kMessagesPerTurn = 1024;

  void Deliver();
  void PutBack(std::vector<Parcel> parcels, size_t first);
  void PostDelivery();

  Executor& executor_;

  std::vector<Parcel> staged_;  // the queue's thread

  // std::mutex, which the thread sanitizer understands, where Debian's Abseil, built without it,
  // would hide the order of things. It is held while posting, so that Close means that no Post is
  // under way; work never runs inside Post.
  std::mutex mu_;
  std::vector<Parcel> parcels_;  // guarded by mu_
  bool posted_ = false;          // guarded by mu_
  bool closed_ = false;          // guarded by mu_
};

}  // namespace sluice

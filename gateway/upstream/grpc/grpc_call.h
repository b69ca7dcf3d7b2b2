// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/generic/generic_stub.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/base/loop/executor.h"
#include "gateway/base/rpc_status.h"
#include "gateway/upstream/grpc/call_queue.h"
#include "gateway/upstream/grpc/mailbox.h"
#include "gateway/upstream/upstream.h"

namespace sluice {

// One RPC, unary or streaming alike: a request, any number of answers, a status.
//
// In:        operations of gRPC that are done (OnEvent), on the queue's thread.
// Out:       what the observer is told (Tell), on the executor's.
// Bounds:    `window_bytes` received and not released, and for messages of a few bytes or none,
//            whose cost is not in their bytes, kMinMessages or a message for each kBytesPerMessage
//            of the window that the observer has not seen; then the next is not asked for, and
//            HTTP/2 flow control stops the service. One message may go over.
// Ownership: kept alive by itself while gRPC has an operation of it, by the Upstream::Call, and by
//            its parcels.
// Threads:   as the methods say. What crosses: the parcels by the mailbox, and the atomics.
// Errors:    the end's status.
// Cannot:    notice the end of an RPC whose window is full: gRPC tells it after the messages.
class GrpcCall final : public std::enable_shared_from_this<GrpcCall> {
 public:
  struct Options {
    std::shared_ptr<grpc::Channel> channel;
    size_t window_bytes;
    size_t max_message_bytes;  // of the channel: to know by it what gRPC itself did not take
  };

  GrpcCall(CallQueue& queue, Options options, CallRequest request);
  GrpcCall(const GrpcCall&) = delete;
  GrpcCall& operator=(const GrpcCall&) = delete;

  // The executor's thread. Open once, first; nothing after Abandon.
  void Open(Upstream::Observer& observer, Executor& executor);
  void Release(size_t bytes);
  void Abandon();
  void Tell(const Parcel& parcel);

  // The queue's thread.
  void OnWake();
  void OnEvent(CallEvent event, bool ok);
  Parcel TakeParcel();
  Mailbox& mailbox() const { return *mailbox_; }

 private:
  static constexpr size_t kMinMessages = 16;
  static constexpr size_t kBytesPerMessage = 64;

  enum class Phase { kNew, kOpening, kReading, kParked, kEnding, kDone };

  // All that is gRPC's, so that it can go as soon as the RPC is over.
  struct Rpc {
    explicit Rpc(const std::shared_ptr<grpc::Channel>& channel) : stub(channel) {}

    grpc::GenericStub stub;
    grpc::ClientContext context;  // before the stream, which refers to it
    std::unique_ptr<grpc::GenericClientAsyncReaderWriter> stream;
    grpc::ByteBuffer received;
    grpc::Status status;
    grpc::Alarm grace;
  };

  // The queue's thread.
  void Start();
  void Read();
  void OnHeaders();
  void OnMessage(bool ok);
  void OnEnd();
  void OnGrace(bool ok);
  void ReadOnOrPark();
  void LeaveWhenDone();
  Parcel& News();
  CallTag* Tag(CallEvent event) { return &tags_[static_cast<size_t>(event)]; }

  // Any thread.
  bool HasRoom() const;

  // The executor's thread.
  void TellMessage(const ReceivedMessage& message);
  void TellEnd(const RpcStatus& status);
  void ReadOnIfRoom();

  // Constant after Open.
  CallQueue& queue_;
  const int64_t window_bytes_;
  const int64_t max_undelivered_;
  Upstream::Observer* observer_ = nullptr;
  Executor* executor_ = nullptr;
  std::shared_ptr<Mailbox> mailbox_;

  // Both threads. The queue's adds to the two sums and parks; the executor's takes away and
  // unparks. Each side looks at the other's after it has changed its own, in one order for all, so
  // that a call cannot stay parked when there is room.
  std::atomic<int64_t> unreleased_bytes_{0};
  std::atomic<int64_t> undelivered_messages_{0};
  std::atomic<bool> parked_{false};
  std::atomic<bool> abandoned_{false};

  // The queue's thread, once the call was woken.
  Options options_;
  CallRequest request_;
  gpr_timespec deadline_;
  Phase phase_ = Phase::kNew;
  std::unique_ptr<Rpc> rpc_;
  std::array<CallTag, 5> tags_;
  bool sending_ = false;   // kSent has not come
  bool in_grace_ = false;  // kGrace has not come
  bool accepted_ = false;  // the observer was or will be told
  Parcel news_;
  std::shared_ptr<GrpcCall> self_;  // while gRPC has tags of this call

  // Written by the queue's thread before the parcel with `ended`, then the executor's.
  RpcStatus end_;

  // The executor's thread.
  bool told_headers_ = false;
  bool told_end_ = false;
  bool over_ = false;  // there is nothing to cancel
};

}  // namespace sluice

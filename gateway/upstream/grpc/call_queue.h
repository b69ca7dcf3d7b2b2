// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/alarm.h>
#include <grpcpp/completion_queue.h>

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "gateway/base/loop/executor.h"
#include "gateway/upstream/grpc/mailbox.h"

namespace sluice {

class GrpcCall;

// What a call waits for. The tag of an operation, as gRPC gives it back, is a CallTag.
enum class CallEvent { kSent, kHeaders, kMessage, kEnd, kGrace };

struct CallTag {
  GrpcCall* call;
  CallEvent event;
};

// One completion queue and its thread, on which everything of gRPC's happens: a call is started,
// read and cancelled there, and its news leave in batches, when the queue has run dry or the batch
// is large.
//
// That the loops do not touch gRPC, but ask for it by Wake, costs them nothing a message (a call
// that is read on needs no Wake) and spares them what starting a call costs.
//
// Bounds:    a batch ends after kEventsPerBatch events, so that news wait for half a millisecond at
//            most. Each batch costs the wake-up of a loop.
// Ownership: outlives its calls. The destructor waits until each has ended; those that were
//            abandoned end at once.
// Threads:   Attach, Detach, Enter and Wake from any; the rest on the queue's thread.
class CallQueue final {
 public:
  CallQueue();
  ~CallQueue();
  CallQueue(const CallQueue&) = delete;
  CallQueue& operator=(const CallQueue&) = delete;

  // The mailbox of `executor`, for one more call. It lives as long as calls are attached, so that
  // nothing is kept of executors that have gone.
  std::shared_ptr<Mailbox> Attach(Executor& executor);
  void Detach(Executor& executor);

  // From here to Leave the destructor waits for the call.
  void Enter();
  void Leave();

  // Has `call->OnWake` called on the queue's thread.
  void Wake(std::shared_ptr<GrpcCall> call);

  // `call` has a parcel that the next flush shall take.
  void AddNews(std::shared_ptr<GrpcCall> call);

  grpc::CompletionQueue& completion_queue() { return completion_queue_; }

 private:
  static constexpr size_t kEventsPerBatch = 256;

  struct Desk {
    std::shared_ptr<Mailbox> mailbox;
    size_t calls = 0;
  };

  void Run();
  void Dispatch(void* tag, bool ok);
  void WakeCalls();
  void FlushNews();

  grpc::CompletionQueue completion_queue_;

  std::mutex mu_;
  std::condition_variable none_left_;
  absl::flat_hash_map<Executor*, Desk> directories_;  // guarded by mu_
  std::vector<std::shared_ptr<GrpcCall>> wanted_;     // guarded by mu_; asked to be woken
  bool knocked_ = false;                              // guarded by mu_; knock_ is on its way
  size_t entered_ = 0;                                // guarded by mu_

  grpc::Alarm knock_;  // who set knocked_ sets it

  std::vector<std::shared_ptr<GrpcCall>> news_;  // the queue's thread
  std::vector<Mailbox*> to_flush_;               // the queue's thread

  std::thread thread_;
};

}  // namespace sluice

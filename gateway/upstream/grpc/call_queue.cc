// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/grpc/call_queue.h"

#include <grpc/support/time.h>

#include <utility>

#include "gateway/upstream/grpc/grpc_call.h"

namespace sluice {

CallQueue::CallQueue() : thread_([this] { Run(); }) {}

// gRPC aborts when an operation is started on a queue that is being shut down, so every call must
// have had its last answer before.
CallQueue::~CallQueue() {
  {
    std::unique_lock lock(mu_);
    none_left_.wait(lock, [this] { return entered_ == 0; });
  }
  completion_queue_.Shutdown();
  thread_.join();
}

std::shared_ptr<Mailbox> CallQueue::Attach(Executor& executor) {
  std::lock_guard lock(mu_);
  Desk& directory = directories_[&executor];
  if (directory.mailbox == nullptr) directory.mailbox = std::make_shared<Mailbox>(executor);
  ++directory.calls;
  return directory.mailbox;
}

void CallQueue::Detach(Executor& executor) {
  std::shared_ptr<Mailbox> unused;
  {
    std::lock_guard lock(mu_);
    auto directory = directories_.find(&executor);
    if (--directory->second.calls > 0) return;
    unused = std::move(directory->second.mailbox);
    directories_.erase(directory);
  }
  unused->Close();
}

void CallQueue::Enter() {
  std::lock_guard lock(mu_);
  ++entered_;
}

void CallQueue::Leave() {
  std::lock_guard lock(mu_);
  if (--entered_ == 0) none_left_.notify_all();
}

void CallQueue::Wake(std::shared_ptr<GrpcCall> call) {
  {
    std::lock_guard lock(mu_);
    wanted_.push_back(std::move(call));
    if (std::exchange(knocked_, true)) return;
  }
  knock_.Set(&completion_queue_, gpr_inf_past(GPR_CLOCK_MONOTONIC), nullptr);
}

void CallQueue::AddNews(std::shared_ptr<GrpcCall> call) { news_.push_back(std::move(call)); }

// A message that lies in gRPC's buffers is ready as soon as it is asked for, so the inner loop
// takes what came in one segment as one batch. When it finds nothing it has asked the kernel once
// more, which costs less than the wake-up of a loop for every message.
void CallQueue::Run() {
  void* tag = nullptr;
  bool ok = false;
  while (completion_queue_.Next(&tag, &ok)) {
    size_t events = 0;
    do {
      Dispatch(tag, ok);
    } while (++events < kEventsPerBatch &&
             completion_queue_.AsyncNext(&tag, &ok, gpr_inf_past(GPR_CLOCK_MONOTONIC)) ==
                 grpc::CompletionQueue::GOT_EVENT);
    FlushNews();
  }
}

void CallQueue::Dispatch(void* tag, bool ok) {
  if (tag == nullptr) {
    WakeCalls();
    return;
  }
  const CallTag& call_tag = *static_cast<CallTag*>(tag);
  call_tag.call->OnEvent(call_tag.event, ok);
}

void CallQueue::WakeCalls() {
  std::vector<std::shared_ptr<GrpcCall>> wanted;
  {
    std::lock_guard lock(mu_);
    knocked_ = false;
    wanted.swap(wanted_);
  }
  for (const std::shared_ptr<GrpcCall>& call : wanted) call->OnWake();
}

void CallQueue::FlushNews() {
  // The calls keep their mailboxes alive until the end of this function.
  for (const std::shared_ptr<GrpcCall>& call : news_) {
    if (call->mailbox().Stage(call->TakeParcel()) == 1) to_flush_.push_back(&call->mailbox());
  }
  for (Mailbox* mailbox : to_flush_) mailbox->Flush();
  to_flush_.clear();
  news_.clear();
}

}  // namespace sluice

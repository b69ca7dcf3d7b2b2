// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/grpc/reflection_stream.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace sluice {
namespace {

gpr_timespec After(absl::Duration timeout) {
  if (timeout == absl::InfiniteDuration()) return gpr_inf_future(GPR_CLOCK_MONOTONIC);
  return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                      gpr_time_from_nanos(absl::ToInt64Nanoseconds(timeout), GPR_TIMESPAN));
}

}  // namespace

ReflectionStream::ReflectionStream(const std::shared_ptr<grpc::Channel>& channel,
                                   const Options& options)
    : answer_timeout_(options.answer_timeout), stub_(channel), wait_until_(After(answer_timeout_)) {
  context_.set_deadline(options.deadline);
  for (const auto& [name, value] : options.metadata) context_.AddMetadata(name, value);
  stream_ = stub_.PrepareCall(&context_, options.path, &queue_);
  stream_->StartCall(nullptr);
  Wait();
}

ReflectionStream::~ReflectionStream() {
  context_.TryCancel();
  if (!ended_) static_cast<void>(End());
  queue_.Shutdown();
  void* tag = nullptr;
  bool ok = false;
  while (queue_.Next(&tag, &ok)) {
  }
}

bool ReflectionStream::Wait() {
  void* tag = nullptr;
  bool ok = false;
  if (!timed_out_) {
    const auto next = queue_.AsyncNext(&tag, &ok, wait_until_);
    if (next != grpc::CompletionQueue::TIMEOUT)
      return next == grpc::CompletionQueue::GOT_EVENT && ok;
    timed_out_ = true;
    context_.TryCancel();
  }
  return queue_.Next(&tag, &ok) && ok && !timed_out_;
}

absl::Status ReflectionStream::End() {
  ended_ = true;
  grpc::Status status;
  stream_->Finish(&status, nullptr);
  Wait();
  if (timed_out_) {
    return absl::DeadlineExceededError(
        absl::StrCat("no answer within ", absl::FormatDuration(answer_timeout_)));
  }
  if (status.ok()) return absl::UnknownError("the RPC ended without an answer");
  const int code = status.error_code();
  return absl::Status(
      code > 0 && code <= 16 ? static_cast<absl::StatusCode>(code) : absl::StatusCode::kUnknown,
      status.error_message());
}

absl::StatusOr<internal::ReflectionResponse> ReflectionStream::Ask(
    const internal::ReflectionRequest& question) {
  if (ended_) return absl::FailedPreconditionError("the RPC has ended");
  if (!timed_out_) wait_until_ = After(answer_timeout_);
  const grpc::Slice wire(question.SerializeAsString());
  stream_->Write(grpc::ByteBuffer(&wire, 1), nullptr);
  if (!Wait()) return End();
  return Read();
}

absl::StatusOr<internal::ReflectionResponse> ReflectionStream::Read() {
  if (ended_) return absl::FailedPreconditionError("the RPC has ended");
  grpc::ByteBuffer received;
  stream_->Read(&received, nullptr);
  if (!Wait()) return End();

  grpc::Slice slice;
  internal::ReflectionResponse answer;
  if (!received.DumpToSingleSlice(&slice).ok() ||
      !answer.ParseFromArray(slice.begin(), static_cast<int>(slice.size()))) {
    return absl::InternalError("the answer is not one of server reflection");
  }
  return answer;
}

}  // namespace sluice

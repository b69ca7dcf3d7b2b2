// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/grpc/reflection_stream.h"

#include <utility>

namespace sluice {

ReflectionStream::ReflectionStream(const std::shared_ptr<grpc::Channel>& channel,
                                   const Options& options)
    : stub_(channel) {
  context_.set_deadline(options.deadline);
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
  return queue_.Next(&tag, &ok) && ok;
}

absl::Status ReflectionStream::End() {
  ended_ = true;
  grpc::Status status;
  stream_->Finish(&status, nullptr);
  Wait();
  if (status.ok()) return absl::UnknownError("the RPC ended without an answer");
  const int code = status.error_code();
  return absl::Status(
      code > 0 && code <= 16 ? static_cast<absl::StatusCode>(code) : absl::StatusCode::kUnknown,
      status.error_message());
}

absl::StatusOr<internal::ReflectionResponse> ReflectionStream::Ask(
    const internal::ReflectionRequest& question) {
  if (ended_) return absl::FailedPreconditionError("the RPC has ended");
  const grpc::Slice wire(question.SerializeAsString());
  stream_->Write(grpc::ByteBuffer(&wire, 1), nullptr);
  if (!Wait()) return End();
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

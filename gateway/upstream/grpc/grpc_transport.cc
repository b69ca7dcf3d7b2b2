// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/grpc/grpc_transport.h"

#include <grpcpp/channel.h>

#include <utility>

#include "gateway/upstream/grpc/call_queue.h"
#include "gateway/upstream/grpc/channel.h"
#include "gateway/upstream/grpc/grpc_call.h"

namespace sluice {
namespace {

class OpenCall final : public Upstream::Call {
 public:
  explicit OpenCall(std::shared_ptr<GrpcCall> call) : call_(std::move(call)) {}
  ~OpenCall() override { call_->Abandon(); }

  void Release(size_t bytes) override { call_->Release(bytes); }

 private:
  std::shared_ptr<GrpcCall> call_;
};

class GrpcUpstream final : public Upstream {
 public:
  GrpcUpstream(CallQueue& queue, GrpcCall::Options options)
      : queue_(queue), options_(std::move(options)) {}

  std::unique_ptr<Call> Open(CallRequest request, Observer& observer, Executor& executor) override {
    auto call = std::make_shared<GrpcCall>(queue_, options_, std::move(request));
    call->Open(observer, executor);
    return std::make_unique<OpenCall>(std::move(call));
  }

 private:
  CallQueue& queue_;
  const GrpcCall::Options options_;
};

}  // namespace

class GrpcTransport::Impl final {
 public:
  explicit Impl(const Options& options)
      : window_bytes_(options.window_bytes),
        max_message_bytes_(options.max_message_bytes),
        channels_({options.max_message_bytes, options.buffer_bytes, options.ping_interval,
                   options.ping_timeout}) {}

  Watched Connect(const std::string& target) {
    std::shared_ptr<grpc::Channel> channel = channels_.Make(target);
    return {.upstream = std::make_unique<GrpcUpstream>(
                queue_, GrpcCall::Options{channel, window_bytes_, max_message_bytes_}),
            .is_connected = [channel] {
              return channel->GetState(/*try_to_connect=*/false) == GRPC_CHANNEL_READY;
            }};
  }

 private:
  const GrpcHold hold_;  // goes last
  const size_t window_bytes_;
  const size_t max_message_bytes_;
  const ChannelMaker channels_;
  CallQueue queue_;
};

GrpcTransport::GrpcTransport(const Options& options) : impl_(std::make_shared<Impl>(options)) {}

GrpcTransport::~GrpcTransport() = default;

std::unique_ptr<Upstream> GrpcTransport::Connect(const std::string& target) {
  return impl_->Connect(target).upstream;
}

GrpcTransport::Watched GrpcTransport::ConnectWatched(const std::string& target) {
  return impl_->Connect(target);
}

}  // namespace sluice

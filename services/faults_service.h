// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "demo/v1/faults.grpc.pb.h"
#include "services/feed.h"

namespace sluice::demo {

class FaultsService final : public ::demo::v1::Faults::CallbackService {
 public:
  explicit FaultsService(Stage stage) : stage_(stage) {}

  grpc::ServerWriteReactor<::demo::v1::FaultsEvent>* Run(
      grpc::CallbackServerContext* context, const ::demo::v1::RunRequest* request) override;
  grpc::ServerWriteReactor<::demo::v1::Kinds>* Everything(
      grpc::CallbackServerContext* context, const ::demo::v1::EverythingRequest* request) override;
  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* context,
                                 const ::demo::v1::EchoRequest* request,
                                 ::demo::v1::EchoResponse* response) override;
  grpc::ServerUnaryReactor* Slow(grpc::CallbackServerContext* context,
                                 const ::demo::v1::SlowRequest* request,
                                 ::demo::v1::SlowResponse* response) override;
  grpc::ServerReadReactor<::demo::v1::CollectRequest>* Collect(
      grpc::CallbackServerContext* context, ::demo::v1::CollectResponse* response) override;
  grpc::ServerBidiReactor<::demo::v1::ChatRequest, ::demo::v1::ChatResponse>* Chat(
      grpc::CallbackServerContext* context) override;

 private:
  const Stage stage_;
};

}  // namespace sluice::demo

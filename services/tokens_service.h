// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "demo/v1/tokens.grpc.pb.h"
#include "services/feed.h"

namespace sluice::demo {

// The steps of Tokens/Generate, without gRPC.
Source<::demo::v1::Token> TokenSource(const ::demo::v1::GenerateRequest& request);

class TokensService final : public ::demo::v1::Tokens::CallbackService {
 public:
  explicit TokensService(Stage stage) : stage_(stage) {}

  grpc::ServerWriteReactor<::demo::v1::Token>* Generate(
      grpc::CallbackServerContext* context, const ::demo::v1::GenerateRequest* request) override;
  grpc::ServerUnaryReactor* GetUsage(grpc::CallbackServerContext* context,
                                     const ::demo::v1::GetUsageRequest* request,
                                     ::demo::v1::Usage* response) override;

 private:
  const Stage stage_;
};

}  // namespace sluice::demo

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "demo/v1/ticker.grpc.pb.h"
#include "services/feed.h"

namespace sluice::demo {

class TickerService final : public ::demo::v1::Ticker::CallbackService {
 public:
  explicit TickerService(Stage stage) : stage_(stage) {}

  grpc::ServerWriteReactor<::demo::v1::Tick>* Watch(
      grpc::CallbackServerContext* context, const ::demo::v1::WatchTickerRequest* request) override;

 private:
  const Stage stage_;
};

}  // namespace sluice::demo

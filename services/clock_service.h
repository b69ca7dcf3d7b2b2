// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "demo/v1/clock.grpc.pb.h"
#include "services/feed.h"

namespace sluice::demo {

// The steps of Clock/Watch, without gRPC.
Source<::demo::v1::Time> ClockSource(const ::demo::v1::WatchClockRequest& request);

class ClockService final : public ::demo::v1::Clock::CallbackService {
 public:
  explicit ClockService(Stage stage) : stage_(stage) {}

  grpc::ServerWriteReactor<::demo::v1::Time>* Watch(
      grpc::CallbackServerContext* context, const ::demo::v1::WatchClockRequest* request) override;

  grpc::ServerUnaryReactor* GetWatches(grpc::CallbackServerContext* context,
                                       const ::demo::v1::GetWatchesRequest* request,
                                       ::demo::v1::Watches* response) override;

 private:
  const Stage stage_;
};

}  // namespace sluice::demo

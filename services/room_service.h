// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "demo/v1/room.grpc.pb.h"
#include "services/feed.h"
#include "services/rooms.h"

namespace sluice::demo {

class RoomService final : public ::demo::v1::Room::CallbackService {
 public:
  explicit RoomService(Stage stage) : stage_(stage) {}

  grpc::ServerWriteReactor<::demo::v1::RoomEvent>* Join(
      grpc::CallbackServerContext* context, const ::demo::v1::JoinRequest* request) override;
  grpc::ServerUnaryReactor* Post(grpc::CallbackServerContext* context,
                                 const ::demo::v1::PostRequest* request,
                                 ::demo::v1::PostResponse* response) override;

 private:
  const Stage stage_;
  Rooms rooms_;
};

}  // namespace sluice::demo

// SPDX-License-Identifier: Apache-2.0
#include "services/room_service.h"

#include <memory>
#include <utility>

namespace sluice::demo {

using ::demo::v1::JoinRequest;
using ::demo::v1::PostRequest;
using ::demo::v1::PostResponse;
using ::demo::v1::RoomEvent;

grpc::ServerWriteReactor<RoomEvent>* RoomService::Join(grpc::CallbackServerContext*,
                                                       const JoinRequest* request) {
  return Feed<RoomEvent>::Open(
      stage_, {.method = "/demo.v1.Room/Join"}, [&](Wake wake) -> Source<RoomEvent> {
        auto visit = rooms_.Join(*request, std::move(wake));
        if (!visit.ok()) return RefusedSource<RoomEvent>(visit.status());
        return [visit = *std::move(visit)](absl::Time) { return visit->Next(); };
      });
}

grpc::ServerUnaryReactor* RoomService::Post(grpc::CallbackServerContext* context,
                                            const PostRequest* request, PostResponse* response) {
  stage_.tally.CountCall("/demo.v1.Room/Post");
  const absl::StatusOr<int64_t> id = rooms_.Post(*request);
  if (id.ok()) response->set_id(*id);
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(ToGrpc(id.status()));
  return reactor;
}

}  // namespace sluice::demo

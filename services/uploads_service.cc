// SPDX-License-Identifier: Apache-2.0
#include "services/uploads_service.h"

#include <utility>

namespace sluice::demo {

using ::demo::v1::AddPictureRequest;
using ::demo::v1::AddPictureResponse;
using ::demo::v1::DoneRequest;
using ::demo::v1::DoneResponse;
using ::demo::v1::UploadList;
using ::demo::v1::WatchUploadRequest;

grpc::ServerUnaryReactor* UploadsService::Add(grpc::CallbackServerContext* context,
                                              const AddPictureRequest* request,
                                              AddPictureResponse* response) {
  stage_.tally.CountCall("/demo.v1.Uploads/Add");
  const absl::StatusOr<int> count = shelf_.Add(*request, Schedule::Now());
  if (count.ok()) response->set_count(*count);
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(ToGrpc(count.status()));
  return reactor;
}

grpc::ServerUnaryReactor* UploadsService::Done(grpc::CallbackServerContext* context,
                                               const DoneRequest* request, DoneResponse* response) {
  stage_.tally.CountCall("/demo.v1.Uploads/Done");
  const absl::StatusOr<int> count = shelf_.Done(*request, Schedule::Now());
  if (count.ok()) response->set_count(*count);
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(ToGrpc(count.status()));
  return reactor;
}

grpc::ServerWriteReactor<UploadList>* UploadsService::Watch(grpc::CallbackServerContext*,
                                                            const WatchUploadRequest* request) {
  return Feed<UploadList>::Open(
      stage_, {.method = "/demo.v1.Uploads/Watch"}, [&](Wake wake) -> Source<UploadList> {
        auto follower = shelf_.Watch(*request, std::move(wake), Schedule::Now());
        if (!follower.ok()) return RefusedSource<UploadList>(follower.status());
        return [follower = *std::move(follower)](absl::Time now) { return follower->Next(now); };
      });
}

}  // namespace sluice::demo

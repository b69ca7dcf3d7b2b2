// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "demo/v1/uploads.grpc.pb.h"
#include "services/feed.h"
#include "services/upload_shelf.h"

namespace sluice::demo {

class UploadsService final : public ::demo::v1::Uploads::CallbackService {
 public:
  UploadsService(Stage stage, const UploadShelf::Options& options)
      : stage_(stage), shelf_(options) {}

  grpc::ServerUnaryReactor* Add(grpc::CallbackServerContext* context,
                                const ::demo::v1::AddPictureRequest* request,
                                ::demo::v1::AddPictureResponse* response) override;
  grpc::ServerUnaryReactor* Done(grpc::CallbackServerContext* context,
                                 const ::demo::v1::DoneRequest* request,
                                 ::demo::v1::DoneResponse* response) override;
  grpc::ServerWriteReactor<::demo::v1::UploadList>* Watch(
      grpc::CallbackServerContext* context, const ::demo::v1::WatchUploadRequest* request) override;

 private:
  const Stage stage_;
  UploadShelf shelf_;
};

}  // namespace sluice::demo

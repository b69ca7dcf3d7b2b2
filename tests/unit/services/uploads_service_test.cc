// SPDX-License-Identifier: Apache-2.0
#include "services/uploads_service.h"

#include "tests/unit/services/demo_calls.h"

namespace sluice::demo {
namespace {

using ::demo::v1::AddPictureRequest;
using ::demo::v1::AddPictureResponse;
using ::demo::v1::DoneRequest;
using ::demo::v1::DoneResponse;
using ::demo::v1::UploadList;
using ::demo::v1::WatchUploadRequest;

WatchUploadRequest Watching() {
  WatchUploadRequest request;
  request.set_member_id("m1");
  request.set_identifier("i1");
  return request;
}

TEST(UploadsCalls, ThePcSeesWhatThePhoneAddsAndTheEnd) {
  Demo demo({.upload_lifetime = absl::Seconds(1)});
  auto stub = ::demo::v1::Uploads::NewStub(demo.channel);
  grpc::ClientContext watching;
  auto reader = stub->Watch(&watching, Watching());
  UploadList list;
  ASSERT_TRUE(reader->Read(&list));
  EXPECT_EQ(list.pictures_size(), 0);

  grpc::ClientContext adding;
  AddPictureRequest add;
  add.set_member_id("m1");
  add.set_identifier("i1");
  add.mutable_picture()->set_name("a.png");
  add.mutable_picture()->set_content_type("image/png");
  add.mutable_picture()->set_thumbnail("bytes");
  AddPictureResponse added;
  ASSERT_TRUE(stub->Add(&adding, add, &added).ok());
  EXPECT_EQ(added.count(), 1);
  ASSERT_TRUE(reader->Read(&list));
  EXPECT_EQ(list.pictures_size(), 1);

  grpc::ClientContext ending;
  DoneRequest done;
  done.set_member_id("m1");
  done.set_identifier("i1");
  DoneResponse counted;
  ASSERT_TRUE(stub->Done(&ending, done, &counted).ok());
  EXPECT_EQ(counted.count(), 1);
  ASSERT_TRUE(reader->Read(&list));
  EXPECT_TRUE(list.done());
  EXPECT_FALSE(reader->Read(&list));
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_TRUE(demo.Settles());
}

TEST(UploadsCalls, ThePcIsToldTheEndWhenThePhoneNeverComes) {
  Demo demo({.upload_lifetime = absl::Seconds(1)});
  auto stub = ::demo::v1::Uploads::NewStub(demo.channel);
  grpc::ClientContext watching;
  auto reader = stub->Watch(&watching, Watching());
  UploadList list;
  ASSERT_TRUE(reader->Read(&list));
  EXPECT_FALSE(reader->Read(&list));
  EXPECT_TRUE(reader->Finish().ok());
}

}  // namespace
}  // namespace sluice::demo

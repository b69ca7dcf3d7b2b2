// SPDX-License-Identifier: Apache-2.0
#include "services/upload_shelf.h"

#include "tests/unit/services/demo_calls.h"

namespace sluice::demo {
namespace {

using ::demo::v1::AddPictureRequest;
using ::demo::v1::DoneRequest;
using ::demo::v1::UploadList;
using ::demo::v1::WatchUploadRequest;

const absl::Time kStart = absl::FromUnixSeconds(1000);

template <typename Request>
Request Named(const std::string& identifier = "i1") {
  Request request;
  request.set_member_id("m1");
  request.set_identifier(identifier);
  return request;
}

AddPictureRequest Adding(const std::string& name, const std::string& identifier = "i1") {
  auto request = Named<AddPictureRequest>(identifier);
  request.mutable_picture()->set_name(name);
  request.mutable_picture()->set_content_type("image/png");
  request.mutable_picture()->set_thumbnail("bytes");
  return request;
}

TEST(UploadShelf, TheFollowerSeesTheListGrowAndEnd) {
  UploadShelf shelf({});
  auto follower = *shelf.Watch(
      Named<WatchUploadRequest>(), [] {}, kStart);
  EXPECT_EQ(MessageOf(follower->Next(kStart)).pictures_size(), 0);
  EXPECT_EQ(WaitOf(follower->Next(kStart)), kStart + absl::Minutes(30));

  EXPECT_EQ(*shelf.Add(Adding("a.png"), kStart), 1);
  EXPECT_EQ(*shelf.Add(Adding("b.png"), kStart), 2);
  const UploadList grown = MessageOf(follower->Next(kStart));
  ASSERT_EQ(grown.pictures_size(), 2) << "one list, though it changed twice";
  EXPECT_EQ(grown.pictures(1).name(), "b.png");
  EXPECT_TRUE(grown.pictures(1).has_added_at());

  EXPECT_EQ(*shelf.Done(Named<DoneRequest>(), kStart), 2);
  EXPECT_TRUE(MessageOf(follower->Next(kStart)).done());
  EXPECT_TRUE(EndOf(follower->Next(kStart)).ok());
}

TEST(UploadShelf, EveryChangeWakesTheFollowersOfThatUploadAlone) {
  UploadShelf shelf({});
  int wakes = 0;
  auto follower = *shelf.Watch(
      Named<WatchUploadRequest>(), [&] { ++wakes; }, kStart);
  ASSERT_TRUE(shelf.Add(Adding("a.png"), kStart).ok());
  EXPECT_EQ(wakes, 1);
  ASSERT_TRUE(shelf.Add(Adding("a.png", "i2"), kStart).ok());
  EXPECT_EQ(wakes, 1);
  follower.reset();
  ASSERT_TRUE(shelf.Done(Named<DoneRequest>(), kStart).ok());
  EXPECT_EQ(wakes, 1);
}

TEST(UploadShelf, EndsWithItsLifetime) {
  UploadShelf shelf({.lifetime = absl::Seconds(5)});
  auto follower = *shelf.Watch(
      Named<WatchUploadRequest>(), [] {}, kStart);
  MessageOf(follower->Next(kStart));
  EXPECT_EQ(WaitOf(follower->Next(kStart)), kStart + absl::Seconds(5));
  EXPECT_TRUE(EndOf(follower->Next(kStart + absl::Seconds(5))).ok());
}

TEST(UploadShelf, WhatIsOverMakesRoom) {
  UploadShelf shelf({.lifetime = absl::Seconds(5), .most_uploads = 1});
  ASSERT_TRUE(shelf.Add(Adding("a.png"), kStart).ok());
  EXPECT_EQ(shelf.Add(Adding("b.png", "i2"), kStart).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(*shelf.Add(Adding("b.png", "i2"), kStart + absl::Seconds(5)), 1);
}

TEST(UploadShelf, AddsNothingAfterDoneAndWhoComesLateSeesTheEnd) {
  UploadShelf shelf({});
  ASSERT_TRUE(shelf.Add(Adding("a.png"), kStart).ok());
  ASSERT_TRUE(shelf.Done(Named<DoneRequest>(), kStart).ok());
  EXPECT_EQ(shelf.Add(Adding("b.png"), kStart).status().code(),
            absl::StatusCode::kFailedPrecondition);
  auto late = *shelf.Watch(
      Named<WatchUploadRequest>(), [] {}, kStart);
  EXPECT_EQ(MessageOf(late->Next(kStart)).pictures_size(), 1);
  EXPECT_TRUE(EndOf(late->Next(kStart)).ok());
}

TEST(UploadShelf, HoldsNoMorePicturesAndBytesThanItMay) {
  UploadShelf few({.most_pictures = 1});
  ASSERT_TRUE(few.Add(Adding("a.png"), kStart).ok());
  EXPECT_EQ(few.Add(Adding("b.png"), kStart).status().code(), absl::StatusCode::kResourceExhausted);

  UploadShelf small({.lifetime = absl::Seconds(5), .most_bytes = 60});
  ASSERT_TRUE(small.Add(Adding("a.png"), kStart).ok());
  EXPECT_EQ(small.Add(Adding("b.png"), kStart).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(*small.Add(Adding("b.png"), kStart + absl::Seconds(5)), 1) << "bytes are given back";
}

TEST(UploadShelf, NamesWhatIsWrong) {
  UploadShelf shelf({});
  const auto message = [&](const AddPictureRequest& request) {
    return std::string(shelf.Add(request, kStart).status().message());
  };
  AddPictureRequest request = Adding("a.svg");
  request.mutable_picture()->set_content_type("image/svg+xml");
  EXPECT_EQ(message(request),
            "picture.content_type is image/svg+xml; allowed are image/jpeg, image/png, image/webp, "
            "image/gif");
  request.mutable_picture()->set_thumbnail(std::string(32 * 1024 + 1, 'x'));
  EXPECT_EQ(message(request), "picture.thumbnail has 32769 bytes; allowed are at most 32768");
  request.clear_picture();
  EXPECT_EQ(message(request), "picture.name is missing");
  request.clear_identifier();
  EXPECT_EQ(message(request), "identifier is missing");
  EXPECT_EQ(shelf
                .Watch(
                    {}, [] {}, kStart)
                .status()
                .message(),
            "member_id is missing");
}

}  // namespace
}  // namespace sluice::demo

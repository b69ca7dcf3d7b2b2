// SPDX-License-Identifier: Apache-2.0
#include "services/room_service.h"

#include "tests/unit/services/demo_calls.h"

namespace sluice::demo {
namespace {

using ::demo::v1::JoinRequest;
using ::demo::v1::PostRequest;
using ::demo::v1::PostResponse;
using ::demo::v1::RoomEvent;

TEST(RoomCalls, WhatIsPostedReachesWhoHasJoined) {
  Demo demo;
  auto stub = ::demo::v1::Room::NewStub(demo.channel);
  grpc::ClientContext joining;
  JoinRequest join;
  join.set_room("lobby");
  join.set_member("bob");
  auto reader = stub->Join(&joining, join);
  RoomEvent event;
  ASSERT_TRUE(reader->Read(&event));
  EXPECT_EQ(event.user_connected().member(), "bob");

  grpc::ClientContext posting;
  PostRequest post;
  post.set_room("lobby");
  post.set_member("ann");
  post.set_text("hello");
  PostResponse posted;
  ASSERT_TRUE(stub->Post(&posting, post, &posted).ok());
  ASSERT_TRUE(reader->Read(&event));
  EXPECT_EQ(event.user_message().text(), "hello");
  EXPECT_EQ(event.id(), posted.id());
  joining.TryCancel();
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_TRUE(demo.Settles());
}

TEST(RoomCalls, AManyHeadedRoomStopsWithTheServer) {
  Demo demo;
  auto stub = ::demo::v1::Room::NewStub(demo.channel);
  JoinRequest join;
  join.set_room("lobby");
  join.set_member("crowd");
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::ClientReader<RoomEvent>>> readers;
  for (int i = 0; i < 50; ++i) {
    contexts.push_back(std::make_unique<grpc::ClientContext>());
    readers.push_back(stub->Join(contexts.back().get(), join));
    RoomEvent event;
    ASSERT_TRUE(readers.back()->Read(&event));
  }
  EXPECT_EQ(demo.server->open_streams(), 50);
  demo.server.reset();
  for (auto& reader : readers) {
    RoomEvent event;
    while (reader->Read(&event)) {
    }
    EXPECT_FALSE(reader->Finish().ok());
  }
}

TEST(RoomCalls, AnEmptyNameIsRefused) {
  Demo demo;
  grpc::ClientContext context;
  auto reader = ::demo::v1::Room::NewStub(demo.channel)->Join(&context, JoinRequest());
  RoomEvent event;
  EXPECT_FALSE(reader->Read(&event));
  const grpc::Status status = reader->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message(), "room is missing");
}

}  // namespace
}  // namespace sluice::demo

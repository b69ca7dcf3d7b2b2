// SPDX-License-Identifier: Apache-2.0
#include "services/rooms.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/unit/services/demo_calls.h"

namespace sluice::demo {
namespace {

using ::demo::v1::JoinRequest;
using ::demo::v1::PostRequest;
using ::demo::v1::RoomEvent;

JoinRequest Joining(const std::string& member, int64_t last_event_id = 0) {
  JoinRequest request;
  request.set_room("lobby");
  request.set_member(member);
  request.set_last_event_id(last_event_id);
  return request;
}

PostRequest Posting(const std::string& text) {
  PostRequest request;
  request.set_room("lobby");
  request.set_member("ann");
  request.set_text(text);
  return request;
}

// All that a visit has to send now, as one word each.
std::vector<std::string> Drain(Visit& visit) {
  std::vector<std::string> seen;
  for (auto step = visit.Next(); std::holds_alternative<RoomEvent>(step); step = visit.Next()) {
    const RoomEvent event = std::get<RoomEvent>(step);
    seen.push_back(event.has_user_connected() ? "+" + event.user_connected().member()
                   : event.has_user_left()    ? "-" + event.user_left().member()
                                              : event.user_message().text());
  }
  return seen;
}

using Words = std::vector<std::string>;

TEST(Rooms, AVisitBeginsWithItsOwnArrival) {
  Rooms rooms;
  ASSERT_TRUE(rooms.Post(Posting("before")).ok());
  auto visit = rooms.Join(Joining("bob"), [] {});
  ASSERT_TRUE(visit.ok());
  ASSERT_TRUE(rooms.Post(Posting("after")).ok());
  EXPECT_EQ(Drain(**visit), (Words{"+bob", "after"}));
}

TEST(Rooms, OthersSeeWhoComesAndGoes) {
  Rooms rooms;
  auto ann = rooms.Join(Joining("ann"), [] {});
  {
    auto bob = rooms.Join(Joining("bob"), [] {});
  }
  EXPECT_EQ(Drain(**ann), (Words{"+ann", "+bob", "-bob"}));
}

TEST(Rooms, EveryEventWakesWhoListens) {
  Rooms rooms;
  int wakes = 0;
  auto ann = rooms.Join(Joining("ann"), [&] { ++wakes; });
  EXPECT_EQ(wakes, 1) << "her own arrival";
  ASSERT_TRUE(rooms.Post(Posting("hello")).ok());
  EXPECT_EQ(wakes, 2);
  ann->reset();
  ASSERT_TRUE(rooms.Post(Posting("anyone?")).ok());
  EXPECT_EQ(wakes, 2) << "who has left is not woken";
}

TEST(Rooms, WhoComesBackMissesNothingAndGetsNothingTwice) {
  Rooms rooms;
  int64_t seen = 0;
  {
    auto bob = rooms.Join(Joining("bob"), [] {});
    seen = std::get<RoomEvent>((*bob)->Next()).id();
  }
  ASSERT_EQ(*rooms.Post(Posting("missed")), seen + 2);
  auto bob = rooms.Join(Joining("bob", seen), [] {});
  EXPECT_EQ(Drain(**bob), (Words{"-bob", "missed", "+bob"}));
}

TEST(Rooms, KeepsItsNewestEventsOnly) {
  Rooms rooms({.most_rooms = 10, .most_events = 3});
  const int64_t first = *rooms.Post(Posting("0"));
  for (int i = 1; i < 10; ++i) ASSERT_TRUE(rooms.Post(Posting(absl::StrCat(i))).ok());
  auto late = rooms.Join(Joining("bob", first), [] {});
  EXPECT_EQ(Drain(**late), (Words{"8", "9", "+bob"}));
}

TEST(Rooms, AnIdThatWasNeverGivenGetsAllThatIsKept) {
  Rooms rooms;
  const int64_t id = *rooms.Post(Posting("kept"));
  for (const int64_t foreign : {int64_t{-5}, int64_t{1}, id + 1'000'000}) {
    auto bob = rooms.Join(Joining("bob", foreign), [] {});
    EXPECT_EQ(Drain(**bob).front(), "kept") << foreign;
  }
}

TEST(Rooms, NamesWhatIsWrong) {
  Rooms rooms;
  PostRequest post = Posting(std::string(1025, 'x'));
  EXPECT_EQ(rooms.Post(post).status().message(), "text has 1025 bytes; allowed are at most 1024");
  post.clear_member();
  EXPECT_EQ(rooms.Post(post).status().message(), "member is missing");
  JoinRequest join = Joining("bob");
  join.set_room(std::string(65, 'r'));
  EXPECT_EQ(rooms.Join(join, [] {}).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Rooms, ForgetsTheOldestEmptyRoomAndRefusesWhenNoneIsEmpty) {
  Rooms rooms({.most_rooms = 2, .most_events = 10});
  auto ann = rooms.Join(Joining("ann"), [] {});
  PostRequest post = Posting("hi");
  post.set_room("second");
  ASSERT_TRUE(rooms.Post(post).ok());
  JoinRequest join = Joining("bob");
  join.set_room("third");
  auto bob = rooms.Join(join, [] {});
  ASSERT_TRUE(bob.ok()) << "in place of the second, which is empty";
  post.set_room("fourth");
  EXPECT_EQ(rooms.Post(post).status().code(), absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace sluice::demo

// SPDX-License-Identifier: Apache-2.0
#include "services/rooms.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace sluice::demo {
namespace {

using ::demo::v1::JoinRequest;
using ::demo::v1::PostRequest;
using ::demo::v1::RoomEvent;

constexpr size_t kMostNameBytes = 64;
constexpr size_t kMostTextBytes = 1024;

absl::Status CheckNames(const std::string& room, const std::string& member) {
  const absl::Status status = CheckText("room", room, kMostNameBytes);
  return status.ok() ? CheckText("member", member, kMostNameBytes) : status;
}

}  // namespace

Room::Room(int64_t first_id, size_t most_events)
    : most_events_(most_events), newest_id_(first_id - 1) {}

int64_t Room::Say(RoomEvent event) {
  int64_t id;
  std::vector<Wake> wakes;
  {
    std::lock_guard lock(mu_);
    id = ++newest_id_;
    event.set_id(id);
    events_.push_back(std::move(event));
    if (events_.size() > most_events_) events_.pop_front();
    wakes.reserve(listeners_.size());
    for (const auto& [number, wake] : listeners_) wakes.push_back(wake);
  }
  for (const Wake& wake : wakes) wake();
  return id;
}

std::optional<RoomEvent> Room::After(int64_t id) const {
  std::lock_guard lock(mu_);
  if (events_.empty() || id >= newest_id_) return std::nullopt;
  const int64_t oldest_id = events_.front().id();
  // Ids have no holes, so the position follows from the id.
  return events_[id < oldest_id ? 0 : id - oldest_id + 1];
}

int64_t Room::newest_id() const {
  std::lock_guard lock(mu_);
  return newest_id_;
}

uint64_t Room::Listen(Wake wake) {
  std::lock_guard lock(mu_);
  listeners_.emplace(++last_listener_, std::move(wake));
  return last_listener_;
}

void Room::Forget(uint64_t listener) {
  std::lock_guard lock(mu_);
  listeners_.erase(listener);
}

bool Room::has_listeners() const {
  std::lock_guard lock(mu_);
  return !listeners_.empty();
}

Visit::Visit(std::shared_ptr<Room> room, const JoinRequest& request, Wake wake)
    : room_(std::move(room)), member_(request.member()), listener_(room_->Listen(std::move(wake))) {
  RoomEvent event;
  event.mutable_user_connected()->set_member(member_);
  const int64_t connected_id = room_->Say(std::move(event));
  seen_id_ = connected_id - 1;
  if (request.last_event_id() != 0) {
    // An id from the future is none of ours, so nothing of what is kept has been seen.
    seen_id_ = request.last_event_id() < connected_id ? request.last_event_id() : 0;
  }
}

Visit::~Visit() {
  room_->Forget(listener_);
  RoomEvent event;
  event.mutable_user_left()->set_member(member_);
  room_->Say(std::move(event));
}

Step<RoomEvent> Visit::Next() {
  std::optional<RoomEvent> event = room_->After(seen_id_);
  if (!event.has_value()) return Wait{};
  seen_id_ = event->id();
  return *std::move(event);
}

absl::StatusOr<std::unique_ptr<Visit>> Rooms::Join(const JoinRequest& request, Wake wake) {
  const absl::Status names = CheckNames(request.room(), request.member());
  if (!names.ok()) return names;
  absl::StatusOr<std::shared_ptr<Room>> room = Find(request.room());
  if (!room.ok()) return room.status();
  return std::make_unique<Visit>(*std::move(room), request, std::move(wake));
}

absl::StatusOr<int64_t> Rooms::Post(const PostRequest& request) {
  absl::Status status = CheckNames(request.room(), request.member());
  if (status.ok()) status = CheckText("text", request.text(), kMostTextBytes);
  if (!status.ok()) return status;
  const absl::StatusOr<std::shared_ptr<Room>> room = Find(request.room());
  if (!room.ok()) return room.status();
  RoomEvent event;
  event.mutable_user_message()->set_member(request.member());
  event.mutable_user_message()->set_text(request.text());
  return (*room)->Say(std::move(event));
}

absl::StatusOr<std::shared_ptr<Room>> Rooms::Find(const std::string& name) {
  std::lock_guard lock(mu_);
  const auto found = rooms_.find(name);
  if (found != rooms_.end()) return found->second;
  if (rooms_.size() >= options_.most_rooms && !ForgetOne()) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "there are ", rooms_.size(), " rooms with people in them; no room for ", name));
  }
  auto room = std::make_shared<Room>(absl::ToUnixMicros(absl::Now()), options_.most_events);
  rooms_.emplace(name, room);
  return room;
}

bool Rooms::ForgetOne() {
  auto oldest = rooms_.end();
  for (auto room = rooms_.begin(); room != rooms_.end(); ++room) {
    // A room that someone is about to enter has a second owner.
    if (room->second.use_count() > 1 || room->second->has_listeners()) continue;
    // Ids begin with the time of creation, so a small one is an old room.
    if (oldest == rooms_.end() || room->second->newest_id() < oldest->second->newest_id()) {
      oldest = room;
    }
  }
  if (oldest == rooms_.end()) return false;
  rooms_.erase(oldest);
  return true;
}

}  // namespace sluice::demo

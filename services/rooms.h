// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "demo/v1/room.pb.h"
#include "services/feed.h"

namespace sluice::demo {

// The newest events of one room, and who wants to hear of the next.
//
// Bounds:  `most_events`; the oldest leaves first.
// Threads: any.
class Room final {
 public:
  Room(int64_t first_id, size_t most_events);
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;

  // Gives the event its id, keeps it and wakes the listeners.
  int64_t Say(::demo::v1::RoomEvent event);

  // The oldest event kept that is newer than `id`.
  std::optional<::demo::v1::RoomEvent> After(int64_t id) const;
  // The id of the newest event so far, whether it is kept or not.
  int64_t newest_id() const;

  // Returns a number for Forget.
  uint64_t Listen(Wake wake);
  void Forget(uint64_t listener);
  bool has_listeners() const;

 private:
  const size_t most_events_;

  mutable std::mutex mu_;
  std::deque<::demo::v1::RoomEvent> events_ ABSL_GUARDED_BY(mu_);
  int64_t newest_id_ ABSL_GUARDED_BY(mu_);
  std::map<uint64_t, Wake> listeners_ ABSL_GUARDED_BY(mu_);
  uint64_t last_listener_ ABSL_GUARDED_BY(mu_) = 0;
};

// One member in one room: enters when it is made, leaves when it is destroyed.
//
// Threads: one at a time.
class Visit final {
 public:
  Visit(std::shared_ptr<Room> room, const ::demo::v1::JoinRequest& request, Wake wake);
  ~Visit();
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;

  Step<::demo::v1::RoomEvent> Next();

 private:
  const std::shared_ptr<Room> room_;
  const std::string member_;
  int64_t seen_id_;
  uint64_t listener_;
};

// All rooms by name.
//
// Bounds:  Options; when there are too many rooms, the oldest empty one is forgotten.
// Threads: any.
// Errors:  INVALID_ARGUMENT for names and texts; RESOURCE_EXHAUSTED when no room is empty.
class Rooms final {
 public:
  struct Options {
    size_t most_rooms = 100;
    size_t most_events = 1000;
  };

  Rooms() : Rooms(Options()) {}
  explicit Rooms(Options options) : options_(options) {}
  Rooms(const Rooms&) = delete;
  Rooms& operator=(const Rooms&) = delete;

  absl::StatusOr<std::unique_ptr<Visit>> Join(const ::demo::v1::JoinRequest& request, Wake wake);
  absl::StatusOr<int64_t> Post(const ::demo::v1::PostRequest& request);

 private:
  absl::StatusOr<std::shared_ptr<Room>> Find(const std::string& name);
  bool ForgetOne() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const Options options_;

  std::mutex mu_;
  std::map<std::string, std::shared_ptr<Room>> rooms_ ABSL_GUARDED_BY(mu_);
};

}  // namespace sluice::demo

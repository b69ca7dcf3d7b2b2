// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/base/bytes/shared_log.h"

namespace sluice {

// Where a subscriber begins to read.
struct LogStart {
  enum class Outcome { kFresh, kResumed, kGap };

  uint64_t position = 0;
  Outcome outcome = Outcome::kFresh;
  // The newest id before `position`, which the subscriber holds from now on; empty if that is not
  // known.
  std::string id;
};

// Keeps the newest events of one topic as encoded bytes: the history for a browser that comes back
// with Last-Event-ID and, at the same time, the send queue of every subscriber.
//
// In:        frames, in order.
// Out:       a SharedLog with one entry a frame; the place that an id stands for.
// Bounds:    max_events, max_bytes, max_age, whichever comes first; the oldest goes first. The
//            newest event always stays, however large.
// Ownership: see SharedLog.
// Threads:   one, its topic's home.
// Errors:    none. "Too old" is an answer (kGap), not an error.
class EventLog final {
 public:
  enum class Ids {
    kNumbered,  // `<epoch>-<number>`, made here
    kAuthors,   // given with each event, or none
  };
  // What a subscriber gets whose id is not known here.
  enum class OnGap { kOldest, kLive };

  struct Options {
    size_t max_events = 0;
    uint64_t max_bytes = 0;
    absl::Duration max_age = absl::InfiniteDuration();
    Ids ids = Ids::kNumbered;
  };

  // `epoch` is `[a-z0-9]+`, another one for each incarnation.
  EventLog(const Options& options, std::string epoch);
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;

  // The id of the next event, where they are numbered; else empty.
  std::string NextId() const;

  // `id` is what stands in the frame, empty for none. Returns the entry's position.
  uint64_t Append(absl::string_view frame, absl::string_view id, absl::Time now);
  // The same of a frame that is written to where it is to lie (SharedLog::Tail).
  OutputBuffer Tail() { return log_.Tail(); }
  uint64_t AppendTail(const OutputBuffer& tail, absl::string_view id, absl::Time now);
  // A frame of Sluice's own, which is kept, numbered and replayed, but is no event.
  uint64_t AppendGap(absl::string_view frame, absl::string_view id, absl::Time now);

  // Makes visible what was appended.
  void Publish() { log_.Publish(); }

  // Enforces the bounds on what is published. Returns the position of the oldest event kept.
  // `forgotten`, if there is one, sees each event that goes.
  using Forgotten = absl::FunctionRef<void(uint64_t position, absl::string_view frame)>;
  uint64_t ForgetOld(absl::Time now);
  uint64_t ForgetOld(absl::Time now, Forgotten forgotten);
  // When the next event will be too old; InfiniteFuture if none.
  absl::Time NextTooOld() const;

  // Numbers from now on are of another life of the service's RPC.
  void BeginEpoch(std::string epoch);

  // Of the newest event that has one; empty if there was none.
  const std::string& last_id() const { return last_id_; }

  LogStart StartLive() const;
  // With the newest `count` events, as far as they are kept.
  LogStart StartWithLast(size_t count) const;
  LogStart StartAfter(absl::string_view last_event_id, OnGap on_gap) const;

  // The entry that begins at `position`, if it is kept.
  std::optional<absl::string_view> EntryAt(uint64_t position) const;

  size_t events() const { return entries_.size(); }
  uint64_t bytes() const { return bytes_; }
  const SharedLog& log() const { return log_; }

 private:
  struct Entry {
    uint64_t position;
    uint32_t bytes;
    absl::Time at;
    bool gap = false;
  };
  struct Epoch {
    std::string name;
    uint64_t first;  // number of its first event
  };

  struct Mark {
    uint64_t number = 0;
    std::string id;
  };

  uint64_t NoteEntry(size_t bytes, absl::string_view id, absl::Time now);
  uint64_t next_number() const { return first_number_ + entries_.size(); }
  LogStart StartAt(uint64_t number, LogStart::Outcome outcome) const;
  std::string IdOf(uint64_t number) const;
  const std::string* EpochOf(uint64_t number) const;
  std::optional<uint64_t> NumberOf(absl::string_view id) const;
  void ForgetOldest();

  const Options options_;
  SharedLog log_;
  std::deque<Entry> entries_;
  uint64_t first_number_ = 1;  // of entries_
  uint64_t bytes_ = 0;
  std::deque<Epoch> epochs_;  // those of kept events and of the newest forgotten one; never empty
  std::string last_id_;

  // Of kAuthors.
  std::deque<Mark> marks_;  // of those of entries_ that have an id
  Mark forgotten_;          // the newest that is forgotten
  absl::flat_hash_map<std::string, uint64_t> number_by_id_;
};

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "gateway/hub/event_log.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

// Events are numbered without a break from 1 on, through all epochs, so that a number says at once
// whether its event is kept; the epoch in an id says whether it is the same event.

namespace sluice {
namespace {

// A topic that keeps little must not hold a chunk that is much larger.
SharedLog::Options LogOptions(const EventLog::Options& options) {
  SharedLog::Options log;
  log.max_chunk_bytes =
      std::clamp<uint64_t>(options.max_bytes / 8, log.min_chunk_bytes, log.max_chunk_bytes);
  return log;
}

}  // namespace

EventLog::EventLog(const Options& options, std::string epoch)
    : options_(options), log_(LogOptions(options)) {
  epochs_.push_back({std::move(epoch), 1});
}

std::string EventLog::NextId() const {
  if (options_.ids != Ids::kNumbered) return "";
  return absl::StrCat(epochs_.back().name, "-", next_number());
}

uint64_t EventLog::Append(absl::string_view frame, absl::string_view id, absl::Time now) {
  log_.Append(frame);
  return NoteEntry(frame.size(), id, now);
}

uint64_t EventLog::AppendTail(const OutputBuffer& tail, absl::string_view id, absl::Time now) {
  log_.AppendTail(tail);
  return NoteEntry(tail.size(), id, now);
}

// Of the entry that was appended last.
uint64_t EventLog::NoteEntry(size_t bytes, absl::string_view id, absl::Time now) {
  const uint64_t position = log_.end_position() - bytes;
  const uint64_t number = next_number();
  entries_.push_back({.position = position, .bytes = static_cast<uint32_t>(bytes), .at = now});
  bytes_ += bytes;
  // The place behind an event without an id is known by the id before it.
  if (id.empty()) return position;
  last_id_ = std::string(id);
  if (options_.ids == Ids::kAuthors) {
    marks_.push_back({number, last_id_});
    number_by_id_[last_id_] = number;
  }
  return position;
}

uint64_t EventLog::AppendGap(absl::string_view frame, absl::string_view id, absl::Time now) {
  const uint64_t position = Append(frame, id, now);
  entries_.back().gap = true;
  return position;
}

uint64_t EventLog::ForgetOld(absl::Time now) {
  return ForgetOld(now, [](uint64_t, absl::string_view) {});
}

uint64_t EventLog::ForgetOld(absl::Time now, Forgotten forgotten) {
  const absl::Time oldest = now - options_.max_age;
  while (entries_.size() > 1 && entries_.front().position < log_.published() &&
         (entries_.size() > options_.max_events || bytes_ > options_.max_bytes ||
          entries_.front().at < oldest)) {
    const Entry& entry = entries_.front();
    forgotten(entry.position, log_.EntryAt(entry.position, entry.bytes));
    ForgetOldest();
  }
  const uint64_t begin = entries_.empty() ? log_.end_position() : entries_.front().position;
  log_.ForgetBefore(begin);
  return begin;
}

void EventLog::ForgetOldest() {
  bytes_ -= entries_.front().bytes;
  entries_.pop_front();
  if (!marks_.empty() && marks_.front().number == first_number_) {
    forgotten_ = std::move(marks_.front());
    marks_.pop_front();
    const auto found = number_by_id_.find(forgotten_.id);
    if (found != number_by_id_.end() && found->second == first_number_) number_by_id_.erase(found);
  }
  ++first_number_;
  // The newest forgotten event is one from which a browser can still go on.
  while (epochs_.size() > 1 && epochs_[1].first < first_number_) epochs_.pop_front();
}

absl::Time EventLog::NextTooOld() const {
  if (entries_.size() < 2 || options_.max_age == absl::InfiniteDuration()) {
    return absl::InfiniteFuture();
  }
  return entries_.front().at + options_.max_age;
}

void EventLog::BeginEpoch(std::string epoch) {
  if (epochs_.back().first == next_number()) epochs_.pop_back();
  epochs_.push_back({std::move(epoch), next_number()});
}

LogStart EventLog::StartLive() const { return StartAt(next_number(), LogStart::Outcome::kFresh); }

LogStart EventLog::StartWithLast(size_t count) const {
  // At an event, not at a gap before it: who comes for the first time has missed nothing.
  size_t first = entries_.size();
  for (size_t i = entries_.size(); i > 0 && count > 0; --i) {
    if (entries_[i - 1].gap) continue;
    first = i - 1;
    --count;
  }
  return StartAt(first_number_ + first, LogStart::Outcome::kFresh);
}

LogStart EventLog::StartAfter(absl::string_view last_event_id, OnGap on_gap) const {
  const std::optional<uint64_t> number = NumberOf(last_event_id);
  if (number.has_value()) return StartAt(*number + 1, LogStart::Outcome::kResumed);
  return StartAt(on_gap == OnGap::kLive ? next_number() : first_number_, LogStart::Outcome::kGap);
}

LogStart EventLog::StartAt(uint64_t number, LogStart::Outcome outcome) const {
  const uint64_t index = number - first_number_;
  return {.position = index < entries_.size() ? entries_[index].position : log_.end_position(),
          .outcome = outcome,
          .id = IdOf(number - 1)};
}

std::string EventLog::IdOf(uint64_t number) const {
  if (options_.ids == Ids::kAuthors) {
    const auto after =
        std::upper_bound(marks_.begin(), marks_.end(), number,
                         [](uint64_t at, const Mark& mark) { return at < mark.number; });
    return after == marks_.begin() ? forgotten_.id : std::prev(after)->id;
  }
  const std::string* epoch = EpochOf(number);
  return epoch == nullptr ? "" : absl::StrCat(*epoch, "-", number);
}

const std::string* EventLog::EpochOf(uint64_t number) const {
  for (auto epoch = epochs_.rbegin(); epoch != epochs_.rend(); ++epoch) {
    // The place before a topic's first event belongs to its first epoch.
    if (epoch->first <= std::max<uint64_t>(number, 1)) return &epoch->name;
  }
  return nullptr;
}

std::optional<uint64_t> EventLog::NumberOf(absl::string_view id) const {
  if (options_.ids == Ids::kAuthors) {
    const auto found = number_by_id_.find(id);
    if (found != number_by_id_.end()) return found->second;
    // Not where events without an id followed that are forgotten, too.
    const bool newest = forgotten_.number + 1 == first_number_;
    if (newest && !id.empty() && id == forgotten_.id) return forgotten_.number;
    return std::nullopt;
  }
  const size_t hyphen = id.rfind('-');
  uint64_t number = 0;
  if (hyphen == absl::string_view::npos) return std::nullopt;
  const absl::string_view digits = id.substr(hyphen + 1);
  const bool canonical = !digits.empty() && (digits == "0" || digits.front() != '0') &&
                         digits.find_first_not_of("0123456789") == absl::string_view::npos;
  if (!canonical || !absl::SimpleAtoi(digits, &number)) return std::nullopt;
  if (number + 1 < first_number_ || number >= next_number()) return std::nullopt;
  const std::string* epoch = EpochOf(number);
  if (epoch == nullptr || *epoch != id.substr(0, hyphen)) return std::nullopt;
  return number;
}

std::optional<absl::string_view> EventLog::EntryAt(uint64_t position) const {
  const auto found =
      std::lower_bound(entries_.begin(), entries_.end(), position,
                       [](const Entry& entry, uint64_t at) { return entry.position < at; });
  if (found == entries_.end() || found->position != position) return std::nullopt;
  return log_.EntryAt(position, found->bytes);
}

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "tests/support/numbered_events.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace sluice {
namespace {

constexpr size_t kShown = 200;

}  // namespace

uint64_t SequenceOf(const ReceivedEvent& event) {
  constexpr char kBefore[] = "\"sequence\":\"";
  const size_t at = event.data.find(kBefore);
  if (at == std::string::npos) return 0;
  const size_t begin = at + sizeof(kBefore) - 1;
  uint64_t sequence = 0;
  if (!absl::SimpleAtoi(event.data.substr(begin, event.data.find('"', begin) - begin), &sequence)) {
    return 0;
  }
  return sequence;
}

std::string EpochOf(const std::string& id) { return id.substr(0, id.find('-')); }

uint64_t NumberOf(const std::string& id) {
  uint64_t number = 0;
  const size_t hyphen = id.find('-');
  if (hyphen == std::string::npos || !absl::SimpleAtoi(id.substr(hyphen + 1), &number)) return 0;
  return number;
}

void NumberedEvents::Take(const ReceivedEvent& event) {
  if (event.name == "stream-open") {
    const bool fresh = absl::StrContains(event.data, "\"fresh\"");
    if (fresh != last_id_.empty()) Blame("a stream that should have gone on", event);
    ++opened_;
  } else if (event.name == "stream-gap") {
    absl::StrAppend(&gap_reasons_, event.data);
    may_jump_ = true;
  } else if (event.name == "FaultsEvent") {
    TakeFaultsEvent(event);
  }
  last_id_ = event.last_event_id;
}

void NumberedEvents::TakeFaultsEvent(const ReceivedEvent& event) {
  const std::string& id = event.last_event_id;
  const uint64_t sequence = SequenceOf(event);
  const bool same_epoch = EpochOf(id) == EpochOf(event_id_);
  if (may_jump_ && same_epoch && NumberOf(id) <= NumberOf(event_id_)) Blame("a step back", event);
  if (!may_jump_) {
    if (!same_epoch) Blame("another epoch without a gap", event);
    if (NumberOf(id) != NumberOf(event_id_) + 1) Blame("a hole or a repetition", event);
    if (sequence != sequence_ + 1) Blame("not the next message", event);
  }
  may_jump_ = false;
  event_id_ = id;
  sequence_ = sequence;
  ++events_;
}

int NumberedEvents::gaps(const std::string& reason) const {
  int count = 0;
  for (size_t at = gap_reasons_.find(reason); at != std::string::npos;
       at = gap_reasons_.find(reason, at + 1)) {
    ++count;
  }
  return count;
}

void NumberedEvents::Blame(const std::string& why, const ReceivedEvent& event) {
  if (!wrong_.empty()) return;
  wrong_ = absl::StrCat(why, ": ", event.name, " ", event.last_event_id, " ",
                        event.data.substr(0, kShown), " after ", event_id_, " with sequence ",
                        sequence_);
}

}  // namespace sluice

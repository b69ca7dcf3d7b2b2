// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "sluice/v1/stream.pb.h"

namespace sluice {

// What a shared stream owes to each of its browsers, said with nothing but a list of all that there
// ever was: every browser gets a run of that list, whole and in order, and whatever it does not get
// is told as a gap.
class StreamModel final {
 public:
  struct Rules {
    sluice::v1::Share::Slow slow = sluice::v1::Share::DISCONNECT;
    bool authors_ids = false;
    size_t max_events = 10;
    size_t start_with_last = 0;
    bool live_after_gap = false;
  };
  explicit StreamModel(const Rules& rules) : rules_(rules) {}

  // The text of the `number`th message, and the key that it changes.
  static std::string TextOf(size_t number, size_t padding);
  static std::string KeyOf(size_t number);

  // `body` is all that a browser got that was there from the first of `told` messages to the last,
  // and never slow. Returns what is wrong; empty for nothing.
  std::string SetHistory(const std::string& body, size_t told);

  // The ids of the list, for who wants to come back with one.
  static std::vector<std::string> IdsIn(const std::string& body);

  // What is known of a browser besides what it got.
  struct Visitor {
    std::string id;               // that it came with
    size_t told_before = 0;       // messages that were told when it came
    bool placed_at_once = false;  // before any other message was told
    bool left = false;            // it may have got less than there was
    std::string body;
  };
  // What is wrong with what it got; empty for nothing.
  std::string Check(const Visitor& visitor) const;

 private:
  struct Block {
    std::string raw;
    std::string event;
    std::string text;
    std::string id;
  };
  struct Walk;  // through one visitor's blocks

  static std::vector<Block> Parse(absl::string_view body, bool& torn);
  std::optional<size_t> IndexOf(const std::string& id) const;
  // Where a live browser begins that came then: behind that message, and perhaps behind the gaps
  // that follow it.
  size_t IndexAfter(size_t told) const;
  size_t IndexAfterGaps(size_t told) const;
  bool IsGap(size_t index) const { return index < list_.size() && list_[index].event != "Tick"; }

  std::string Begin(const Visitor& visitor, Walk& walk) const;
  std::string BeginBehindGap(const Visitor& visitor, Walk& walk) const;
  std::string Take(const Visitor& visitor, const Block& block, Walk& walk) const;
  size_t FirstOfStart(size_t live, size_t kept) const;
  std::string TakeEntry(const Visitor& visitor, const Block& block, Walk& walk) const;
  std::string Skip(const Block& block, const Visitor& visitor, Walk& walk) const;
  size_t BehindLostGaps(size_t index, const Visitor& visitor, const Walk& walk) const;
  std::string Finish(const Visitor& visitor, const Walk& walk) const;

  const Rules rules_;
  std::vector<Block> list_;
  std::map<std::string, size_t> index_by_id_;
  std::vector<size_t> index_by_number_;  // of the nth message, from 1 on
};

}  // namespace sluice

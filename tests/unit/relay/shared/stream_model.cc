// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/relay/shared/stream_model.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace sluice {
namespace {

constexpr size_t kKeys = 5;

// The value of a string member of a flat JSON object; empty for null.
std::string Member(absl::string_view json, absl::string_view name) {
  const std::string begin = absl::StrCat("\"", name, "\":\"");
  const size_t at = json.find(begin);
  if (at == absl::string_view::npos) return "";
  const size_t from = at + begin.size();
  return std::string(json.substr(from, json.find('"', from) - from));
}

// The number in `<12|3>xxx`, 0 if it is not whole.
size_t NumberIn(absl::string_view json) {
  const std::string text = Member(json, "text");
  char* end = nullptr;
  if (text.empty() || text[0] != '<') return 0;
  const size_t number = std::strtoul(text.c_str() + 1, &end, 10);
  if (*end != '|') return 0;
  const size_t padding = std::strtoul(end + 1, &end, 10);
  const bool whole = text.substr(end - text.c_str()) == ">" + std::string(padding, 'x') &&
                     absl::EndsWith(json, "\"}");
  return whole ? number : 0;
}

}  // namespace

struct StreamModel::Walk {
  std::vector<Block> blocks;
  size_t at = 0;               // in blocks
  std::optional<size_t> next;  // in the list: what must come next
  size_t least = 0;            // while that is not known: it is not before
  bool is_unsure = false;      // it began with a gap that there is more than once
  std::optional<size_t> begun;
  std::set<size_t> got;
  bool ended = false;
};

std::string StreamModel::TextOf(size_t number, size_t padding) {
  return absl::StrCat("<", number, "|", padding, ">", std::string(padding, 'x'));
}

std::string StreamModel::KeyOf(size_t number) { return absl::StrCat("key", number % kKeys); }

std::vector<StreamModel::Block> StreamModel::Parse(absl::string_view body, bool& torn) {
  std::vector<Block> blocks;
  while (!body.empty()) {
    if (absl::ConsumePrefix(&body, ":\n")) continue;
    const size_t end = body.find("\n\n");
    torn = end == absl::string_view::npos;
    if (torn) break;
    Block block;
    block.raw = std::string(body.substr(0, end + 1));
    for (absl::string_view line : absl::StrSplit(body.substr(0, end), '\n')) {
      if (absl::ConsumePrefix(&line, "event: ")) block.event = std::string(line);
      if (absl::ConsumePrefix(&line, "data: ")) block.text = std::string(line);
      if (absl::ConsumePrefix(&line, "id: ")) block.id = std::string(line);
    }
    body.remove_prefix(end + 2);
    if (block.event != "stream-presence") blocks.push_back(std::move(block));
  }
  return blocks;
}

std::vector<std::string> StreamModel::IdsIn(const std::string& body) {
  bool torn = false;
  std::vector<std::string> ids;
  for (const Block& block : Parse(body, torn)) {
    if (!block.id.empty() && !absl::EndsWith(block.id, "~end")) ids.push_back(block.id);
  }
  return ids;
}

std::string StreamModel::SetHistory(const std::string& body, size_t told) {
  bool torn = false;
  index_by_number_ = {0};
  for (Block& block : Parse(body, torn)) {
    const bool reopened =
        block.event == "stream-gap" && absl::StrContains(block.text, "\"reason\":\"reopened\"");
    if (block.event == "Tick") {
      if (NumberIn(block.text) != index_by_number_.size()) {
        return absl::StrCat("after message ", index_by_number_.size() - 1, " came ", block.raw);
      }
      index_by_number_.push_back(list_.size());
    } else if (!reopened) {
      const bool own = block.event == "stream-open" || block.event == "stream-end" ||
                       absl::StrContains(block.text, "\"reason\":\"drain\"");
      if (!own) return absl::StrCat("the witness got ", block.raw);
      continue;
    }
    if (!block.id.empty()) index_by_id_[block.id] = list_.size();
    list_.push_back(std::move(block));
  }
  if (torn) return "the witness got half an event";
  if (index_by_number_.size() == told + 1) return "";
  return absl::StrCat(told, " messages were told, ", index_by_number_.size() - 1, " came");
}

std::optional<size_t> StreamModel::IndexOf(const std::string& id) const {
  const auto found = index_by_id_.find(id);
  if (found == index_by_id_.end()) return std::nullopt;
  return found->second;
}

size_t StreamModel::IndexAfter(size_t told) const {
  return told == 0 ? 0 : index_by_number_[told] + 1;
}

size_t StreamModel::IndexAfterGaps(size_t told) const {
  size_t index = IndexAfter(told);
  while (IsGap(index)) ++index;
  return index;
}

std::string StreamModel::Check(const Visitor& visitor) const {
  Walk walk;
  bool torn = false;
  walk.blocks = Parse(visitor.body, torn);
  if (torn && !visitor.left) return "the last event is torn";
  if (walk.blocks.empty()) return visitor.left ? "" : "nothing came";
  std::string wrong = Begin(visitor, walk);
  for (; wrong.empty() && walk.at < walk.blocks.size(); ++walk.at) {
    const Block& block = walk.blocks[walk.at];
    wrong = walk.ended ? "something follows the end" : Take(visitor, block, walk);
    if (!wrong.empty()) absl::StrAppend(&wrong, ": ", block.raw.substr(0, 200));
  }
  return wrong.empty() ? Finish(visitor, walk) : wrong;
}

std::string StreamModel::Begin(const Visitor& visitor, Walk& walk) const {
  const Block& open = walk.blocks[0];
  if (open.event == "stream-error") return "";
  if (open.event != "stream-open") return "it does not begin with stream-open: " + open.raw;
  walk.at = 1;
  const std::string resume = Member(open.text, "resume");
  const size_t live = IndexAfter(visitor.told_before);
  if (resume == "gap") return BeginBehindGap(visitor, walk);
  if (resume == "resumed") {
    const std::optional<size_t> held = IndexOf(visitor.id);
    if (open.id != visitor.id) return "resumed with another id: " + open.raw;
    if (!held.has_value() && !absl::EndsWith(visitor.id, "-0")) return "resumed from nowhere";
    walk.next = held.has_value() ? *held + 1 : 0;
    return "";
  }
  if (resume != "fresh" || !visitor.id.empty()) return "an id was not looked at: " + open.raw;
  const size_t replay = std::min(rules_.start_with_last, rules_.max_events);
  walk.least = FirstOfStart(live, live);
  if (visitor.placed_at_once && replay == 0 && !IsGap(live)) walk.next = live;
  return "";
}

std::string StreamModel::BeginBehindGap(const Visitor& visitor, Walk& walk) const {
  const Block& open = walk.blocks[0];
  if (walk.blocks.size() < 2) return visitor.left ? "" : "no stream-gap came";
  const Block& gap = walk.blocks[walk.at++];
  if (gap.event != "stream-gap" || Member(gap.text, "reason") != "not_kept") {
    return "no stream-gap follows a gap: " + gap.raw;
  }
  if (gap.id != open.id || Member(gap.text, "to") != open.id) {
    return "open and gap differ: " + open.raw + gap.raw;
  }
  const size_t live = IndexAfter(visitor.told_before);
  const std::optional<size_t> held = IndexOf(visitor.id);
  if (visitor.placed_at_once && held.has_value() &&
      IndexAfterGaps(visitor.told_before) <= *held + 1 + rules_.max_events) {
    return absl::StrCat("a gap behind ", visitor.id, ", which was kept");
  }
  if (absl::EndsWith(open.id, "-0")) {
    walk.next = 0;
  } else if (const std::optional<size_t> to = IndexOf(open.id); to.has_value()) {
    walk.next = BehindLostGaps(*to + 1, visitor, walk);
  } else if (!open.id.empty() || !rules_.authors_ids) {
    return "a gap to an unknown id: " + open.raw;
  }
  if (walk.next.has_value() && visitor.placed_at_once) {
    const size_t kept = std::min(live, rules_.max_events);
    const size_t replay = rules_.live_after_gap ? 0 : kept;
    if (*walk.next + replay > IndexAfterGaps(visitor.told_before))
      return "it got less than is kept";
  }
  return "";
}

std::string StreamModel::Take(const Visitor& visitor, const Block& block, Walk& walk) const {
  if (block.event == "Tick") return TakeEntry(visitor, block, walk);
  const std::string reason = Member(block.text, "reason");
  if (block.event == "stream-gap") {
    if (reason != "slow_consumer") return TakeEntry(visitor, block, walk);
    ++walk.at;
    std::string wrong = Skip(block, visitor, walk);
    --walk.at;
    return wrong;
  }
  walk.ended = true;
  if (block.event == "stream-error") {
    if (reason == "drain") return "";
    const bool slow = reason == "slow_consumer" && rules_.slow == sluice::v1::Share::DISCONNECT;
    return slow ? "" : "it was given up";
  }
  if (block.event != "stream-end") return "it is no event of this stream";
  if (walk.next.has_value() && *walk.next != list_.size()) return "the end came early";
  return "";
}

// Where a newcomer begins when `live` is the next entry and `kept` are those before it: at the
// oldest event among those that the start gives. Gaps are kept like events, but none begins there.
size_t StreamModel::FirstOfStart(size_t live, size_t kept) const {
  size_t first = live;
  size_t events = 0;
  for (size_t i = live; i > 0 && live - i < kept; --i) {
    if (events == rules_.start_with_last) break;
    if (list_[i - 1].event != "Tick") continue;
    first = i - 1;
    ++events;
  }
  return first;
}

std::string StreamModel::TakeEntry(const Visitor& visitor, const Block& block, Walk& walk) const {
  const bool latest = rules_.slow == sluice::v1::Share::LATEST;
  size_t index = list_.size();
  if (block.event == "Tick") {
    const size_t number = NumberIn(block.text);
    if (number == 0 || number >= index_by_number_.size()) return "it is not whole";
    index = index_by_number_[number];
  } else {
    const size_t from = walk.next.value_or(walk.least);
    for (size_t i = from; i < list_.size() && index == list_.size(); ++i) {
      if (list_[i].raw == block.raw) index = i;
    }
    if (index == list_.size()) return "a gap that nobody told";
  }
  if (list_[index].raw != block.raw) return "it is not what others got";
  const auto same = [&](const Block& other) { return other.raw == block.raw; };
  const auto behind = list_.begin() + static_cast<ptrdiff_t>(index) + 1;
  if (!walk.next.has_value() && std::any_of(behind, list_.end(), same)) {
    walk.least = index + 1;
    walk.is_unsure = true;
    return "";
  }
  if (!walk.next.has_value()) {
    if (index < walk.least) return "it begins too early";
    const bool late = index > FirstOfStart(IndexAfterGaps(visitor.told_before), rules_.max_events);
    const bool knows = visitor.placed_at_once && !walk.is_unsure;
    if (knows && late && visitor.id.empty()) return "it begins too late";
  } else if (latest ? index < *walk.next : index != *walk.next) {
    return absl::StrCat("entry ", index, " came, not ", *walk.next);
  }
  if (!walk.begun.has_value()) walk.begun = walk.next.value_or(index);
  walk.got.insert(index);
  walk.next = index + 1;
  return "";
}

// Where the author's ids are used, a gap of the list has no id: one that says up to where something
// was lost covers those that follow, if they are lost, too. How many the visitor gets next tells.
size_t StreamModel::BehindLostGaps(size_t index, const Visitor& visitor, const Walk& walk) const {
  size_t told = 0;
  while (IsGap(index + told) && list_[index + told].id.empty()) ++told;
  size_t came = 0;
  const auto came_as = [&](size_t i) -> const Block* {
    return walk.at + i < walk.blocks.size() ? &walk.blocks[walk.at + i] : nullptr;
  };
  while (came_as(came) != nullptr && came_as(came)->id.empty() &&
         Member(came_as(came)->text, "reason") == "reopened") {
    ++came;
  }
  if (came_as(came) != nullptr || !visitor.left) return index + told - std::min(told, came);
  // It left while they came.
  if (came == 0) return index;
  while (told > came && list_[index].raw != came_as(0)->raw) ++index, --told;
  return index;
}

std::string StreamModel::Skip(const Block& block, const Visitor& visitor, Walk& walk) const {
  if (rules_.slow != sluice::v1::Share::SKIP) return "a gap that no rule asks for";
  const std::string from = Member(block.text, "from");
  const std::string to = Member(block.text, "to");
  if (block.id != to) return "the gap has another id than it says";
  const std::optional<size_t> left_at = IndexOf(from);
  if (!from.empty() && walk.next.has_value()) {
    size_t expected = left_at.value_or(list_.size()) + 1;
    while (expected < *walk.next && IsGap(expected) && list_[expected].id.empty()) ++expected;
    if (expected != *walk.next) return "the gap begins elsewhere";
  }
  const std::optional<size_t> newest_lost = IndexOf(to);
  if (!newest_lost.has_value()) {
    if (!rules_.authors_ids || !to.empty()) return "the gap ends nowhere";
    walk.next = std::nullopt;
    return "";
  }
  const size_t goes_on = BehindLostGaps(*newest_lost + 1, visitor, walk);
  const bool lost_a_gap = visitor.left && walk.at == walk.blocks.size() && IsGap(goes_on);
  if (walk.next.has_value() && goes_on <= *walk.next && !lost_a_gap)
    return "a gap where nothing is missing";
  walk.next = goes_on;
  return "";
}

std::string StreamModel::Finish(const Visitor& visitor, const Walk& walk) const {
  if (visitor.left || walk.ended) return "";
  if (rules_.slow == sluice::v1::Share::LATEST) {
    std::map<std::string, size_t> newest;
    for (size_t number = 1; number < index_by_number_.size(); ++number) {
      newest[KeyOf(number)] = index_by_number_[number];
    }
    for (const auto& [key, index] : newest) {
      if (walk.begun.has_value() && index >= *walk.begun && walk.got.count(index) == 0) {
        return absl::StrCat("the newest of ", key, ", entry ", index, ", is missing");
      }
    }
    return "";
  }
  if (walk.next.has_value() && *walk.next != list_.size()) {
    return absl::StrCat("entries from ", *walk.next, " to ", list_.size(), " are missing");
  }
  return "";
}

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/selector.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gateway/base/text/shown.h"

namespace sluice {
namespace {

constexpr size_t kLongestText = 1024;

bool IsIdentifier(absl::string_view text) {
  if (text.empty() || absl::ascii_isdigit(static_cast<unsigned char>(text[0]))) return false;
  for (const char byte : text) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(byte)) && byte != '_') return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<Selector> Selector::Parse(absl::string_view text) {
  Selector selector;
  if (text == "*") {
    selector.has_star_ = true;
    return selector;
  }
  absl::string_view name = text;
  selector.has_star_ = absl::ConsumeSuffix(&name, ".*");
  bool good = text.size() <= kLongestText;
  for (const absl::string_view part : absl::StrSplit(name, '.')) good = good && IsIdentifier(part);
  if (!good) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", Shown(text),
        "\" names no package, service or method; allowed are names such as demo.v1, "
        "demo.v1.Ticker and demo.v1.Ticker.Watch, a * after the last dot, or * alone"));
  }
  selector.name_ = std::string(name);
  return selector;
}

bool Selector::Matches(absl::string_view full_name) const {
  if (name_.empty()) return true;
  if (!absl::ConsumePrefix(&full_name, name_)) return false;
  if (full_name.empty()) return !has_star_;
  return full_name[0] == '.';
}

bool Selector::IsExactly(absl::string_view full_name) const {
  return !has_star_ && name_ == full_name;
}

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
// nlohmann::json's parser calls Builder for every token, and Builder writes one node after the
// other into a vector: no tree of allocations, whatever the text is. That parser tells of every
// error and its byte, and takes whole numbers of any size where a double is wanted, as browsers
// write them (simdjson's does neither). What it lets pass is refused here: it ends at a NUL, and
// skips a byte order mark.
#include "gateway/transcode/request/json_document.h"

#include <algorithm>
#include <exception>
#include <limits>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/base/text/shown.h"
#include "nlohmann/json.hpp"

namespace sluice {
namespace {

using nlohmann::json;

constexpr size_t kShownBytes = 64;
constexpr absl::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr int kNumberOverflow = 406;  // the id of nlohmann::json's exception

}  // namespace

void AppendToPointer(absl::string_view name, std::string& pointer) {
  pointer.push_back('/');
  for (const char byte : name) {
    if (byte == '~') {
      pointer.append("~0");
    } else if (byte == '/') {
      pointer.append("~1");
    } else {
      pointer.push_back(byte);
    }
  }
}

// What nlohmann::json::sax_parse calls; each returns whether to go on.
class JsonDocument::Builder final {
 public:
  Builder(int max_depth, JsonDocument& document) : max_depth_(max_depth), document_(document) {}

  const std::string& fault() const { return fault_; }

  bool null() { return Add(Kind::kNull, 0); }
  bool boolean(bool value) { return Add(Kind::kBool, value ? 1 : 0); }
  // The parser gives a number with a minus so, and the zero among them is -0.
  bool number_integer(json::number_integer_t value) {
    return AddText(Kind::kNumber, value == 0 ? "-0" : absl::StrCat(value));
  }
  bool number_unsigned(json::number_unsigned_t value) {
    return AddText(Kind::kNumber, absl::StrCat(value));
  }
  bool number_float(json::number_float_t, const std::string& text) {
    return AddText(Kind::kNumber, text);
  }
  bool string(const std::string& text) { return AddText(Kind::kString, text); }
  bool binary(const json::binary_t&) { return false; }

  bool start_object(size_t) { return Open(Kind::kObject); }
  bool start_array(size_t) { return Open(Kind::kArray); }
  bool end_array() { return Close(); }
  bool end_object() { return CheckNames() && Close(); }
  bool key(const std::string& name) {
    --nodes()[open_.back()].size;  // a member is its value
    return AddText(Kind::kString, name);
  }

  bool parse_error(size_t position, const std::string& token, const json::exception& error) {
    if (error.id == kNumberOverflow) {
      return Fail(absl::StrCat("the number ", sluice::Shown(token, kShownBytes), " at byte ",
                               position, " is out of range"));
    }
    // `[json.exception.parse_error.101] parse error at line 1, column 5: syntax error …`
    absl::string_view what = error.what();
    const size_t place = what.find("column ");
    const size_t colon = place == absl::string_view::npos ? place : what.find(": ", place);
    what = colon == absl::string_view::npos ? "syntax error" : what.substr(colon + 2);
    return Fail(absl::StrCat("not valid JSON at byte ", position, ": ", sluice::Shown(what)));
  }

 private:
  std::vector<Node>& nodes() { return document_.nodes_; }

  bool Add(Kind kind, uint32_t size) {
    if (!open_.empty()) ++nodes()[open_.back()].size;
    nodes().push_back({kind, static_cast<uint32_t>(document_.text_.size()), size});
    return true;
  }

  bool AddText(Kind kind, const std::string& text) {
    Add(kind, static_cast<uint32_t>(text.size()));
    document_.text_.append(text);
    return true;
  }

  bool Open(Kind kind) {
    if (static_cast<int>(open_.size()) >= max_depth_) {
      return Fail(absl::StrCat("more than ", max_depth_, " objects and arrays in each other"));
    }
    Add(kind, 0);
    open_.push_back(static_cast<uint32_t>(nodes().size() - 1));
    return true;
  }

  bool Close() {
    nodes()[open_.back()].begin = static_cast<uint32_t>(nodes().size());
    open_.pop_back();
    return true;
  }

  // Sorted, so that names which somebody chose to collide take no longer.
  bool CheckNames() {
    const Value object(&document_, open_.back());
    if (object.size() < 2) return true;
    names_.clear();
    Value name = object.First();
    for (size_t i = 0; i < object.size(); ++i, name = name.Next().Next()) {
      names_.push_back(name.text());
    }
    std::sort(names_.begin(), names_.end());
    const auto twice = std::adjacent_find(names_.begin(), names_.end());
    if (twice == names_.end()) return true;
    std::string pointer = PointerToOpen();
    AppendToPointer(*twice, pointer);
    return Fail(absl::StrCat("the member \"", sluice::Shown(pointer), "\" comes twice"));
  }

  // To the innermost object or array that is open.
  std::string PointerToOpen() {
    std::string pointer;
    for (size_t i = 1; i < open_.size(); ++i) {
      const Node& outer = nodes()[open_[i - 1]];
      if (outer.kind == Kind::kArray) {
        AppendToPointer(absl::StrCat(outer.size - 1), pointer);
      } else {
        AppendToPointer(Value(&document_, open_[i] - 1).text(), pointer);
      }
    }
    return pointer;
  }

  bool Fail(const std::string& fault) {
    fault_ = fault;
    return false;
  }

  const int max_depth_;
  JsonDocument& document_;
  std::vector<uint32_t> open_;  // indices of nodes
  std::vector<absl::string_view> names_;
  std::string fault_;
};

absl::StatusOr<JsonDocument> JsonDocument::Parse(absl::string_view text, int max_depth) {
  if (text.size() >= std::numeric_limits<uint32_t>::max()) {
    return absl::InvalidArgumentError("4 GiB or more");
  }
  if (absl::StartsWith(text, kByteOrderMark)) {
    return absl::InvalidArgumentError(
        "not valid JSON at byte 1: a byte order mark, which must not come before JSON");
  }
  const size_t zero = text.find('\0');
  if (zero != absl::string_view::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat("not valid JSON at byte ", zero + 1, ": a raw NUL"));
  }
  try {
    JsonDocument document;
    Builder builder(max_depth, document);
    if (!json::sax_parse(text.begin(), text.end(), &builder)) {
      return absl::InvalidArgumentError(builder.fault());
    }
    return document;
  } catch (const std::exception& error) {
    return absl::InvalidArgumentError(absl::StrCat("not valid JSON: ", Shown(error.what())));
  }
}

JsonDocument::Value JsonDocument::root() const { return Value(this, 0); }

absl::string_view JsonDocument::Value::text() const {
  return absl::string_view(document_->text_).substr(node().begin, node().size);
}

JsonDocument::Value JsonDocument::Value::Next() const {
  const bool has_inner = node().kind == Kind::kArray || node().kind == Kind::kObject;
  return Value(document_, has_inner ? node().begin : index_ + 1);
}

std::optional<JsonDocument::Value> JsonDocument::Value::Find(absl::string_view name) const {
  Value member = First();
  for (size_t i = 0; i < size(); ++i, member = member.Next().Next()) {
    if (member.text() == name) return member.Next();
  }
  return {};
}

std::string JsonDocument::Value::Shown() const {
  switch (kind()) {
    case Kind::kNull:
      return "null";
    case Kind::kBool:
      return boolean() ? "true" : "false";
    case Kind::kNumber:
      return absl::StrCat("the number ", sluice::Shown(text(), kShownBytes));
    case Kind::kString:
      return absl::StrCat("\"", sluice::Shown(text(), kShownBytes), "\"");
    case Kind::kArray:
      return "an array";
    case Kind::kObject:
      return "an object";
  }
  return "";
}

}  // namespace sluice

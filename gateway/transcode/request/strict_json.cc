// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/request/strict_json.h"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/schema/shown.h"

namespace sluice {
namespace {

using nlohmann::json;

// Follows the parser and remembers the first thing that is wrong. Its methods are what
// nlohmann::json::sax_parse calls.
class Watcher final {
 public:
  explicit Watcher(int max_depth) : max_depth_(max_depth) {}

  const std::string& fault() const { return fault_; }

  bool null() { return true; }
  bool boolean(bool) { return true; }
  bool number_integer(json::number_integer_t) { return true; }
  bool number_unsigned(json::number_unsigned_t) { return true; }
  bool number_float(json::number_float_t, const std::string&) { return true; }
  bool string(const std::string&) { return true; }
  bool binary(const json::binary_t&) { return true; }

  bool start_object(size_t) { return Open(); }
  bool end_object() { return Close(); }
  bool start_array(size_t) { return Open(); }
  bool end_array() { return Close(); }

  bool key(const std::string& name) {
    if (open_.back().insert(name).second) return true;
    return Fail(absl::StrCat("the member \"", Shown(name), "\" comes twice"));
  }

  bool parse_error(size_t position, const std::string&, const json::exception& error) {
    // `[json.exception.parse_error.101] parse error at line 1, column 5: syntax error …`
    absl::string_view what = error.what();
    const size_t place = what.find("column ");
    const size_t colon = place == absl::string_view::npos ? place : what.find(": ", place);
    what = colon == absl::string_view::npos ? "syntax error" : what.substr(colon + 2);
    return Fail(absl::StrCat("not valid JSON at byte ", position, ": ", Shown(what)));
  }

 private:
  bool Open() {
    if (static_cast<int>(open_.size()) >= max_depth_) {
      return Fail(absl::StrCat("more than ", max_depth_, " objects and arrays in each other"));
    }
    open_.emplace_back();
    return true;
  }

  bool Close() {
    open_.pop_back();
    return true;
  }

  bool Fail(const std::string& fault) {
    fault_ = fault;
    return false;
  }

  const int max_depth_;
  std::vector<std::set<std::string>> open_;  // the members of each that is open
  std::string fault_;
};

}  // namespace

absl::StatusOr<json> ParseStrictJson(absl::string_view text, int max_depth) {
  try {
    Watcher watcher(max_depth);
    if (!json::sax_parse(text.begin(), text.end(), &watcher)) {
      return absl::InvalidArgumentError(watcher.fault());
    }
    return json::parse(text.begin(), text.end());
  } catch (const std::exception& error) {
    return absl::InvalidArgumentError(absl::StrCat("not valid JSON: ", Shown(error.what())));
  }
}

}  // namespace sluice

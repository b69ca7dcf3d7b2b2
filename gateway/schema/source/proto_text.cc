// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/source/proto_text.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/base/text/shown.h"
#include "gateway/schema/editions/edition_text.h"
#include "gateway/schema/editions/newer_options.h"
#include "gateway/schema/silence.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace sluice {
namespace {

using google::protobuf::io::ArrayInputStream;
using google::protobuf::io::ErrorCollector;
using google::protobuf::io::Tokenizer;

constexpr size_t kLongestText = 1 << 30;  // protobuf counts bytes by int
constexpr int kDeepestNesting = 100;
constexpr size_t kMostProblems = 1000;

class TextErrors final : public ErrorCollector {
 public:
  TextErrors(const std::string& name, Problems& problems)
      : name_(name), problems_(problems), before_(problems.size()) {}

  void AddError(int line, int column, const std::string& message) override {
    ++count_;
    if (problems_.size() - before_ >= kMostProblems) return;
    problems_.push_back({PlaceInText(name_, line, column), Shown(message, 500)});
  }
  void AddWarning(int, int, const std::string&) override {}

  size_t count() const { return count_; }

 private:
  const std::string name_;
  Problems& problems_;
  const size_t before_;
  size_t count_ = 0;
};

// The parser calls itself for each level, without a limit.
bool IsNestedTooDeep(absl::string_view text, TextErrors& errors) {
  Problems unused;
  TextErrors ignored("", unused);  // the parser will report the same
  ArrayInputStream input(text.data(), static_cast<int>(text.size()));
  Tokenizer tokens(&input, &ignored);
  int depth = 0;
  while (tokens.Next()) {
    const std::string& token = tokens.current().text;
    if (token == "{" || token == "[" || token == "<" || token == "(") ++depth;
    if (token == "}" || token == "]" || token == ">" || token == ")")
      depth = std::max(0, depth - 1);
    if (depth <= kDeepestNesting) continue;
    errors.AddError(tokens.current().line, tokens.current().column,
                    absl::StrCat("nested more than ", kDeepestNesting, " deep"));
    return true;
  }
  return false;
}

// What protobuf 3.21 does not know of newer files, in the form in which newer compilers leave it.
void ReadNewer(const std::string& name, ProtoText& parsed, TextErrors& errors) {
  const auto place_of = [&parsed](const auto& at, auto location) {
    int line = -1;
    int column = 0;
    parsed.locations.Find(&at, location, &line, &column);
    return std::make_pair(line, column);
  };
  NewerOptions reports;
  reports.error = [&](const auto& at, auto location, const std::string& what) {
    const auto [line, column] = place_of(at, location);
    errors.AddError(line, column, what);
  };
  reports.warning = [&](const auto& at, auto location, const std::string& what) {
    const auto [line, column] = place_of(at, location);
    parsed.warnings.push_back({PlaceInText(name, line, column), what});
  };
  ReadNewerOptions(parsed.file, reports);
}

}  // namespace

std::string PlaceInText(const std::string& name, int line, int column) {
  if (line < 0) return name;
  return absl::StrCat(name, ":", line + 1, ":", column + 1);
}

std::unique_ptr<ProtoText> ParseProtoText(const std::string& name, absl::string_view text,
                                          Problems& problems) {
  TextErrors errors(name, problems);
  if (text.size() > kLongestText) {
    errors.AddError(-1, 0, absl::StrCat("is larger than ", kLongestText >> 20, " MiB"));
    return nullptr;
  }
  if (IsNestedTooDeep(text, errors)) return nullptr;
  Silence silence;
  auto parsed = std::make_unique<ProtoText>();
  const ReadableText readable = MakeReadable(text, errors);
  ArrayInputStream input(readable.text.data(), static_cast<int>(readable.text.size()));
  Tokenizer tokens(&input, &errors);
  google::protobuf::compiler::Parser parser;
  parser.RecordErrorsTo(&errors);
  parser.RecordSourceLocationsTo(&parsed->locations);
  const bool good = parser.Parse(&tokens, &parsed->file);
  if (!good && errors.count() == 0) errors.AddError(-1, 0, "cannot be parsed");
  if (errors.count() > 0) return nullptr;
  if (readable.edition) SetEdition(*readable.edition, parsed->file);
  ReadNewer(name, *parsed, errors);
  if (errors.count() > 0) return nullptr;
  parsed->file.set_name(name);
  // Where comments stand is of no use here, and large.
  parsed->file.clear_source_code_info();
  return parsed;
}

}  // namespace sluice

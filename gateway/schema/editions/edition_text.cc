// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/editions/edition_text.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace sluice {
namespace {

using google::protobuf::io::ArrayInputStream;
using google::protobuf::io::ErrorCollector;
using google::protobuf::io::Tokenizer;

constexpr absl::string_view kSyntax = "syntax=\"proto3\";";
constexpr int kTabColumns = 8;  // as protobuf counts them

// The parser will report what is wrong with the tokens.
class NoErrors final : public ErrorCollector {
 public:
  void AddError(int, int, const std::string&) override {}
  void AddWarning(int, int, const std::string&) override {}
};

// Where in the text a token stands that a Tokenizer gives by line and column. Lines only go
// forward.
class Position final {
 public:
  explicit Position(absl::string_view text) : text_(text) {}

  size_t Of(int line, int column) {
    while (line_ < line && line_begin_ < text_.size()) {
      const size_t end = text_.find('\n', line_begin_);
      line_begin_ = end == absl::string_view::npos ? text_.size() : end + 1;
      ++line_;
    }
    if (at_ < line_begin_ || column < column_) {
      at_ = line_begin_;
      column_ = 0;
    }
    for (; column_ < column && at_ < text_.size(); ++at_) {
      column_ += text_[at_] == '\t' ? kTabColumns - column_ % kTabColumns : 1;
    }
    return at_;
  }

 private:
  const absl::string_view text_;
  int line_ = 0;
  size_t line_begin_ = 0;
  size_t at_ = 0;  // the last answer, from which the next one is not far
  int column_ = 0;
};

class Rewriter final {
 public:
  Rewriter(absl::string_view text, ErrorCollector& errors)
      : input_(text.data(), static_cast<int>(text.size())),
        tokens_(&input_, &ignored_),
        position_(text),
        errors_(errors),
        out_{std::string(text), {}} {}

  ReadableText Run() {
    for (size_t i = 0; i < kAhead; ++i) Shift();
    if (!IsWord(0, "edition") || !Is(1, "=") || !IsOfType(2, Tokenizer::TYPE_STRING)) return Take();
    TakeEdition();
    bool begins_statement = true;
    while (!IsOfType(0, Tokenizer::TYPE_END)) {
      if (begins_statement) LookAtStatement();
      begins_statement = Is(0, ";") || Is(0, "{") || Is(0, "}");
      Shift();
    }
    return Take();
  }

 private:
  static constexpr size_t kAhead = 4;
  struct Range {
    size_t begin = 0;
    size_t end = 0;
  };

  void Shift() {
    std::rotate(ahead_.begin(), ahead_.begin() + 1, ahead_.end());
    tokens_.Next();
    ahead_.back() = tokens_.current();
  }

  bool Is(size_t i, absl::string_view text) const { return ahead_[i].text == text; }
  bool IsOfType(size_t i, Tokenizer::TokenType type) const { return ahead_[i].type == type; }
  bool IsWord(size_t i, absl::string_view word) const {
    return IsOfType(i, Tokenizer::TYPE_IDENTIFIER) && Is(i, word);
  }

  void TakeEdition() {
    const Tokenizer::Token begin = ahead_[0];
    const Tokenizer::Token value = ahead_[2];
    std::string edition;
    Shift();
    for (Shift(); IsOfType(0, Tokenizer::TYPE_STRING); Shift()) {
      Tokenizer::ParseStringAppend(ahead_[0].text, &edition);
    }
    out_.edition = EditionFromText(edition);
    if (!out_.edition) {
      errors_.AddError(value.line, value.column, UnknownEdition("\"" + edition + "\""));
    }
    if (!Is(0, ";")) return;  // for the parser to report
    edition_.begin = position_.Of(begin.line, begin.column);
    edition_.end = position_.Of(ahead_[0].line, ahead_[0].end_column);
    Blank(edition_);
    Shift();
  }

  void LookAtStatement() {
    const bool is_type = IsWord(1, "message") || IsWord(1, "enum");
    const bool is_visibility = IsWord(0, "export") || IsWord(0, "local");
    if (is_visibility && is_type && IsOfType(2, Tokenizer::TYPE_IDENTIFIER) && Is(3, "{")) {
      BlankToken(0);
    }
    if (IsWord(0, "import") && IsWord(1, "option") && IsOfType(2, Tokenizer::TYPE_STRING)) {
      BlankToken(1);
    }
    if (IsWord(0, "reserved") && IsOfType(1, Tokenizer::TYPE_IDENTIFIER) &&
        (Is(2, ",") || Is(2, ";"))) {
      BlankStatement();
    }
  }

  // Leaves its `;` as the token at hand.
  void BlankStatement() {
    Range range;
    range.begin = position_.Of(ahead_[0].line, ahead_[0].column);
    while (!Is(0, ";") && !IsOfType(0, Tokenizer::TYPE_END)) Shift();
    range.end = position_.Of(ahead_[0].line, ahead_[0].column);
    Blank(range);
  }

  void BlankToken(size_t i) {
    Blank({position_.Of(ahead_[i].line, ahead_[i].column),
           position_.Of(ahead_[i].line, ahead_[i].end_column)});
  }

  // What stands after it in a line stays in its column.
  void Blank(Range range) {
    for (size_t at = range.begin; at < range.end && at < out_.text.size(); ++at) {
      const char c = out_.text[at];
      if (c != '\n' && c != '\t') out_.text[at] = ' ';
    }
  }

  ReadableText Take() {
    if (edition_.end > 0) WriteSyntax();
    return std::move(out_);
  }

  // Where the edition stood, whose shortest form is one byte shorter; its lines may be even
  // shorter.
  void WriteSyntax() {
    size_t room = 0;
    while (edition_.begin + room < edition_.end && out_.text[edition_.begin + room] == ' ') ++room;
    out_.text.replace(edition_.begin, std::min(room, kSyntax.size()), kSyntax.data(),
                      kSyntax.size());
  }

  ArrayInputStream input_;
  NoErrors ignored_;
  Tokenizer tokens_;
  Position position_;
  ErrorCollector& errors_;
  std::array<Tokenizer::Token, kAhead> ahead_{};
  Range edition_;
  ReadableText out_;
};

}  // namespace

ReadableText MakeReadable(absl::string_view text, ErrorCollector& errors) {
  return Rewriter(text, errors).Run();
}

}  // namespace sluice

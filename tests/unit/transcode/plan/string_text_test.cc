// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/plan/string_text.h"

#include <random>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "gateway/base/text/json_string.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace sluice {
namespace {

const uint8_t* Bytes(const std::string& text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

// What is written of `text`, of which `readable` more bytes may be read; "refused" if nothing is.
std::string Written(const std::string& text, size_t readable = 0) {
  const std::string padded = text + std::string(readable, '"');
  OutputBuffer out;
  out.Reserve(text.size() + 2 * kBlockBytes);
  const uint8_t* const begin = Bytes(padded);
  char* const end = WriteString({begin, begin + text.size(), begin + padded.size()}, out.at(), out);
  if (end == nullptr) return "refused";
  out.set_at(end);
  return std::string(out.written());
}

TEST(StringText, CopiesPlainTextOfEveryLength) {
  for (size_t size = 0; size < 70; ++size) {
    const std::string text(size, 'x');
    EXPECT_EQ(Written(text), text);
    EXPECT_EQ(Written(text, 5), text);
    EXPECT_EQ(Written(text, 40), text);
  }
}

TEST(StringText, EscapesWhereverItStands) {
  const std::vector<std::pair<std::string, std::string>> cases = {{"\"", "\\\""},
                                                                  {"\\", "\\\\"},
                                                                  {"\n", "\\n"},
                                                                  {"\r", "\\r"},
                                                                  {"\t", "\\t"},
                                                                  {"\b", "\\b"},
                                                                  {"\f", "\\f"},
                                                                  {"\x01", "\\u0001"},
                                                                  {std::string(1, '\0'), "\\u0000"},
                                                                  {"\x1f", "\\u001f"},
                                                                  {"\xc2\x85", "\\u0085"},
                                                                  {"\xe2\x80\xa8", "\\u2028"},
                                                                  {"\xe2\x80\xa9", "\\u2029"},
                                                                  {"\xe2\x80\xaa", "\xe2\x80\xaa"},
                                                                  {"é🙂", "é🙂"}};
  for (const auto& [text, escaped] : cases) {
    for (size_t before = 0; before < 35; before += 3) {
      const std::string around(before, 'a');
      EXPECT_EQ(Written(around + text + around, before % 20), around + escaped + around);
    }
  }
}

TEST(StringText, GrowsTheBufferForManyEscapes) {
  const std::string text(5000, '\x01');
  const std::string written = Written(text);
  EXPECT_EQ(written.size(), 6 * text.size());
  EXPECT_EQ(nlohmann::json::parse("\"" + written + "\""), nlohmann::json(text));
}

TEST(StringText, RefusesWhatIsNotUtf8) {
  for (const char* bad : {"\x80", "\xc1\x81", "\xc3", "\xe0\x9f\x80", "\xed\xa0\x80", "\xe2\x80",
                          "\xf0\x8f\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
    for (const size_t before : {0, 1, 15, 16, 17, 40}) {
      EXPECT_EQ(Written(std::string(before, 'a') + bad), "refused");
      EXPECT_EQ(Written(std::string(before, 'a') + bad + "b", 20), "refused");
    }
  }
}

TEST(StringText, AgreesWithTheSlowWayOnRandomBytes) {
  std::mt19937 random(3);
  const std::string pieces[] = {"a",    "\"",           "é",           "🙂",
                                "\x01", "\xe2\x80\xa8", "plain words", "\xff"};
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    const size_t bad = random() % 40;
    for (size_t i = random() % 20; i > 0; --i) {
      const size_t piece = random() % 8;
      if (piece != 7 || bad == 0) text += pieces[piece];
    }
    std::string slow;
    const bool ok = AppendJsonStringPart(text, slow);
    ASSERT_EQ(Written(text, random() % 32), ok ? slow : "refused");
  }
}

TEST(StringText, WritesBase64) {
  for (size_t size = 0; size < 20; ++size) {
    std::string bytes;
    for (size_t i = 0; i < size; ++i) bytes.push_back(static_cast<char>(i * 83 + 250));
    std::string text(Base64Bytes(size), '?');
    EXPECT_EQ(WriteBase64(Bytes(bytes), size, text.data()), text.data() + text.size());
    EXPECT_EQ(text, absl::Base64Escape(bytes));
  }
}

}  // namespace
}  // namespace sluice

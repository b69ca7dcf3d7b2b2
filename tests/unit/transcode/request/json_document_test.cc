// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/request/json_document.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

using ::testing::HasSubstr;

// A text of that many bytes, which may have NULs.
#define BYTES(literal) absl::string_view(literal, sizeof(literal) - 1)

bool Accepts(absl::string_view text, int max_depth = 64) {
  return JsonDocument::Parse(text, max_depth).ok();
}

std::string Fault(absl::string_view text, int max_depth = 8) {
  const auto document = JsonDocument::Parse(text, max_depth);
  EXPECT_EQ(document.status().code(), absl::StatusCode::kInvalidArgument) << text;
  return std::string(document.status().message());
}

// The value as JSON again, with nothing but what the document says.
std::string Again(JsonValue value) {
  std::string text;
  switch (value.kind()) {
    case JsonValue::Kind::kArray: {
      JsonValue element = value.First();
      for (size_t i = 0; i < value.size(); ++i, element = element.Next()) {
        absl::StrAppend(&text, i == 0 ? "" : ",", Again(element));
      }
      return absl::StrCat("[", text, "]");
    }
    case JsonValue::Kind::kObject: {
      JsonValue name = value.First();
      for (size_t i = 0; i < value.size(); ++i, name = name.Next().Next()) {
        absl::StrAppend(&text, i == 0 ? "" : ",", Again(name), ":", Again(name.Next()));
      }
      return absl::StrCat("{", text, "}");
    }
    case JsonValue::Kind::kNumber:
      return std::string(value.text());
    default:
      return value.Shown();
  }
}

std::string Parsed(absl::string_view text) {
  const auto document = JsonDocument::Parse(text, 16);
  return document.ok() ? Again(document->root()) : std::string(document.status().message());
}

TEST(JsonDocument, HasEveryValueInItsPlace) {
  EXPECT_EQ(Parsed(R"( {"a": [1, [], {"b":{}}, "x"], "c": true, "": [false, null] } )"),
            R"({"a":[1,[],{"b":{}},"x"],"c":true,"":[false,null]})");
  EXPECT_EQ(Parsed("[]"), "[]");
  EXPECT_EQ(Parsed("7"), "7");
}

TEST(JsonDocument, KeepsNumbersAsTheyAreWritten) {
  EXPECT_EQ(Parsed("[-0,0,-0.0,1E400e]"), Fault("[-0,0,-0.0,1E400e]"));
  EXPECT_EQ(Parsed("[-0, 0, -0.0, 1.50, 2E+03, -9223372036854775808, 18446744073709551616]"),
            "[-0,0,-0.0,1.50,2E+03,-9223372036854775808,18446744073709551616]");
}

TEST(JsonDocument, TakesEscapesOutOfStrings) {
  const auto document = JsonDocument::Parse(R"(["\u0041\n\/\\\"", "\ud83d\ude00", "\u0000"])", 8);
  const JsonValue first = document->root().First();
  EXPECT_EQ(first.text(), "A\n/\\\"");
  EXPECT_EQ(first.Next().text(), "\xf0\x9f\x98\x80");
  EXPECT_EQ(first.Next().Next().text(), BYTES("\0"));
}

TEST(JsonDocument, FindsAMember) {
  const auto document = JsonDocument::Parse(R"({"a":{"b":1},"b":2})", 8);
  EXPECT_EQ(document->root().Find("b")->text(), "2");
  EXPECT_FALSE(document->root().Find("c").has_value());
}

// The three tables are the cases of the public suite of JSON texts that parsers are compared with,
// written anew: what every parser must take, what none may, and what each decides for itself.
TEST(JsonDocument, TakesAllThatIsJson) {
  const absl::string_view texts[] = {
      "[[]   ]",
      "[\"\"]",
      "[]",
      "[\"x\"]",
      "[false]",
      "[null, 1, \"1\", {}]",
      "[null]",
      "[1\n]",
      " [1]",
      "[1,null,null,null,2]",
      "[2] ",
      // numbers
      "[123e65]",
      "[0e+1]",
      "[0e1]",
      "[ 4]",
      "[-0.000000000000000000000000000000000000001]",
      "[20e1]",
      "[-0]",
      "[-123]",
      "[-1]",
      "[1E22]",
      "[1E-2]",
      "[1E+2]",
      "[123e45]",
      "[123.456e78]",
      "[1e-2]",
      "[1e+2]",
      "[123]",
      "[123.456789]",
      "[0.5]",
      "[-1.5]",
      "[10]",
      "[1.0E-0]",
      "[-9.9e-9]",
      // objects
      R"({"as":"sd", "dfg":"fgh"})",
      R"({"as":"sd"})",
      "{}",
      R"({"":0})",
      R"({"a\u0000b": 1})",
      R"({ "least": -1.0e+28, "most": 1.0e+28 })",
      R"({"x":[{"id": "xxxx"}], "id": "xxxx"})",
      R"({"a":[]})",
      R"({"\u041f\u043e": "\u0417" })",
      "{\n\"a\": \"b\"\n}",
      "\t{\r\n}\t",
      // strings
      R"(["\u0060\u012a\u12AB"])",
      R"(["\ud801\udc37"])",
      R"(["\ud83d\ude39\ud83d\udc8d"])",
      R"(["\"\\\/\b\f\n\r\t"])",
      R"(["\\u0000"])",
      R"(["\""])",
      "[\"a/*b*/c/*d//e\"]",
      R"(["\\a"])",
      R"(["\\n"])",
      R"(["\u0012"])",
      R"(["\uFFFF"])",
      R"([ "asd"])",
      R"(["\uDBFF\uDFFF"])",
      R"(["new\u00A0line"])",
      "[\"\xf4\x8f\xbf\xbf\"]",
      "[\"\xef\xbf\xbf\"]",
      R"(["\u0000"])",
      R"(["\u002c"])",
      "[\"\xcf\x80\"]",
      "[\"\xf0\x9b\xbf\xbf\"]",
      R"(["\u0821"])",
      "[\"\xe2\x80\xa8\"]",
      "[\"\xe2\x80\xa9\"]",
      "[\" \"]",
      "\"\"",
      "[\"\\u0061\\u30af\\u30EA\"]",
      R"(["\uA66D"])",
      R"(["\uDBFF\uDFFE"])",
      R"(["\u200B"])",
      R"(["\u2064"])",
      R"(["\uFDD0"])",
      R"(["\uFFFE"])",
      R"(["\u0022"])",
      R"(["\u005C"])",
      "[\"\xe2\x82\xac\xf0\x9d\x84\x9e\"]",
      "[\"a\x7f\x61\"]",
      "[\"\xc2\x80\"]",
      // a value alone
      "false",
      "42",
      "-0.1",
      "null",
      "\"asd\"",
      "true",
      "[\"a\"]\n",
      "[true]",
      " [] ",
      "\n\r\t {}",
  };
  for (const absl::string_view text : texts) {
    EXPECT_TRUE(Accepts(text)) << text << ": " << Fault(text);
  }
}

TEST(JsonDocument, RefusesAllThatIsNotJson) {
  const absl::string_view texts[] = {
      // arrays
      "[1 true]",
      "[a\xe5]",
      "[\"\": 1]",
      "[\"\"],",
      "[,1]",
      "[1,,2]",
      "[\"x\",,]",
      "[\"x\"]]",
      "[\"\",]",
      "[\"x\"",
      "[x",
      "[3[4]]",
      "[\xff]",
      "[1:2]",
      "[,]",
      "[-]",
      "[   , \"\"]",
      "[\"a\",\n4\n,1,",
      "[1,]",
      "[1,,]",
      "[\"\va\"\\f]",
      "[*]",
      "[\"\"",
      "[1,",
      "[1,\n1\n,1",
      "[{}",
      // words
      "[fals]",
      "[nul]",
      "[tru]",
      "[True]",
      "[truth]",
      "nulll",
      // numbers
      "[++1234]",
      "[+1]",
      "[+Inf]",
      "[-01]",
      "[-1.0.]",
      "[-2.]",
      "[-NaN]",
      "[.-1]",
      "[.2e-3]",
      "[0.1.2]",
      "[0.3e+]",
      "[0.3e]",
      "[0.e1]",
      "[0E+]",
      "[0E]",
      "[0e+]",
      "[0e]",
      "[1.0e+]",
      "[1.0e-]",
      "[1.0e]",
      "[1 000.0]",
      "[1eE2]",
      "[2.e+3]",
      "[2.e-3]",
      "[2.e3]",
      "[9.e+]",
      "[Inf]",
      "[NaN]",
      "[\xef\xbc\x91]",
      "[1+2]",
      "[0x1]",
      "[0x42]",
      "[Infinity]",
      "[0e+-1]",
      "[-123.123foo]",
      "[123\xe5]",
      "[1e1\xe5]",
      "[0\xe5]",
      "[-Infinity]",
      "[-foo]",
      "[- 1]",
      "[-012]",
      "[-.123]",
      "[-1x]",
      "[1ea]",
      "[1.]",
      "[.123]",
      "[1.2a-3]",
      "[1.5H-3]",
      "[012]",
      BYTES("123\0"),
      BYTES("[1]\0"),
      BYTES("{}\0{}"),
      // objects
      "[\"x\", truth]",
      "{[: \"x\"}\n",
      "{\"x\", null}",
      "{\"x\"::\"b\"}",
      "{\xf0\x9f\x87\xa8}",
      "{\"a\":\"a\" 123}",
      "{key: 'value'}",
      "{\"\xb9\":\"0\",}",
      "{\"a\" b}",
      "{:\"b\"}",
      "{\"a\" \"b\"}",
      "{\"a\":",
      "{\"a\"",
      "{1:1}",
      "{9999E9999:1}",
      "{null:null,null:null}",
      "{\"id\":0,,,,,}",
      "{'a':0}",
      "{\"id\":0,}",
      "{\"a\":\"b\"}/**/",
      "{\"a\":\"b\"}/**//",
      "{\"a\":\"b\"}//",
      "{\"a\":\"b\"}/",
      "{\"a\":\"b\",,\"c\":\"d\"}",
      "{a: \"b\"}",
      "{\"a\":\"a",
      "{ \"foo\" : \"bar\", \"a\" }",
      "{\"a\":\"b\"}#",
      "{\"a\":true} \"x\"",
      "{}}",
      "{\"\":",
      "{\"a\":/*x*/\"b\"}",
      "{\"x\": true,",
      "{]",
      "{,",
      "{[",
      "{\"a",
      "{'a'",
      "{",
      // strings
      R"(["\uD800\u"])",
      R"(["\uD800\u1"])",
      R"(["\uD800\u1x"])",
      "[\xc3\xa9]",
      R"(["\x00"])",
      R"(["\\\"])",
      "[\"\\\t\"]",
      "[\"\\\xf0\x9f\x8c\x80\"]",
      R"(["\"])",
      R"(["\u00A"])",
      R"(["\uD834\uDd"])",
      R"(["\uD800\uD800\x"])",
      "[\"\\u\xe5\"]",
      R"(["\a"])",
      R"(["\uqqqq"])",
      "[\"\\\xe5\"]",
      R"([\u0020"asd"])",
      R"([\n])",
      "\"",
      "['single']",
      "abc",
      "[\"\\",
      BYTES("[\"a\0a\"]"),
      "[\"new\nline\"]",
      "[\"\t\"]",
      R"("\UA66D")",
      "\"\"x",
      "[\"\x1f\"]",
      // structure
      "",
      " ",
      "<.>",
      "[<null>]",
      "[1]x",
      "[1]]",
      "[\"asd]",
      "a\xc3\xa5",
      "1]",
      "[][]",
      "]",
      "\xef\xbb{}",
      "\xe5",
      "[",
      BYTES("[\0]"),
      "2@",
      "['",
      "[,",
      "[\"a",
      "[\"a\"",
      "*",
      R"({"a":"b"}#{})",
      R"([\u000A""])",
      "[1",
      "[ false, nul",
      "[ true, fals",
      "[ false, tru",
      "{\"asd\":\"asd\"",
      "\xc3\xa5",
      "\xe2\x81\xa0[]",
      "[\f]",
      R"(["\{["\{["\{["\{)",
      "\xef\xbb\xbf",
      "{\"a\":1,\"b\"}",
      "1 2",
      "// x\n{}",
      "[1]\x0b",
      "\xc2\xa0[]",
  };
  for (const absl::string_view text : texts) EXPECT_FALSE(Accepts(text)) << text;
}

TEST(JsonDocument, DecidesWhatTheSpecificationLeavesOpen) {
  const struct {
    absl::string_view text;
    bool taken;
  } cases[] = {
      // Numbers: what a double cannot hold would not come out as it went in.
      {"[123.456e-789]", true},
      {"[1e999]", false},
      {"[-1e+9999]", false},
      {"[0.4e00669999999999999999999999999999999999999999999999999999999969999999006]", false},
      {"[100000000000000000000]", true},
      {"[-123123123123123123123123123123]", true},
      // Strings: half of a surrogate pair is no character, and protobuf's strings are UTF-8.
      {R"(["\uDADA"])", false},
      {R"(["\uD888\u1234"])", false},
      {R"(["\uD800\n"])", false},
      {R"(["\uDd1ea"])", false},
      {R"(["\uD800\uD800"])", false},
      {R"(["\ud800abc"])", false},
      {R"(["\uDC00"])", false},
      {R"(["\uDd1e\uD834"])", false},
      {R"({"\uDFAA":0})", false},
      {"[\"\xff\"]", false},
      {"[\"\xe9\"]", false},      // Latin 1
      {"[\"\x81\"]", false},      // a tail alone
      {"[\"\xc0\xaf\"]", false},  // overlong
      {"[\"\xfc\x80\x80\x80\x80\x80\"]", false},
      {"[\"\xed\xa0\x80\"]", false},           // a surrogate
      {"[\"\xf4\xbf\xbf\xbf\"]", false},       // above U+10FFFF
      {"[\"\xe0\xff\"]", false},               // cut off
      {BYTES("[\0\"\0\xe9\0\"\0]\0"), false},  // UTF-16
      {BYTES("\xff\xfe[\0]\0"), false},
      {"\xef\xbb\xbf{}", false},  // a byte order mark
      // Names: RFC 8259 has no meaning for two of them, and which one wins is where attacks begin.
      {R"({"a":"b","a":"c"})", false},
      {R"({"a":"b","a":"b"})", false},
      {R"({"a":1,"\u0061":1})", false},
  };
  for (const auto& c : cases) EXPECT_EQ(Accepts(c.text), c.taken) << c.text;
}

TEST(JsonDocument, SaysWhereAndWhatIsWrong) {
  EXPECT_THAT(Fault("{\"a\":tru}"), HasSubstr("not valid JSON at byte 9: "));
  EXPECT_EQ(Fault(BYTES("{\0}")), "not valid JSON at byte 2: a raw NUL");
  EXPECT_THAT(Fault("\xef\xbb\xbf{}"), HasSubstr("a byte order mark"));
  EXPECT_EQ(Fault("{\"a\":[1e999]}"), "the number 1e999 at byte 11 is out of range");
}

TEST(JsonDocument, NamesAMemberThatComesTwice) {
  EXPECT_EQ(Fault(R"({"a":1,"b":{"a":1},"a":2})"), "the member \"/a\" comes twice");
  EXPECT_EQ(Fault(R"({"x":[0,[],{"y/":{"z":1,"\u007a":2}}]})"),
            "the member \"/x/2/y~1/z\" comes twice");
  EXPECT_TRUE(Accepts(R"([{"a":1},{"a":1,"b":{"a":1}}])"));
}

TEST(JsonDocument, BoundsTheDepth) {
  EXPECT_TRUE(Accepts("[[[{}]]]", 4));
  EXPECT_EQ(Fault("[[[[{}]]]]", 4), "more than 4 objects and arrays in each other");
  EXPECT_NE(Fault(std::string(1000000, '[')), "");
  std::string objects;
  for (int i = 0; i < 50000; ++i) objects += "[{\"\":";
  EXPECT_NE(Fault(objects), "");
}

TEST(JsonDocument, TakesALongTextOfManySmallValues) {
  std::string text = "[0";
  while (text.size() < (1 << 20)) text += ",{\"a\":[],\"b\":-1}";
  const auto document = JsonDocument::Parse(text + "]", 8);
  ASSERT_TRUE(document.ok());
  EXPECT_GT(document->root().size(), 60000U);
}

TEST(JsonDocument, ShowsNoRawBytesInItsErrors) {
  for (const char* text : {"\"\xff\xfe\"", "\"a\r\nb\"", "\x01", "{\"a\xc3\":1}", "[1\x80]"}) {
    for (const char byte : Fault(text)) {
      EXPECT_TRUE(byte >= 0x20 && byte < 0x7f) << text;
    }
  }
}

}  // namespace
}  // namespace sluice

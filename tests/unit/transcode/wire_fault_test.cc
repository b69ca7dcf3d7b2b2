// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/wire_fault.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/transcode/dynamic_types.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/transcode/inline_schema.h"

namespace sluice {
namespace {

using ::testing::HasSubstr;

constexpr char kSchema[] = R"(syntax = "proto2"; package t;
    message Part { optional int32 number = 1; optional fixed32 four = 2; optional fixed64 eight = 3;
      optional string text = 4; optional Part part = 5; optional group Old = 6 {}
      repeated int32 packed = 7 [packed = true]; })";

TEST(WireFault, SaysWhatAndWhere) {
  const InlineSchema schema(kSchema);
  const struct {
    std::string wire;
    std::string fault;
  } cases[] = {
      {std::string("\x00", 1), "at byte 1, a field has the number 0"},
      {std::string("\x02\x00", 2), "a field has the number 0"},
      {"\xff", "at byte 0, a tag is broken"},
      {"\x08", "at byte 1, t.Part.number is not a whole varint"},
      {"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "t.Part.number is not a whole varint"},
      {"\x15zz", "t.Part.four is cut short"},
      {"\x19zzzz", "t.Part.eight is cut short"},
      {"\x22\x05zz", "at byte 2, t.Part.text is cut short"},
      {"\x22", "t.Part.text is cut short"},
      {"\x2a\x02\x22\x05", "at byte 4, t.Part.text is cut short"},
      {"\x33", "the group 6 does not end"},
      {"\x33\x3c", "the group 7 ends, which is not open"},
      {"\x34", "the group 6 ends, which is not open"},
      {"\x2a\x01\x33", "the group 6 does not end"},
      {"\x0e", "t.Part.number has the wire type 6"},
      {"\xf8\x01", "the unknown field 31 is not a whole varint"},
      {"\xfa\x01\x05", "the unknown field 31 is cut short"},
      {"\x3a\x01\xff", "malformed"},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(FindWireFault(c.wire, 8, schema.Type("t.Part")).text, HasSubstr(c.fault))
        << c.fault;
  }
}

TEST(WireFault, EndsAtTheDepthThatIsAllowed) {
  const InlineSchema schema(kSchema);
  EXPECT_THAT(FindWireFault(std::string(50000, '\x33'), 8, schema.Type("t.Part")).text,
              HasSubstr("groups are nested too deep"));
  std::string nested;
  for (int i = 0; i < 9; ++i) nested = Delimited(5, nested);
  const WireFault fault = FindWireFault(nested, 8, schema.Type("t.Part"));
  EXPECT_THAT(fault.text, HasSubstr("nested too deep"));
  EXPECT_EQ(fault.kind, EventFault::kTooDeep);
}

// Whatever the parser refuses must be explained, and every prefix of a message is a case.
TEST(WireFault, ExplainsEveryPrefixThatDoesNotParse) {
  const InlineSchema schema(kSchema);
  const DynamicTypes types(schema.pool());
  const std::string wire = schema.Wire(
      "t.Part", "number: 300 four: 1 eight: 2 text: 'abc' part { text: 'x' part {} } Old {}");
  for (size_t size = 0; size < wire.size(); ++size) {
    const std::unique_ptr<google::protobuf::Message> message(
        types.Prototype(schema.Type("t.Part")).New());
    const absl::Status status = ParseStrictly(wire.substr(0, size), 8, *message);
    if (status.ok()) continue;
    EXPECT_THAT(std::string(status.message()), HasSubstr("does not parse: at byte")) << size;
  }
}

}  // namespace
}  // namespace sluice

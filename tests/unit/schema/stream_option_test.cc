// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/stream_option.h"

#include "gtest/gtest.h"
#include "tests/unit/schema/proto_texts.h"

namespace sluice {
namespace {

using google::protobuf::MethodOptions;

TEST(StreamOption, TellsBytesThatAreNoOptionFromThoseThatAre) {
  MethodOptions options;
  EXPECT_FALSE(HasUnreadStreamOption(options));
  options.mutable_unknown_fields()->AddLengthDelimited(50561, "\x08\x02");
  EXPECT_TRUE(HasUnreadStreamOption(options));
  EXPECT_FALSE(HasMalformedStreamOption(options));
  options.mutable_unknown_fields()->AddLengthDelimited(50561, "\x08");
  EXPECT_TRUE(HasMalformedStreamOption(options));
}

TEST(StreamOption, IsNotReadFromASchemaThatUsesItsNumberForSomethingElse) {
  const TempFolder folder(ProtoTexts{{"a.proto", R"(
      syntax = "proto3";
      import "google/protobuf/descriptor.proto";
      extend google.protobuf.MethodOptions { int32 mine = 50561; }
      message M {}
      service S { rpc Get(M) returns (stream M) { option (mine) = 7; } }
  )"}});
  const auto set = ServiceSet::FromProtoFiles({folder.path()}, {"a.proto"});
  ASSERT_EQ(ToText(set->problems()), "");
  ASSERT_EQ(set->services().size(), 1u);

  EXPECT_FALSE(IsStreamOptionOurs(*set->services()[0]->file()->pool()));
  EXPECT_EQ(StreamOptionOf(*set->services()[0]->method(0)).ByteSizeLong(), 0u);
}

}  // namespace
}  // namespace sluice

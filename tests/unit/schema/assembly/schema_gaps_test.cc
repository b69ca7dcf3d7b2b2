// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/assembly/schema_gaps.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/schema/assembly/loose_files.h"

namespace sluice {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

SchemaGaps GapsIn(const std::vector<std::string>& texts) {
  std::vector<LooseFile> files;
  for (const std::string& text : texts) files.push_back({.proto = LooseProto(text)});
  return FindGaps(files);
}

TEST(SchemaGaps, AreTheNamesThatMethodsNeedAndNobodyHas) {
  EXPECT_THAT(GapsIn({UserOf("v1.T")}).names,
              ElementsAre(ElementsAre("p.M.v1.T", "p.v1.T", "v1.T")));
  EXPECT_THAT(GapsIn({UserOf(".q.T")}).names, ElementsAre(ElementsAre("q.T")));
  EXPECT_THAT(GapsIn({UserOf(".q.T"), FileOf("t.proto", "q", "T", "x")}).names, IsEmpty());
  EXPECT_THAT(GapsIn({UserOf(".google.protobuf.Timestamp")}).names, IsEmpty());
}

TEST(SchemaGaps, AreNotWhatNoMethodNeeds) {
  EXPECT_THAT(
      GapsIn({FileWithMessage("") + "message_type { name: 'Unused' field { name: 'x' number:"
                                    " 1 type_name: '.gone.T' } }"})
          .names,
      IsEmpty());
}

TEST(SchemaGaps, AreExtensionsOfWhatMethodsNeed) {
  const SchemaGaps gaps = GapsIn(
      {"name: 'a.proto' package: 'p' message_type { name: 'M' extension_range { start: 1 end:"
       " 9 } } message_type { name: 'Unused' extension_range { start: 1 end: 9 } } service {"
       " name: 'S' method { name: 'Get' input_type: 'M' output_type: 'M' } } extension {"
       " name: 'x' number: 3 type: TYPE_INT32 extendee: 'M' }"});
  EXPECT_THAT(gaps.extendable, ElementsAre("p.M"));
  EXPECT_THAT(gaps.extensions, testing::Contains(Pair("p.M", 3)));
}

}  // namespace
}  // namespace sluice

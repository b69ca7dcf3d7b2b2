// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/assembly/pool_linker.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/schema/assembly/loose_files.h"

namespace sluice {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// What protobuf's linker refuses, and what of the message's own it names.
TEST(PoolLinker, LeavesOutWhatTheLinkerRefusesWithItsWords) {
  for (const auto& [fields, words] : std::vector<std::pair<std::string, std::string>>{
           {"field { name: 'a' number: 1 type: TYPE_INT32 } field { name: 'b' number: 1 type:"
            " TYPE_INT32 }",
            "Field number 1 has already been used"},
           {"field { name: 'a' number: 1 type: TYPE_INT32 } field { name: 'a' number: 2 type:"
            " TYPE_INT32 }",
            "p.Bad.a: its JSON name"},
           {"field { name: 'a' number: 0 type: TYPE_INT32 }", "positive integers"},
           {"field { name: 'a' number: 19001 type: TYPE_INT32 }", "reserved for the protocol"},
           {"field { name: 'a b' number: 1 type: TYPE_INT32 }", "is not a valid identifier"},
           {"field { name: '' number: 1 type: TYPE_INT32 }", "Missing name"},
           {"field { name: 'a' number: 1 type: TYPE_MESSAGE }", "p.Bad.a"},
           {"field { name: 'a' number: 1 type_name: 'E' } enum_type { name: 'E' }",
            "at least one value"}}) {
    const auto set = SetOfLoose(
        {absl::StrCat("name: 'a.proto' package: 'p' syntax: 'proto3' message_type { name: 'M' }"
                      " message_type { name: 'Bad' ",
                      fields, " } service { name: 'S' ", kGet,
                      " method { name: 'Bad' input_type: 'M' output_type: 'Bad' } }")});
    EXPECT_THAT(Skipped(*set), ElementsAre("p.S.Bad")) << fields << ToText(set->problems());
    EXPECT_THAT(ToText(set->problems()), HasSubstr(words));
    EXPECT_NE(AnswerOf(*set), nullptr);
  }
}

}  // namespace
}  // namespace sluice

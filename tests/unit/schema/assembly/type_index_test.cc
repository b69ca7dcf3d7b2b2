// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/assembly/type_index.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/schema/assembly/loose_files.h"

namespace sluice {
namespace {

TEST(TypeIndex, PrefersWhatIsImportedToWhatIsMerelyThere) {
  EXPECT_EQ(FirstTypeIn(*SetOfLoose({UserOf(".q.T", "dependency: 'z.proto'"),
                                     FileOf("b.proto", "q", "T", "first"),
                                     FileOf("z.proto", "q", "T", "imported")})),
            "z.proto:q.T:imported");
  EXPECT_EQ(FirstTypeIn(*SetOfLoose(
                {UserOf(".q.T", "dependency: 'y.proto'"), "name: 'y.proto' dependency: 'z.proto'",
                 FileOf("b.proto", "q", "T", "first"), FileOf("z.proto", "q", "T", "imported")})),
            "z.proto:q.T:imported");
}

TEST(TypeIndex, PrefersTheSchemasOwnVersionOfABundledType) {
  EXPECT_EQ(FirstTypeIn(*SetOfLoose({UserOf(".google.rpc.Status"),
                                     FileOf("other.proto", "google.rpc", "Status", "mine")})),
            "other.proto:google.rpc.Status:mine");
}

TEST(TypeIndex, TakesATypeFromAFileOfAnotherNameThanIsImported) {
  const auto set = SetOfLoose(
      {UserOf(".q.T", "dependency: 'example.com/q/t.proto'"), FileOf("t.proto", "q", "T", "x")});
  EXPECT_EQ(FirstTypeIn(*set), "t.proto:q.T:x");
  EXPECT_EQ(ToText(set->problems()), "");
}

}  // namespace
}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "gateway/server/reflection_metadata.h"

#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

using sluice::config::v1::Schema;
using testing::ElementsAre;
using testing::Pair;

class ReflectionMetadata : public testing::Test {
 protected:
  ReflectionMetadata() : path_(absl::StrCat(testing::TempDir(), "/metadata_", getpid())) {}
  ~ReflectionMetadata() override { std::filesystem::remove(path_); }

  Schema FromFile(const std::string& bytes) {
    std::ofstream(path_, std::ios::binary) << bytes;
    Schema schema;
    (*schema.mutable_metadata())["authorization"].set_file(path_);
    return schema;
  }
  static std::string Wrong(const Schema& schema) {
    return std::string(MetadataOf("main", schema).status().message());
  }

  const std::string path_;
};

TEST_F(ReflectionMetadata, IsSortedAndInLowerCase) {
  Schema schema;
  (*schema.mutable_metadata())["X-Tenant"].set_value("a");
  (*schema.mutable_metadata())["authorization"].set_value("Bearer b");
  const auto pairs = MetadataOf("main", schema);
  ASSERT_TRUE(pairs.ok()) << pairs.status();
  EXPECT_THAT(*pairs, testing::UnorderedElementsAre(Pair("x-tenant", "a"),
                                                    Pair("authorization", "Bearer b")));
}

TEST_F(ReflectionMetadata, IsReadFromAFileWithoutItsLineBreak) {
  for (const char* text : {"Bearer x", "Bearer x\n", "Bearer x\r\n"}) {
    const auto pairs = MetadataOf("main", FromFile(text));
    ASSERT_TRUE(pairs.ok()) << pairs.status();
    EXPECT_THAT(*pairs, ElementsAre(Pair("authorization", "Bearer x")));
  }
}

TEST_F(ReflectionMetadata, NamesTheKeyAndTheFileAndNeverTheValue) {
  const std::string key = "upstreams.main.schema.metadata.authorization: ";
  EXPECT_TRUE(absl::StartsWith(Wrong(FromFile("Bearer\x01secret")), key));
  EXPECT_FALSE(absl::StrContains(Wrong(FromFile("Bearer\x01secret")), "secret"));
  const Schema schema = FromFile("x");
  std::filesystem::remove(path_);
  EXPECT_EQ(Wrong(schema), absl::StrCat(key, path_, ": there is no such file"));
  EXPECT_FALSE(MetadataOf("main", FromFile(std::string(70'000, 'x'))).ok());
}

}  // namespace
}  // namespace sluice

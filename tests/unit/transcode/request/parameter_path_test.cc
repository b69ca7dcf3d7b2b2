// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/request/parameter_path.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/transcode/inline_schema.h"

namespace sluice {
namespace {

using ::testing::HasSubstr;

constexpr char kSchema[] = R"(
  syntax = "proto2";
  package t;
  import "google/protobuf/any.proto";
  import "google/protobuf/struct.proto";
  import "google/protobuf/timestamp.proto";
  import "google/protobuf/wrappers.proto";
  message Filter {
    optional string member_id = 1; optional Filter inner = 2; map<string, string> labels = 3;
    extensions 100 to 199;
  }
  message Watch {
    optional string symbol = 1; repeated string tags = 2; optional Filter filter = 3;
    map<string, string> labels = 4; map<string, Filter> filters = 5; map<int32, string> names = 6;
    optional google.protobuf.Struct meta = 7; optional google.protobuf.Timestamp since = 8;
    optional google.protobuf.Any any = 9; repeated Filter more = 10;
    map<string, google.protobuf.Struct> metas = 11; repeated google.protobuf.Struct list = 12;
    optional google.protobuf.Value value = 13; optional google.protobuf.Int64Value limit = 14;
    extensions 100 to 199;
  }
  extend Watch { optional int32 level = 100; optional Filter extra = 101; }
  extend Filter { optional string note = 100; }
)";

class ParameterPathTest : public ::testing::Test {
 protected:
  // `filters(a).member_id`: each field, and each key in parentheses; or the error.
  std::string Read(absl::string_view name, int max_depth = 64) const {
    const absl::StatusOr<ParameterPath> path =
        ParameterPath::Resolve(schema_.Type("t.Watch"), name, max_depth);
    if (!path.ok()) {
      EXPECT_EQ(path.status().code(), absl::StatusCode::kInvalidArgument);
      return std::string(path.status().message());
    }
    std::string text;
    for (const ParameterPath::Step& step : path->steps()) {
      absl::StrAppend(&text, text.empty() ? "" : ".", step.field->name());
      if (step.key.has_value()) absl::StrAppend(&text, "(", *step.key, ")");
    }
    return text;
  }

  const InlineSchema schema_{kSchema};
};

TEST_F(ParameterPathTest, FollowsProtoNamesAndJsonNames) {
  EXPECT_EQ(Read("symbol"), "symbol");
  EXPECT_EQ(Read("filter.inner.memberId"), "filter.inner.member_id");
  EXPECT_EQ(Read("filter.inner.member_id"), "filter.inner.member_id");
  EXPECT_EQ(Read("labels"), "labels");
  EXPECT_EQ(Read("meta"), "meta");
}

TEST_F(ParameterPathTest, TakesAnyTextForTheKeyOfAnEntry) {
  EXPECT_EQ(Read("labels[env]"), "labels(env)");
  EXPECT_EQ(Read("labels[]"), "labels()");
  EXPECT_EQ(Read("labels[a.b]"), "labels(a.b)");
  EXPECT_EQ(Read("labels[a]b]"), "labels(a]b)");
  EXPECT_EQ(Read("labels[a].b]"), "labels(a].b)");
  EXPECT_EQ(Read("labels[[a]]"), "labels([a])");
  EXPECT_EQ(Read("labels[ä ]"), "labels(ä )");
  EXPECT_EQ(Read("names[-7]"), "names(-7)");
  EXPECT_EQ(Read("filter.labels[x]"), "filter.labels(x)");
}

TEST_F(ParameterPathTest, GoesOnInTheMessageOfAnEntry) {
  EXPECT_EQ(Read("filters[a]"), "filters(a)");
  EXPECT_EQ(Read("filters[a].member_id"), "filters(a).member_id");
  EXPECT_EQ(Read("filters[a.b].inner.labels[c].d]"), "filters(a.b).inner.labels(c].d)");
  EXPECT_EQ(Read("filters[a]b].member_id"), "filters(a]b).member_id");
  EXPECT_EQ(Read("filters[a]b]"), "filters(a]b)");
}

TEST_F(ParameterPathTest, TakesAStructForAMap) {
  EXPECT_EQ(Read("meta[a.b]"), "meta.fields(a.b)");
  EXPECT_EQ(Read("metas[a]"), "metas(a)");
  EXPECT_THAT(Read("list[a]"), HasSubstr("\"list\" is a list, which has no keys"));
}

TEST_F(ParameterPathTest, FindsExtensionsInBrackets) {
  EXPECT_EQ(Read("[t.level]"), "level");
  EXPECT_EQ(Read("[t.extra].inner.member_id"), "extra.inner.member_id");
  EXPECT_EQ(Read("filter.[t.note]"), "filter.note");
  EXPECT_EQ(Read("filters[a].[t.note]"), "filters(a).note");
  EXPECT_EQ(Read("[t.extra].labels[k]"), "extra.labels(k)");
  EXPECT_THAT(Read("[t.note]"), HasSubstr("no extension \"[t.note]\" of t.Watch"));
  EXPECT_THAT(Read("[t.level"), HasSubstr("no extension"));
  EXPECT_THAT(Read("[]"), HasSubstr("no extension"));
}

TEST_F(ParameterPathTest, RefusesWhatLeadsNowhere) {
  const struct {
    std::string name;
    std::string fault;
  } cases[] = {
      {"", "the field path is empty"},
      {".", "no field \"\""},
      {"filter.", "no field \"\" in t.Filter"},
      {"[t.extra].", "the field path is empty"},
      {"filters[a].", "the field path is empty"},
      {"filter..[t.note]", "no field \"\" in t.Filter"},
      {"filters[a].membr_id", "did you mean \"member_id\"?"},
      {"labls[a]", "did you mean \"labels\"?"},
      {"labels.a", "is a map, so \"a\" cannot follow it"},
      {"labels.[a]", "\"labels\" is a map; name an entry of it, such as \"labels[key]\""},
      {"labels[a", "the key after \"labels\" must end with \"]\""},
      {"labels[a].x", "must end with \"]\", and nothing can follow it"},
      {"labels[a][b", "must end with \"]\""},
      {"filters[a", "must end with \"]\""},
      {"filters[a]x", "must end with \"]\""},
      {"tags[]", "\"tags\" is a list, which has no keys; give the parameter once for each value"},
      {"tags[0]", "\"tags\" is a list"},
      {"more[0].member_id", "\"more\" is a list"},
      {"symbol[a]", "\"symbol\" is no map"},
      {"filter[member_id]", "\"filter\" is no map"},
      {"value[a]", "\"value\" is no map"},
      {"any[@type]", "\"any\" is no map"},
      {"[t.level][a]", "\"[t.level]\" is no map"},
      {"[t.level]x", "a dot must follow \"[t.level]\""},
  };
  for (const auto& c : cases) EXPECT_THAT(Read(c.name), HasSubstr(c.fault)) << c.name;
}

TEST_F(ParameterPathTest, LeavesTypesWhole) {
  for (const char* name : {"since.seconds", "any.type_url", "limit.value", "value.string_value",
                           "meta.fields", "meta.fields[a]"}) {
    EXPECT_THAT(Read(name), HasSubstr("whose parts cannot be set one by one")) << name;
  }
}

TEST_F(ParameterPathTest, CountsEntriesAsMessages) {
  EXPECT_EQ(Read("filter.member_id", 2), "filter.member_id");
  EXPECT_THAT(Read("filter.inner.member_id", 2), HasSubstr("more than 2 parts"));
  EXPECT_EQ(Read("labels[a]", 2), "labels(a)");
  EXPECT_THAT(Read("filters[a].member_id", 2), HasSubstr("more than 2 parts"));
  EXPECT_EQ(Read("filters[a].member_id", 3), "filters(a).member_id");
  std::string deep = "filters[a]";
  for (int i = 0; i < 5000; ++i) absl::StrAppend(&deep, ".inner");
  EXPECT_THAT(Read(deep), HasSubstr("is longer than 1024 bytes"));
}

}  // namespace
}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "gateway/route/option_reader.h"

#include "gtest/gtest.h"
#include "tests/unit/route/route_schema.h"

namespace sluice {
namespace {

class PolicyCheckTest : public testing::Test {
 protected:
  PolicyCheckTest() {
    merge_.Add(method_.full_name, Options("endless: true"));
    merge_.Add("sluice.yaml:3:5", Options("id_field: 'id'"));
  }

  const std::shared_ptr<const Catalog> catalog_ = CatalogOf(kRouteSchema);
  const Method& method_ = MethodOf(*catalog_, "demo.v1.Ticker.Watch");
  StreamMerge merge_;
  Problems problems_;
  OptionReader check_{method_, merge_, problems_};
};

TEST_F(PolicyCheckTest, BlamesTheMethodForWhatItsOptionSays) {
  check_.Report("endless", "is wrong");
  check_.Report("retry", "is wrong");
  EXPECT_EQ(problems_, (Problems{{"demo.v1.Ticker.Watch", "endless: is wrong"},
                                 {"demo.v1.Ticker.Watch", "retry: is wrong"}}));
}

TEST_F(PolicyCheckTest, BlamesTheRuleForWhatItSays) {
  check_.Report("id_field", "is wrong");
  EXPECT_EQ(problems_, (Problems{{"sluice.yaml:3:5", "demo.v1.Ticker.Watch: id_field: is wrong"}}));
}

TEST_F(PolicyCheckTest, TakesDurationsWithinARange) {
  google::protobuf::Duration value;
  value.set_seconds(2);
  const OptionReader::Range range = {absl::Seconds(1), absl::Seconds(2)};
  EXPECT_EQ(check_.TakeDuration("retry", value, range), absl::Seconds(2));
  value.set_nanos(1);
  EXPECT_EQ(check_.TakeDuration("retry", value, range), absl::ZeroDuration());
  EXPECT_EQ(problems_.size(), 1u);
}

TEST_F(PolicyCheckTest, KnowsWhatEachPathMayLeadTo) {
  struct Case {
    const char* path;
    OptionReader::Target target;
    bool good;
  };
  using Target = OptionReader::Target;
  const Case cases[] = {
      {"symbol", Target::kId, true},        {"cursor", Target::kId, true},
      {"side", Target::kId, true},          {"flag", Target::kId, false},
      {"symbol", Target::kResume, true},    {"last_event_id", Target::kResume, true},
      {"side", Target::kResume, false},     {"tags", Target::kResume, false},
      {"flag", Target::kKey, true},         {"meta", Target::kKey, false},
      {"tags", Target::kAnything, true},    {"labels", Target::kAnything, true},
      {"meta.id", Target::kAnything, true}, {"none", Target::kAnything, false},
  };
  for (const Case& one : cases) {
    const FieldPath path =
        check_.TakePath("x", *method_.descriptor->input_type(), one.path, one.target);
    EXPECT_EQ(!path.empty(), one.good) << one.path;
  }
}

}  // namespace
}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/plan/plan_cache.h"

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/unit/transcode/plan/printed.h"

namespace sluice {
namespace {

constexpr char kSchema[] = R"(
  syntax = "proto3";
  package t;
  enum Color { NO_COLOR = 0; RED = 1; }
  message All {
    int64 a_number = 1; Color color = 2; optional int32 maybe = 3; repeated int32 list = 4;
    map<int32, int64> map = 5; string text = 6; All all = 7; bool yes = 8;
    oneof pick { string picked = 9; int32 other = 10; } uint32 far = 300000;
  })";

TEST(PlanCache, MakesOnePlanForATypeThatHoldsItself) {
  const Printed printed(kSchema);
  const MessagePlan& plan = printed.Plan("t.All");
  EXPECT_EQ(&printed.Plan("t.All"), &plan);
  EXPECT_EQ(plan.fields[plan.IndexOfNumber(7) - 1].message, &plan);
}

TEST(PlanCache, FindsFieldsBySmallAndLargeNumbers) {
  const Printed printed(kSchema);
  const MessagePlan& plan = printed.Plan("t.All");
  EXPECT_EQ(plan.IndexOfNumber(11), 0u);
  EXPECT_EQ(plan.fields[plan.IndexOfNumber(300000) - 1].descriptor->name(), "far");
  EXPECT_EQ(plan.IndexOfNumber(300001), 0u);
  EXPECT_EQ(plan.IndexOf(4 << 3 | kWireLength), plan.IndexOf(4 << 3 | kWireVarint));
  EXPECT_EQ(plan.IndexOf(6 << 3 | kWireVarint), 0u);
}

TEST(PlanCache, GivesTheMembersOfAOneofOneSlot) {
  const Printed printed(kSchema);
  const MessagePlan& plan = printed.Plan("t.All");
  const auto slot = [&](uint32_t number) {
    return plan.fields[plan.IndexOfNumber(number) - 1].slot;
  };
  EXPECT_EQ(slot(9), slot(10));
  EXPECT_NE(slot(3), slot(9));
}

TEST(PlanCache, LeavesTooManyFieldsToTheSecondLook) {
  std::string text = "syntax = 'proto3'; package t; message Wide {";
  for (int i = 1; i <= 257; ++i) absl::StrAppend(&text, "int32 f", i, " = ", i, ";");
  const Printed printed(text + "}");
  EXPECT_TRUE(printed.Plan("t.Wide").second_look_only);
  EXPECT_EQ(printed.Of("t.Wide", ""), "second look");
}

TEST(PlanCache, WritesNamesAndNumbersAsTheOptionsSay) {
  const char* text = "a_number: 7 color: RED map { key: 1 value: 2 }";
  EXPECT_EQ(Printed(kSchema, {.proto_names = true}).OfText("t.All", text),
            R"({"a_number":"7","color":"RED","map":{"1":"2"}})");
  EXPECT_EQ(Printed(kSchema, {.enums_as_numbers = true}).OfText("t.All", text),
            R"({"aNumber":"7","color":1,"map":{"1":"2"}})");
  EXPECT_EQ(Printed(kSchema, {.numbers_64 = true}).OfText("t.All", text),
            R"({"aNumber":7,"color":"RED","map":{"1":2}})");
}

TEST(PlanCache, WritesDefaultsWhereTheyAreWanted) {
  const Printed printed(kSchema, {.default_values = true});
  EXPECT_EQ(
      printed.OfText("t.All", "text: 'x'"),
      R"({"text":"x","aNumber":"0","color":"NO_COLOR","list":[],"map":{},"yes":false,"far":0})");
  EXPECT_EQ(printed.Of("t.All", {"\x08\x00\x22\x00", 4}).substr(0, 14), R"({"aNumber":"0")");
}

TEST(PlanCache, FindsTypesByUrlFromManyThreads) {
  const Printed printed(kSchema);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&printed] {
      for (int round = 0; round < 500; ++round) {
        const MessagePlan* plan =
            printed.book().FindByUrl(absl::StrCat("host", round % 100, "/t.All"));
        ASSERT_NE(plan, nullptr);
        EXPECT_EQ(plan->type->full_name(), "t.All");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(printed.book().FindByUrl("t.All"), nullptr);
  EXPECT_EQ(printed.book().FindByUrl("x/t.None"), nullptr);
}

}  // namespace
}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
// What a service does wrong is in the log at a level that an operator sees, and never floods it.
#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "services/demo_server.h"
#include "tests/support/http_answer.h"
#include "tests/support/serving_process.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

using Json = nlohmann::json;

class ServiceLog : public testing::Test {
 protected:
  ServiceLog()
      : service_(*demo::DemoServer::Start({})), gateway_({"--upstream", service_->target()}) {}

  void Read(const std::string& target) {
    HttpAnswer answer(gateway_.port(), {.target = target});
    answer.ReadBody();
  }

  // Every warning of the gateway so far, once one has come that has this in it.
  std::vector<Json> Warnings(const std::string& until) {
    EXPECT_TRUE(gateway_.process().WaitForOutput(until)) << gateway_.process().output();
    std::vector<Json> found;
    std::vector<std::string> lines = absl::StrSplit(gateway_.process().output(), '\n');
    lines.pop_back();
    for (const std::string& line : lines) {
      Json json = Json::parse(line, nullptr, false);
      if (json.is_object() && json["level"] == "warning") found.push_back(std::move(json));
    }
    return found;
  }

  std::unique_ptr<demo::DemoServer> service_;
  ServingProcess gateway_;
};

TEST_F(ServiceLog, HasAnRpcThatEndedWithAnErrorOnce) {
  for (int i = 0; i < 5; ++i) Read("/demo.v1.Faults/Run?code=14&message=busy");
  Read("/demo.v1.Faults/Slow?code=9&message=no");
  const std::vector<Json> warnings = Warnings("\"detail\":\"no\"");
  ASSERT_EQ(warnings.size(), 2u) << gateway_.process().output();
  EXPECT_EQ(warnings[0]["message"], "an RPC ended with an error");
  EXPECT_EQ(warnings[0]["method"], "demo.v1.Faults.Run");
  EXPECT_EQ(warnings[0]["code"], "UNAVAILABLE");
  EXPECT_EQ(warnings[0]["detail"], "busy");
  EXPECT_EQ(warnings[1]["method"], "demo.v1.Faults.Slow");
  EXPECT_EQ(warnings[1]["code"], "FAILED_PRECONDITION");
}

TEST_F(ServiceLog, SaysWhichFieldOfAnEventIsWrongAndAtWhichByte) {
  Read("/demo.v1.Faults/Run?count=3&malformed_at=2&fault=UTF8");
  Read("/demo.v1.Faults/Run?count=3&malformed_at=2&fault=UTF8");
  Read("/demo.v1.Faults/Run?count=3&malformed_at=2&fault=VALUE");
  const std::vector<Json> warnings = Warnings("a value holds nothing");
  ASSERT_EQ(warnings.size(), 2u) << gateway_.process().output();
  EXPECT_EQ(warnings[0]["kind"], "not_utf8");
  EXPECT_EQ(warnings[0]["method"], "demo.v1.Faults.Run");
  EXPECT_TRUE(absl::StrContains(warnings[0]["message"].get<std::string>(),
                                "at byte 4, demo.v1.FaultsEvent.payload is not valid UTF-8"))
      << warnings[0];
  EXPECT_EQ(warnings[1]["kind"], "value");
}

}  // namespace
}  // namespace sluice

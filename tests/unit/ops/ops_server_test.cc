// SPDX-License-Identifier: Apache-2.0
#include "gateway/ops/ops_server.h"

#include <httplib.h>

#include <atomic>

#include "gtest/gtest.h"

namespace sluice {
namespace {

class OpsServerTest : public testing::Test {
 protected:
  OpsServerTest()
      : server_(*OpsServer::Start({}, {.live =
                                           [] {
                                             return OpsServer::Answer{true, R"({"live":true})"};
                                           },
                                       .ready =
                                           [this] {
                                             return OpsServer::Answer{
                                                 ready_, ready_ ? R"({"ready":true})"
                                                                : R"({"ready":false})"};
                                           },
                                       .status =
                                           [] {
                                             return OpsServer::Answer{true, R"({"topics":[]})"};
                                           }})),
        operator_("127.0.0.1", server_->port()) {}

  std::atomic<bool> ready_{false};
  std::unique_ptr<OpsServer> server_;
  httplib::Client operator_;
};

TEST_F(OpsServerTest, AnswersWhatTheProbesSay) {
  EXPECT_EQ(operator_.Get("/livez")->status, 200);
  EXPECT_EQ(operator_.Get("/livez")->body, R"({"live":true})");
  EXPECT_EQ(operator_.Get("/readyz")->status, 503);
  EXPECT_EQ(operator_.Get("/readyz")->body, R"({"ready":false})");
  ready_ = true;
  EXPECT_EQ(operator_.Get("/readyz")->status, 200);
  EXPECT_EQ(operator_.Get("/readyz")->get_header_value("Content-Type"), "application/json");
  EXPECT_EQ(operator_.Get("/status")->body, R"({"topics":[]})");
}

TEST_F(OpsServerTest, SaysWhatThereIs) {
  EXPECT_EQ(operator_.Get("/")->status, 404);
  EXPECT_NE(operator_.Get("/")->body.find("GET /readyz"), std::string::npos);
  EXPECT_EQ(operator_.Post("/livez")->status, 405);
  EXPECT_EQ(operator_.Post("/livez")->get_header_value("Allow"), "GET, HEAD");
}

TEST_F(OpsServerTest, RefusesAPortThatIsTaken) {
  const auto second = OpsServer::Start({.host = "127.0.0.1", .port = server_->port()}, {});
  ASSERT_FALSE(second.ok());
  EXPECT_NE(std::string(second.status().message()).find("cannot be listened on"),
            std::string::npos);
}

}  // namespace
}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
// A service that is asked for its schema is served as soon as it answers, whatever the others do.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/base/loop/fd.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

// An address at which nobody listens now.
std::string FreeTarget() { return (*demo::DemoServer::Start({}))->target(); }

bool Serves(const TestGateway& gateway, const std::string& path) {
  HttpAnswer answer(gateway.port(), {.target = path});
  const std::optional<ReceivedEvent> first = answer.NextEvent();
  return first.has_value() && first->name == "stream-open";
}

TEST(LateSchema, ThatIsRefusedLeavesThoseThatAreServed) {
  const std::string late = FreeTarget();
  TestGateway gateway({.yaml = absl::StrCat("upstreams:\n"
                                            "  main: {services: [demo.v1.Clock]}\n"
                                            "  late: {target: \"",
                                            late,
                                            "\", services: [demo.v1.Ticker]}\n"
                                            "routes: [{selector: demo.v1.Typo.*}]\n")});
  const auto service = demo::DemoServer::Start({.listen = late});
  ASSERT_TRUE(
      Eventually([&] { return absl::StrContains(gateway.Page("/status"), "matches no method"); },
                 absl::Seconds(20)));
  EXPECT_TRUE(Serves(gateway, "/demo.v1.Clock/Watch"));
  gateway.StopService();
  EXPECT_FALSE(
      Eventually([&] { return Serves(gateway, "/demo.v1.Ticker/Watch"); }, absl::Seconds(2)));
  gateway.StartService();
  EXPECT_TRUE(
      Eventually([&] { return Serves(gateway, "/demo.v1.Clock/Watch"); }, absl::Seconds(20)));
}

// Takes connections and says nothing.
class SilentService final {
 public:
  SilentService() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(fd_.get(), any, size), 0);
    EXPECT_EQ(::listen(fd_.get(), 64), 0);
    EXPECT_EQ(::getsockname(fd_.get(), any, &size), 0);
    target_ = absl::StrCat("127.0.0.1:", ntohs(address.sin_port));
  }
  const std::string& target() const { return target_; }

 private:
  Fd fd_;
  std::string target_;
};

TEST(LateSchema, OfAServiceThatAnswersDoesNotWaitForThoseThatSayNothing) {
  const SilentService silent;
  std::string upstreams = "upstreams:\n";
  for (int i = 0; i < 6; ++i) {
    absl::StrAppend(&upstreams, "  silent", i, ": {target: \"", silent.target(), "\"}\n");
  }
  const absl::Time begin = absl::Now();
  TestGateway gateway({.yaml = upstreams});
  EXPECT_LT(absl::Now() - begin, absl::Seconds(5));
  EXPECT_TRUE(Serves(gateway, "/demo.v1.Clock/Watch"));
  EXPECT_TRUE(gateway.Reload(upstreams));
  EXPECT_LT(absl::Now() - begin, absl::Seconds(20));
}

}  // namespace
}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
// A browser that goes away takes its RPC with it within a second; one that only closes its sending
// side does not.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

constexpr char kSilent[] = "/demo.v1.Faults/Run?send_headers=true&silence_before=60s";

bool OneStreamIsOpen(TestGateway& gateway) {
  return Eventually([&] { return gateway.service().open_streams() == 1; });
}

TEST(Departure, AResetCancelsTheRpc) {
  TestGateway gateway;
  HttpAnswer answer(gateway.port(), {.target = kSilent});
  ASSERT_EQ(answer.status(), 200);
  ASSERT_TRUE(OneStreamIsOpen(gateway));
  answer.peer().Reset();
  EXPECT_TRUE(gateway.WaitUntilNoStreams(absl::Seconds(1)));
}

TEST(Departure, AClosedConnectionCancelsTheRpcThoughTheStreamIsSilent) {
  TestGateway gateway;
  HttpAnswer answer(gateway.port(), {.target = kSilent});
  ASSERT_EQ(answer.status(), 200);
  ASSERT_TRUE(OneStreamIsOpen(gateway));
  answer.peer().Close();
  EXPECT_TRUE(gateway.WaitUntilNoStreams(absl::Seconds(1)));
}

TEST(Departure, BeforeTheHeadCancelsTheRpc) {
  TestGateway gateway({.yaml = "limits: {open_grace: 60s}\n"});
  HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Faults/Run?hang=true"});
  ASSERT_TRUE(OneStreamIsOpen(gateway));
  answer.peer().Reset();
  EXPECT_TRUE(gateway.WaitUntilNoStreams(absl::Seconds(1)));
}

TEST(Departure, AHalfClosedBrowserStillListens) {
  TestGateway gateway;
  HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Faults/Run?count=3&silence_between=0.1s"
                                               "&silence_before=0.3s&send_headers=true"});
  ASSERT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.NextEvent()->name, "stream-open");
  answer.peer().CloseSendingSide();
  const std::string body = answer.ReadBody();
  EXPECT_TRUE(absl::StrContains(body, "\n\n:\nevent: FaultsEvent\n")) << body;
  EXPECT_TRUE(absl::StrContains(body, "event: stream-end\n")) << body;
}

TEST(Departure, AHalfCloseBeforeTheHeadIsAnsweredAfterIt) {
  TestGateway gateway;
  HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Faults/Run?count=1&silence_before=0.4s"});
  answer.peer().CloseSendingSide();
  const std::string body = answer.ReadBody();
  EXPECT_TRUE(absl::StrContains(body, "\"resume\":\"fresh\"}\n\n:\nevent: FaultsEvent\n")) << body;
}

TEST(Departure, OnNdjsonAHalfCloseIsTheDeparture) {
  TestGateway gateway;
  HttpAnswer answer(gateway.port(), {.target = absl::StrCat(kSilent, "&alt=ndjson")});
  ASSERT_EQ(answer.status(), 200);
  ASSERT_TRUE(OneStreamIsOpen(gateway));
  answer.peer().CloseSendingSide();
  EXPECT_TRUE(gateway.WaitUntilNoStreams(absl::Seconds(1)));
}

TEST(Departure, CancelsAUnaryCallToo) {
  TestGateway gateway;
  for (const bool reset : {true, false}) {
    HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Faults/Slow?delay=30s"});
    ASSERT_TRUE(Eventually([&] { return gateway.service().open_unary() == 1; }));
    if (reset) {
      answer.peer().Reset();
    } else {
      answer.peer().CloseSendingSide();
    }
    EXPECT_TRUE(Eventually([&] { return gateway.service().open_unary() == 0; }, absl::Seconds(1)));
  }
}

TEST(Departure, LeavesNothingBehind) {
  TestGateway gateway;
  {
    HttpAnswer warm(gateway.port(), {.target = "/demo.v1.Faults/Run?count=1"});
    warm.WaitForEnd();
  }
  const int descriptors = OpenDescriptors();
  for (int i = 0; i < 50; ++i) {
    HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Faults/Run?rate=100"});
    ASSERT_EQ(answer.status(), 200);
    if (i % 2 == 0) answer.peer().Reset();
  }
  EXPECT_TRUE(gateway.WaitUntilNoStreams());
  EXPECT_TRUE(Eventually([&] { return OpenDescriptors() <= descriptors; }))
      << OpenDescriptors() << " now, before " << descriptors;
}

}  // namespace
}  // namespace sluice

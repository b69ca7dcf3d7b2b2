// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/request_record.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/base/observe/log.h"
#include "gtest/gtest.h"
#include "tests/unit/relay/relay_harness.h"
#include "tests/unit/relay/shared/shared_harness.h"

namespace sluice {
namespace {

using testing::internal::CaptureStderr;
using testing::internal::GetCapturedStderr;

constexpr char kTrace[] =
    "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n";

class RequestRecordTest : public testing::Test {
 protected:
  RequestRecordTest() {
    CaptureStderr();
    StartLog({});
  }
  ~RequestRecordTest() override { StartLog({.level = LogLevel::kOff}); }

  static std::string Lines() {
    FlushLog(absl::Seconds(5));
    return GetCapturedStderr();
  }

  const MethodCounts& Counts(const std::string& method = "t.Feed.Watch") {
    return harness_.metrics().Method(method, MethodMeter::Kind::kStream).OnLoop(0);
  }
  int64_t Ended(StreamEnd end) { return Counts().ended[static_cast<size_t>(end)].value(); }

  RelayHarness harness_;
};

TEST_F(RequestRecordTest, LogsAStreamWhenItOpensAndWhenItEnds) {
  harness_.Get("/t.Feed/Watch?name=secret", absl::StrCat("X-Request-Id: r\"1\r\n", kTrace));
  harness_.TellHeaders();
  harness_.Pass(absl::Milliseconds(1500));
  harness_.TellTick("7", "x");
  harness_.TellEnd({});
  harness_.Got();
  const std::string lines = Lines();
  EXPECT_TRUE(absl::StrContains(
      lines,
      "\"message\":\"stream opened\",\"method\":\"t.Feed.Watch\",\"status\":200,\"peer\":"
      "\"192.0.2.7\",\"request_id\":\"r\\\"1\",\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\"}"))
      << lines;
  EXPECT_TRUE(absl::StrContains(
      lines,
      "\"message\":\"stream ended\",\"method\":\"t.Feed.Watch\",\"status\":200,\"reason\":\"ok\","
      "\"code\":\"OK\",\"events\":1,\"bytes\":41,\"duration_seconds\":1.500000,"
      "\"first_event_seconds\":1.500000,\"peer\":"))
      << lines;
  EXPECT_FALSE(absl::StrContains(lines, "secret")) << lines;
}

TEST_F(RequestRecordTest, LogsARefusedRequestWithoutItsQuery) {
  harness_.Get("/no/such?token=secret");
  const std::string lines = Lines();
  EXPECT_TRUE(absl::StrContains(lines,
                                "\"message\":\"request refused\",\"verb\":\"GET\",\"path\":\"/no/"
                                "such\",\"status\":404,\"reason\":\"unknown_path\",\"peer\""))
      << lines;
  EXPECT_FALSE(absl::StrContains(lines, "secret")) << lines;
}

TEST_F(RequestRecordTest, IgnoresATraceparentThatIsNone) {
  harness_.Get("/no/such",
               "traceparent: 00-zzf7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n");
  EXPECT_FALSE(absl::StrContains(Lines(), "trace_id"));
}

TEST_F(RequestRecordTest, CountsWhatGoesThrough) {
  harness_.Get("/t.Feed/Watch");
  EXPECT_EQ(Counts().opened.value(), 1);
  harness_.TellTick("7", "x");
  harness_.TellTick("8", "x");
  harness_.TellEnd({.code = absl::StatusCode::kNotFound});
  harness_.Got();
  EXPECT_EQ(Counts().events.value(), 2);
  EXPECT_EQ(Counts().bytes.value(), 82);
  EXPECT_EQ(Counts().first_event_micros.count(0), 1);
  EXPECT_EQ(Counts().calls[5].value(), 1);
  EXPECT_EQ(Ended(StreamEnd::kFailed), 1);
  EXPECT_EQ(harness_.relay().meter().log_bytes_held.value(), 0);
  Lines();
}

TEST_F(RequestRecordTest, TellsABrowserThatLeftFromAServiceThatRefuses) {
  harness_.Get("/t.Feed/Watch");
  harness_.TellEnd({.code = absl::StatusCode::kNotFound});
  EXPECT_EQ(Ended(StreamEnd::kRefused), 1);
  harness_.Get("/t.Feed/Watch");
  harness_.TellHeaders();
  harness_.Leave();
  EXPECT_EQ(Ended(StreamEnd::kGone), 1);
  EXPECT_EQ(Counts().calls[1].value(), 1);  // cancelled
  const std::string lines = Lines();
  EXPECT_TRUE(absl::StrContains(lines, "\"status\":404,\"reason\":\"refused\"")) << lines;
  EXPECT_TRUE(absl::StrContains(lines, "\"reason\":\"gone\",\"code\":\"CANCELLED\"")) << lines;
}

TEST_F(RequestRecordTest, AUnaryCallIsOneLine) {
  harness_.Get("/t.Feed/Get");
  harness_.TellTick("7", "x");
  harness_.TellEnd({});
  harness_.Got();
  const std::string lines = Lines();
  EXPECT_TRUE(absl::StrContains(lines, "\"message\":\"call ended\",\"method\":\"t.Feed.Get\""))
      << lines;
  EXPECT_FALSE(absl::StrContains(lines, "opened")) << lines;
}

class SharedRecordTest : public RequestRecordTest {
 protected:
  const MethodCounts& SharedCounts(SharedHarness& harness, size_t loop = 0) {
    return harness.metrics().Method("t.Feed.Watch", MethodMeter::Kind::kStream).OnLoop(loop);
  }
};

TEST_F(SharedRecordTest, CountsAndLogsEachBrowserOfASharedStream) {
  SharedHarness harness("share {}");
  auto first = harness.Open({.headers = absl::StrCat("X-Request-Id: r1\r\n", kTrace)});
  auto second = harness.Open({.headers = "X-Request-Id: r2\r\n"});
  harness.TellHeaders();
  harness.Pass(absl::Milliseconds(1500));
  harness.TellTick("7", "x");
  harness.TellTick("8", "y");
  harness.Got(*first);
  harness.Got(*second);
  EXPECT_EQ(SharedCounts(harness).opened.value(), 2);
  EXPECT_EQ(SharedCounts(harness).events.value(), 4);
  EXPECT_EQ(SharedCounts(harness).first_event_micros.sum(), 2 * 1'500'000);
  const int64_t bytes = SharedCounts(harness).bytes.value();
  harness.TellEnd({});
  harness.Got(*first);
  harness.Got(*second);
  EXPECT_EQ(SharedCounts(harness).ended[static_cast<size_t>(StreamEnd::kOk)].value(), 2);
  EXPECT_EQ(SharedCounts(harness).calls[0].value(), 1);
  const std::string lines = Lines();
  for (const std::string& words :
       {std::string("\"message\":\"stream opened\",\"method\":\"t.Feed.Watch\",\"status\":200,"
                    "\"peer\":\"192.0.2.7\",\"request_id\":\"r1\",\"trace_id\":\"0af7651916cd43dd"
                    "8448eb211c80319c\"}"),
        absl::StrCat(
            "\"reason\":\"ok\",\"code\":\"OK\",\"events\":2,\"bytes\":", bytes / 2,
            ",\"duration_seconds\":1.500000,\"first_event_seconds\":1.500000,\"peer\":"
            "\"192.0.2.7\",\"request_id\":\"r1\",\"trace_id\":\"0af7651916cd43dd8448eb211c8"
            "0319c\"}"),
        std::string(
            "\"first_event_seconds\":1.500000,\"peer\":\"192.0.2.7\",\"request_id\":\"r2\"}")}) {
    EXPECT_TRUE(absl::StrContains(lines, words)) << words << "\n" << lines;
  }
}

TEST_F(SharedRecordTest, TellsHowEachBrowserOfASharedStreamEnded) {
  SharedHarness harness("share {}", {.max_topics = 1});
  auto leaves = harness.Open();
  const auto refused = harness.Open({.target = "/t.Feed/Watch?name=one+too+many"});
  harness.TellHeaders();
  leaves->Leave();
  harness.Turn();
  const auto stays = harness.Open();
  harness.Drain();
  harness.Pass(absl::Milliseconds(1100));
  const auto ended = [&](StreamEnd end) {
    return SharedCounts(harness).ended[static_cast<size_t>(end)].value();
  };
  EXPECT_EQ(ended(StreamEnd::kGone), 1);
  EXPECT_EQ(ended(StreamEnd::kOverload), 1);
  EXPECT_EQ(ended(StreamEnd::kDrain), 1);
  Lines();
}

TEST_F(SharedRecordTest, CountsTheNewestOfEachKeyThatASlowBrowserGets) {
  SharedHarness harness("share { slow: LATEST key_field: 'id' }");
  const auto slow = harness.Open({.send_buffer_bytes = 4096});
  for (int i = 0; i < 200; ++i) {
    harness.TellTick(absl::StrCat("key", i % 2), std::string(700, 'x'));
  }
  const std::string got = harness.Got(*slow);
  int64_t events = 0;
  for (size_t at = got.find("event: Tick\n"); at != std::string::npos;
       at = got.find("event: Tick\n", at + 1)) {
    ++events;
  }
  EXPECT_LT(events, 200);
  EXPECT_EQ(SharedCounts(harness).events.value(), events);
  Lines();
}

TEST_F(RequestRecordTest, MakesARequestIdWhereThereIsNone) {
  harness_.Get("/t.Feed/Get");
  const auto& metadata = harness_.service().newest().request.metadata;
  const auto id = std::find_if(metadata.begin(), metadata.end(),
                               [](const auto& entry) { return entry.first == "x-request-id"; });
  ASSERT_NE(id, metadata.end());
  EXPECT_EQ(id->second.size(), 32u);
  harness_.TellEnd({.code = absl::StatusCode::kNotFound});
  EXPECT_TRUE(absl::StrContains(harness_.Got(), "X-Request-Id: " + id->second + "\r\n"));
  Lines();
}

}  // namespace
}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/refusal_response.h"

#include "gtest/gtest.h"

namespace sluice {
namespace {

class RefusalResponseTest : public testing::Test {
 protected:
  RefusalResponseTest() {
    RelayOptions options;
    options.origins.origins = {"https://app.example.com"};
    snapshot_ = std::make_unique<Snapshot>(
        Snapshot::Parts{.options = options, .routes = std::make_shared<const RouteTable>()},
        metrics_);
    request_.headers.Add("origin", "https://app.example.com");
  }

  static std::string Header(const Response& response, absl::string_view name) {
    for (const HeaderList::Field& field : response.head.headers.fields()) {
      if (field.name == name) return field.value;
    }
    return "";
  }

  Metrics metrics_;
  std::unique_ptr<Snapshot> snapshot_;
  HttpRequest request_;
};

TEST_F(RefusalResponseTest, SaysItInJsonThatThePageMayRead) {
  const Response response =
      RefusalResponse({RefusalReason::kNotAcceptable, "no"}, *snapshot_, request_);
  EXPECT_EQ(response.head.status, 406);
  EXPECT_EQ(response.body,
            "{\"code\":3,\"status\":\"INVALID_ARGUMENT\",\"message\":\"no\",\"details\":[]}\n");
  EXPECT_EQ(Header(response, "Access-Control-Allow-Origin"), "https://app.example.com");
  EXPECT_EQ(Header(response, "Vary"), "Accept, Origin");
  EXPECT_EQ(Header(response, "Retry-After"), "");
}

TEST_F(RefusalResponseTest, TellsWhenToComeBackWhereThatHelps) {
  for (const auto& [code, status] : {std::pair(absl::StatusCode::kUnavailable, 503),
                                     std::pair(absl::StatusCode::kResourceExhausted, 429)}) {
    const Response response = FailureResponse({.status = {.code = code}}, *snapshot_, request_);
    EXPECT_EQ(response.head.status, status);
    EXPECT_EQ(Header(response, "Retry-After"), "3");
  }
}

TEST_F(RefusalResponseTest, ComesBackWhenTheServiceSaysOrNever) {
  const RpcStatus busy{.code = absl::StatusCode::kUnavailable};
  const auto retry_after = [&](const StreamFailure& failure) {
    return Header(FailureResponse(failure, *snapshot_, request_), "Retry-After");
  };
  EXPECT_EQ(retry_after({.status = busy, .service_pause = absl::Milliseconds(10'001)}), "11");
  EXPECT_EQ(retry_after({.status = busy, .service_pause = absl::Milliseconds(10)}), "3");
  RpcStatus never = busy;
  never.never_again = true;
  EXPECT_EQ(retry_after({.status = never}), "");
}

TEST_F(RefusalResponseTest, AStreamIsNotHeldBackByProxies) {
  const ResponseHead head = StreamHead(Format::kSse, *snapshot_, request_);
  const Response response{.head = head};
  EXPECT_EQ(Header(response, "Content-Type"), "text/event-stream");
  EXPECT_EQ(Header(response, "Cache-Control"), "no-store, no-transform");
  EXPECT_EQ(Header(response, "X-Accel-Buffering"), "no");
}

}  // namespace
}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "services/market.h"

#include <set>

#include "absl/strings/match.h"
#include "tests/unit/services/demo_calls.h"

namespace sluice::demo {
namespace {

using ::demo::v1::Tick;
using ::demo::v1::WatchTickerRequest;

const absl::Time kStart = absl::FromUnixSeconds(1000);

TEST(Market, AllSeeTheSamePriceAtOneMoment) {
  const absl::Time at = absl::FromUnixSeconds(1'800'000'000);
  EXPECT_EQ(Market::At("ACME", at).price, Market::At("ACME", at).price);
  EXPECT_NE(Market::At("ACME", at).price, Market::At("GLOBEX", at).price);
}

TEST(Market, PricesStayNearTheirBaseAndMove) {
  std::set<double> prices;
  for (int second = 0; second < 600; ++second) {
    const double price = Market::At("ACME", absl::FromUnixSeconds(1'800'000'000 + second)).price;
    EXPECT_NEAR(price, 101.25, 101.25 * 0.05);
    prices.insert(price);
  }
  EXPECT_GT(prices.size(), 100u);
}

TEST(Market, VolumeNeverFallsAndPassesWhatJavaScriptCounts) {
  EXPECT_LT(Market::At("ACME", absl::FromUnixSeconds(1'800'000'000)).volume,
            Market::At("ACME", absl::FromUnixSeconds(1'800'000'001)).volume);
}

TEST(TickerSource, SendsEachSymbolOnceAnInterval) {
  WatchTickerRequest request;
  request.add_symbols("WONKA");
  request.add_symbols("ACME");
  Source<Tick> source = TickerSource(request);
  const Tick first = MessageOf(source(kStart));
  EXPECT_EQ(first.symbol(), "WONKA");
  EXPECT_EQ(first.direction(), Tick::DIRECTION_UNSPECIFIED);
  EXPECT_LT(first.quote().bid(), first.price());
  EXPECT_GT(first.quote().ask(), first.price());
  EXPECT_EQ(MessageOf(source(kStart)).symbol(), "ACME");
  EXPECT_EQ(WaitOf(source(kStart)), kStart + absl::Seconds(1));
  const Tick second = MessageOf(source(kStart + absl::Seconds(1)));
  EXPECT_EQ(second.symbol(), "WONKA");
  EXPECT_NE(second.direction(), Tick::DIRECTION_UNSPECIFIED);
}

TEST(TickerSource, SendsAllSymbolsWhenNoneIsNamed) {
  Source<Tick> source = TickerSource({});
  for (const std::string& symbol : Market::Symbols()) {
    EXPECT_EQ(MessageOf(source(kStart)).symbol(), symbol);
  }
  WaitOf(source(kStart));
}

TEST(TickerSource, RefusesASymbolThatIsNotTradedAndSaysWhichAre) {
  WatchTickerRequest request;
  request.add_symbols("ACME");
  request.add_symbols("ACNE");
  const grpc::Status status = EndOf(TickerSource(request)(kStart));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_TRUE(absl::StrContains(status.error_message(), "ACNE is not traded here; these are: ACME"))
      << status.error_message();
}

TEST(TickerSource, RefusesTooManySymbolsAndTooShortAnInterval) {
  WatchTickerRequest many;
  for (int i = 0; i < 101; ++i) many.add_symbols("ACME");
  EXPECT_EQ(EndOf(TickerSource(many)(kStart)).error_message(),
            "symbols has 101 values; allowed are at most 100");
  WatchTickerRequest quick;
  quick.mutable_interval()->set_nanos(1);
  EXPECT_EQ(EndOf(TickerSource(quick)(kStart)).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace sluice::demo

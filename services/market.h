// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "demo/v1/ticker.pb.h"
#include "services/feed.h"

namespace sluice::demo {

// An invented market: the price of a symbol is a function of the time, so all who ask at one moment
// see the same, and nothing is kept.
class Market final {
 public:
  struct Price {
    double price;  // in whole cents
    int64_t volume;
  };

  static std::vector<std::string> Symbols();
  static bool Trades(absl::string_view symbol);
  // REQUIRES: Trades(symbol).
  static Price At(absl::string_view symbol, absl::Time wall_time);
};

// The steps of Ticker/Watch, without gRPC.
Source<::demo::v1::Tick> TickerSource(const ::demo::v1::WatchTickerRequest& request);

}  // namespace sluice::demo

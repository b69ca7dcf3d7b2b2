// SPDX-License-Identifier: Apache-2.0
#include "services/market.h"

#include <array>
#include <cmath>
#include <map>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace sluice::demo {
namespace {

using ::demo::v1::Tick;
using ::demo::v1::WatchTickerRequest;

struct Listing {
  absl::string_view symbol;
  double base;     // the price it swings around
  double phase;    // where in its swing it is
  int64_t volume;  // shares a second
};

constexpr std::array<Listing, 6> kListings = {{{"ACME", 101.25, 0.0, 310},
                                               {"GLOBEX", 48.60, 1.1, 920},
                                               {"HOOLI", 1730.05, 2.3, 45},
                                               {"INITECH", 7.42, 3.1, 15'000},
                                               {"UMBRELLA", 260.90, 4.4, 128},
                                               {"WONKA", 33.33, 5.2, 2'500}}};
constexpr size_t kMostSymbols = 100;
constexpr DurationRange kInterval = {"interval", absl::Milliseconds(10), absl::Hours(24),
                                     absl::Seconds(1)};

const Listing* Find(absl::string_view symbol) {
  const auto* found =
      absl::c_find_if(kListings, [&](const Listing& listing) { return listing.symbol == symbol; });
  return found == kListings.end() ? nullptr : found;
}

double Cents(double price) { return std::round(price * 100) / 100; }

// What one stream has sent so far.
class Watcher final {
 public:
  Watcher(std::vector<std::string> symbols, absl::Duration interval)
      : symbols_(std::move(symbols)), tempo_(interval) {}

  Step<Tick> Next(absl::Time now) {
    if (next_ == 0) {
      if (tempo_.Due(now) > now) return Wait{tempo_.Due(now)};
      tempo_.Beat(now);
    }
    const std::string& symbol = symbols_[next_];
    next_ = (next_ + 1) % symbols_.size();
    return Quote(symbol, absl::Now());
  }

 private:
  Tick Quote(const std::string& symbol, absl::Time at) {
    const Market::Price price = Market::At(symbol, at);
    Tick tick;
    tick.set_symbol(symbol);
    tick.set_price(price.price);
    tick.set_volume(price.volume);
    const auto [last, first] = last_price_.emplace(symbol, price.price);
    if (!first) {
      tick.set_direction(price.price > last->second   ? Tick::UP
                         : price.price < last->second ? Tick::DOWN
                                                      : Tick::UNCHANGED);
      last->second = price.price;
    }
    const int64_t seconds = absl::ToUnixSeconds(at);
    tick.mutable_at()->set_seconds(seconds);
    tick.mutable_at()->set_nanos(
        static_cast<int32_t>(absl::ToInt64Nanoseconds(at - absl::FromUnixSeconds(seconds))));
    tick.mutable_quote()->set_bid(Cents(price.price * 0.999));
    tick.mutable_quote()->set_ask(Cents(price.price * 1.001));
    return tick;
  }

  const std::vector<std::string> symbols_;
  Tempo tempo_;
  size_t next_ = 0;
  std::map<std::string, double> last_price_;
};

}  // namespace

std::vector<std::string> Market::Symbols() {
  std::vector<std::string> symbols;
  for (const Listing& listing : kListings) symbols.emplace_back(listing.symbol);
  return symbols;
}

bool Market::Trades(absl::string_view symbol) { return Find(symbol) != nullptr; }

Market::Price Market::At(absl::string_view symbol, absl::Time wall_time) {
  const Listing& listing = *Find(symbol);
  const double seconds = absl::ToDoubleSeconds(wall_time - absl::FromUnixSeconds(1'700'000'000));
  // A slow swing, a quick one, and one in between whose period fits neither.
  const double swing = 0.03 * std::sin(seconds / 61 + listing.phase) +
                       0.008 * std::sin(seconds / 7.3 + 2 * listing.phase) +
                       0.003 * std::sin(seconds * 2.1 + listing.phase);
  return {Cents(listing.base * (1 + swing)),
          std::llround(seconds * static_cast<double>(listing.volume))};
}

Source<Tick> TickerSource(const WatchTickerRequest& request) {
  const absl::StatusOr<absl::Duration> interval = ReadDuration(request.interval(), kInterval);
  if (!interval.ok()) return RefusedSource<Tick>(interval.status());
  std::vector<std::string> symbols(request.symbols().begin(), request.symbols().end());
  if (symbols.empty()) symbols = Market::Symbols();
  if (symbols.size() > kMostSymbols) {
    return RefusedSource<Tick>(absl::InvalidArgumentError(absl::StrCat(
        "symbols has ", symbols.size(), " values; allowed are at most ", kMostSymbols)));
  }
  for (const std::string& symbol : symbols) {
    if (Market::Trades(symbol)) continue;
    return RefusedSource<Tick>(absl::InvalidArgumentError(
        absl::StrCat("symbols: ", symbol.substr(0, 64),
                     " is not traded here; these are: ", absl::StrJoin(Market::Symbols(), ", "))));
  }
  return [watcher = Watcher(std::move(symbols), *interval)](absl::Time now) mutable {
    return watcher.Next(now);
  };
}

}  // namespace sluice::demo

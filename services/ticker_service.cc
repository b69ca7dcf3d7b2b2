// SPDX-License-Identifier: Apache-2.0
#include "services/ticker_service.h"

#include "services/market.h"

namespace sluice::demo {

grpc::ServerWriteReactor<::demo::v1::Tick>* TickerService::Watch(
    grpc::CallbackServerContext*, const ::demo::v1::WatchTickerRequest* request) {
  return Feed<::demo::v1::Tick>::Open(stage_, {.method = "/demo.v1.Ticker/Watch"},
                                      [&](const Wake&) { return TickerSource(*request); });
}

}  // namespace sluice::demo

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "gateway/base/byte_log.h"
#include "gateway/base/loop.h"
#include "gateway/edge/exchange.h"
#include "gateway/relay/stream_writer.h"

namespace sluice {

// The answer to a request for SSE that cannot be served now: 200, one `stream-error` as the only
// block, and an open end. EventSource comes back after that, and never after a 503.
//
// Ownership: ends by calling `done`, which is to destroy it, later.
// Threads:   its loop's.
class Goodbye final {
 public:
  // `loop` and `workbench` must outlive the goodbye. `retry` is that of the route; what is sent is
  // longer.
  Goodbye(std::unique_ptr<Exchange> exchange, Loop& loop, Workbench& workbench,
          absl::Duration retry);
  ~Goodbye();
  Goodbye(const Goodbye&) = delete;
  Goodbye& operator=(const Goodbye&) = delete;

  // `done` is called once, but not from inside.
  void Say(ResponseHead head, const StreamFailure& failure, absl::Duration close_grace,
           absl::AnyInvocable<void(Goodbye*)> done);

 private:
  void OnExchange(Exchange::Event event);
  void Finish();

  absl::AnyInvocable<void(Goodbye*)> done_;
  ByteLog log_;
  StreamWriter writer_;
  std::unique_ptr<Exchange> exchange_;
  Timer timer_;
};

}  // namespace sluice

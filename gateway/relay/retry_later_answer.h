// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "gateway/base/bytes/body.h"
#include "gateway/base/loop/loop.h"
#include "gateway/edge/exchange.h"
#include "gateway/relay/event_scratch.h"
#include "gateway/relay/own_events.h"

namespace sluice {

// The answer to a request for SSE that cannot be served now: 200, one `stream-error` as the only
// block, and an open end. EventSource comes back after that, and never after a 503.
//
// Ownership: ends by calling `done`, which is to destroy it, later.
// Threads:   its loop's.
class RetryLaterAnswer final {
 public:
  // `loop` and `scratch` must outlive the answer. `retry` is that of the route; what is sent is
  // longer.
  RetryLaterAnswer(std::unique_ptr<Exchange> exchange, Loop& loop, EventScratch& scratch,
                   absl::Duration retry);
  ~RetryLaterAnswer();
  RetryLaterAnswer(const RetryLaterAnswer&) = delete;
  RetryLaterAnswer& operator=(const RetryLaterAnswer&) = delete;

  // `done` is called once, but not from inside.
  void Say(ResponseHead head, const StreamFailure& failure, absl::Duration close_grace,
           absl::AnyInvocable<void(RetryLaterAnswer*)> done);

 private:
  void OnExchange(Exchange::Event event);
  void Finish();

  absl::AnyInvocable<void(RetryLaterAnswer*)> done_;
  Body body_{Body::Attention()};
  OwnEvents own_events_;
  std::unique_ptr<Exchange> exchange_;
  Timer timer_;
};

}  // namespace sluice

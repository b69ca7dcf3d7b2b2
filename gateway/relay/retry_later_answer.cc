// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/retry_later_answer.h"

#include <utility>

namespace sluice {

RetryLaterAnswer::RetryLaterAnswer(std::unique_ptr<Exchange> exchange, Loop& loop,
                                   EventScratch& scratch, absl::Duration retry)
    : own_events_({.format = Format::kSse, .retry = retry}, scratch.random),
      exchange_(std::move(exchange)),
      timer_(loop.timers(), [this] { body_.Close(BodyEnd::kOpen); }) {}

RetryLaterAnswer::~RetryLaterAnswer() = default;

void RetryLaterAnswer::Say(ResponseHead head, const StreamFailure& failure,
                           absl::Duration close_grace,
                           absl::AnyInvocable<void(RetryLaterAnswer*)> done) {
  done_ = std::move(done);
  exchange_->SetListener(Exchange::Listener::Of<&RetryLaterAnswer::OnExchange>(*this));
  exchange_->StartBody(std::move(head), body_);
  body_.Append(own_events_.Fail(failure, ""));
  body_.Publish();
  timer_.Arm(close_grace);
}

void RetryLaterAnswer::OnExchange(Exchange::Event event) {
  if (event == Exchange::Event::kGone || event == Exchange::Event::kFinished) Finish();
}

void RetryLaterAnswer::Finish() {
  timer_.Disarm();
  if (done_ != nullptr) std::exchange(done_, nullptr)(this);
}

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/goodbye.h"

#include <utility>

namespace sluice {

Goodbye::Goodbye(std::unique_ptr<Exchange> exchange, Loop& loop, Workbench& workbench,
                 absl::Duration retry)
    : writer_({.form = {.format = Format::kSse}, .retry = retry}, log_, workbench),
      exchange_(std::move(exchange)),
      timer_(loop.timers(), [this] { log_.Close(BodyEnd::kOpen); }) {}

Goodbye::~Goodbye() = default;

void Goodbye::Say(ResponseHead head, const StreamFailure& failure, absl::Duration close_grace,
                  absl::AnyInvocable<void(Goodbye*)> done) {
  done_ = std::move(done);
  exchange_->SetListener(Exchange::Listener::Of<&Goodbye::OnExchange>(*this));
  exchange_->StartBody(std::move(head), log_, log_.CursorAtEnd());
  writer_.Fail(failure, "");
  log_.Publish();
  timer_.Arm(close_grace);
}

void Goodbye::OnExchange(Exchange::Event event) {
  if (event == Exchange::Event::kGone || event == Exchange::Event::kFinished) Finish();
}

void Goodbye::Finish() {
  timer_.Disarm();
  if (done_ != nullptr) std::exchange(done_, nullptr)(this);
}

}  // namespace sluice

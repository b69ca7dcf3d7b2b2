// SPDX-License-Identifier: Apache-2.0
#include "gateway/edge/exchange.h"

#include <optional>
#include <utility>

#include "gateway/edge/connection.h"
#include "gateway/edge/exchange_notices.h"

namespace sluice {
namespace {

constexpr absl::string_view kRequestId = "x-request-id";
constexpr absl::string_view kTraceParent = "traceparent";

}  // namespace

void Exchange::Notices::HalfClosed(const std::shared_ptr<Notices>& notices) {
  notices->half_closed_ = true;
  Post(notices);
}

void Exchange::Notices::Ended(const std::shared_ptr<Notices>& notices, Ending ending) {
  (ending == Ending::kGone ? notices->gone_ : notices->finished_) = true;
  Post(notices);
}

void Exchange::Notices::Replace(const std::shared_ptr<Notices>& notices, Events events) {
  notices->events_ = std::move(events);
  notices->events_set_ = true;
  ++notices->replaced_;
  if (notices->half_closed_ || notices->gone_ || notices->finished_) Post(notices);
}

void Exchange::Notices::Post(const std::shared_ptr<Notices>& notices) {
  notices->executor_.Post([weak = std::weak_ptr<Notices>(notices)] {
    if (const std::shared_ptr<Notices> alive = weak.lock()) alive->Tell();
  });
}

void Exchange::Notices::Tell() {
  // Each callback is taken out before it is called, because it may destroy or replace the events.
  const auto tell = [this](bool& happened, absl::AnyInvocable<void()>& event) {
    if (!happened || dropped_ || !events_set_) return;
    happened = false;
    absl::AnyInvocable<void()> call = std::exchange(event, nullptr);
    if (call != nullptr) call();
  };
  tell(half_closed_, events_.half_closed);
  tell(gone_, events_.gone);
  tell(finished_, events_.finished);
}

void Exchange::Notices::TellSent() {
  if (events_.sent == nullptr) return;
  absl::AnyInvocable<void()> call = std::exchange(events_.sent, nullptr);
  const uint32_t replaced = replaced_;
  call();
  if (!dropped_ && replaced == replaced_) events_.sent = std::move(call);
}

Exchange::Exchange(Connection& connection, Executor& executor, HttpRequest request)
    : request_(std::make_unique<HttpRequest>(std::move(request))),
      connection_(&connection),
      notices_(std::make_shared<Notices>(executor)) {}

Exchange::~Exchange() {
  notices_->Drop();
  if (connection_ != nullptr) connection_->ExchangeDropped();
}

void Exchange::SetEvents(Events events) { Notices::Replace(notices_, std::move(events)); }

void Exchange::Identify(std::string made_id) {
  identified_ = true;
  if (request_->headers.Find(kRequestId).has_value()) return;
  request_->headers.Add(std::string(kRequestId), std::move(made_id));
  request_->request_id_is_made = true;
}

void Exchange::AddIdentity(ResponseHead& head) const {
  if (!identified_) return;
  head.headers.Add("X-Request-Id", std::string(*request_->headers.Find(kRequestId)));
  const std::optional<absl::string_view> trace = request_->headers.Find(kTraceParent);
  if (trace.has_value()) head.headers.Add("traceparent", std::string(*trace));
}

void Exchange::Respond(Response response) {
  AddIdentity(response.head);
  if (connection_ != nullptr) connection_->Respond(std::move(response));
}

void Exchange::StartBody(ResponseHead head, ByteLog& body, ByteLogCursor cursor) {
  AddIdentity(head);
  if (connection_ != nullptr) connection_->StartBody(head, body, std::move(cursor));
}

void Exchange::StartBody(ResponseHead head, SharedBody& body) {
  AddIdentity(head);
  if (connection_ != nullptr) connection_->StartBody(head, body);
}

uint64_t Exchange::unsent_bytes() const {
  return connection_ != nullptr ? connection_->unsent_bytes() : 0;
}

}  // namespace sluice

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
  if (notices->half_closed_ == Notice::kNone) notices->half_closed_ = Notice::kHappened;
  Post(notices);
}

void Exchange::Notices::Ended(const std::shared_ptr<Notices>& notices, Ending ending) {
  Notice& notice = ending == Ending::kGone ? notices->gone_ : notices->finished_;
  if (notice == Notice::kNone) notice = Notice::kHappened;
  Post(notices);
}

void Exchange::Notices::Replace(const std::shared_ptr<Notices>& notices, Listener listener) {
  notices->listener_ = listener;
  const auto happened = [](Notice notice) { return notice == Notice::kHappened; };
  if (happened(notices->half_closed_) || happened(notices->gone_) || happened(notices->finished_)) {
    Post(notices);
  }
}

void Exchange::Notices::Post(const std::shared_ptr<Notices>& notices) {
  notices->executor_.Post([weak = std::weak_ptr<Notices>(notices)] {
    if (const std::shared_ptr<Notices> alive = weak.lock()) alive->TellAll();
  });
}

void Exchange::Notices::TellAll() {
  TellOnce(half_closed_, Event::kHalfClosed);
  TellOnce(gone_, Event::kGone);
  TellOnce(finished_, Event::kFinished);
}

void Exchange::Notices::TellOnce(Notice& notice, Event event) {
  if (notice != Notice::kHappened || !listener_) return;
  notice = Notice::kTold;
  listener_(event);
}

Exchange::Exchange(Connection& connection, Executor& executor, HttpRequest request)
    : request_(std::make_unique<HttpRequest>(std::move(request))),
      connection_(&connection),
      notices_(std::make_shared<Notices>(executor)) {}

Exchange::~Exchange() {
  notices_->Drop();
  if (connection_ != nullptr) connection_->ExchangeDropped();
}

void Exchange::SetListener(Listener listener) { Notices::Replace(notices_, listener); }

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

void Exchange::StartBody(ResponseHead head, Body& body) {
  AddIdentity(head);
  if (connection_ != nullptr) connection_->StartBody(head, body);
}

}  // namespace sluice

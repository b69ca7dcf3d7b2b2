// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/unary_call.h"

#include <utility>

#include "gateway/relay/failure/stream_failures.h"
#include "gateway/relay/refusal_response.h"

namespace sluice {

UnaryCall::UnaryCall(Request request, std::unique_ptr<Exchange> exchange, Loop& loop)
    : snapshot_(std::move(request.snapshot)),
      plan_(*request.plan),
      loop_(loop),
      exchange_(std::move(exchange)),
      record_(plan_, exchange_->request(), request.place) {}

UnaryCall::~UnaryCall() = default;

void UnaryCall::Start(CallRequest request, absl::AnyInvocable<void(UnaryCall*)> done) {
  done_ = std::move(done);
  exchange_->SetListener(Exchange::Listener::Of<&UnaryCall::OnExchange>(*this));
  call_ = plan_.upstream->Open(std::move(request), *this, loop_);
}

// A service that goes on sending would be read for nothing until the deadline.
void UnaryCall::OnMessage(absl::string_view wire) {
  if (std::exchange(has_message_, true)) {
    call_.reset();
    AnswerFailed(
        {.code = absl::StatusCode::kInternal,
         .message = "the service answered a unary call with 2 messages or more; one is right"});
    return;
  }
  transcoded_ = plan_.response.TranscodeWhole(wire, whole_);
  plan_.NoteUnknownFields(whole_.unknown_fields);
  call_->Release(ReceivedBytes(wire));
}

void UnaryCall::OnEnd(const RpcStatus& status) {
  call_.reset();
  record_.CallEnded(status.code);
  plan_.NoteEnd(status.code);
  if (status.ok() && !has_message_) {
    AnswerFailed(
        {.code = absl::StatusCode::kInternal,
         .message = "the service ended a unary call with OK and without a message; one is right"});
  } else if (status.ok() && !transcoded_.ok()) {
    plan_.failures().NoteUnreadable(transcoded_, loop_.clock().Now());
    Answer(UnreadableEnd(transcoded_));
  } else if (!status.ok()) {
    AnswerFailed(status);
  } else {
    Answer(status);
  }
}

void UnaryCall::AnswerFailed(const RpcStatus& status) {
  plan_.failures().NoteEnd(status, loop_.clock().Now());
  Answer(status);
}

void UnaryCall::Answer(const RpcStatus& status) {
  record_.Ended(status.ok() ? StreamEnd::kOk : StreamEnd::kFailed, status);
  if (!status.ok()) {
    exchange_->Respond(
        FailureResponse({.status = status,
                         .details_json = StatusDetailsJson(status.details, plan_.response.types()),
                         .service_pause = ServicePause(status)},
                        *snapshot_, exchange_->request()));
    return;
  }
  Response response;
  response.head.headers.Add("Content-Type", std::move(whole_.content_type));
  response.head.headers.Add("Cache-Control", "no-store");
  response.head.headers.Add("Vary", "Accept, Origin");
  snapshot_->origins().AddHeaders(exchange_->request(), response.head.headers);
  response.body = std::move(whole_.body);
  record_.Event(response.body.size());
  exchange_->Respond(std::move(response));
}

// A unary answer cannot carry a heartbeat that would tell whether a browser that closed its sending
// side still listens, so that counts as its departure.
void UnaryCall::OnExchange(Exchange::Event event) {
  if (event == Exchange::Event::kHalfClosed || event == Exchange::Event::kGone) OnGone();
  if (event == Exchange::Event::kFinished) Finish();
}

void UnaryCall::OnGone() {
  record_.Ended(StreamEnd::kGone, {.code = absl::StatusCode::kCancelled});
  Finish();
}

void UnaryCall::Finish() {
  call_.reset();
  record_.Close();
  exchange_.reset();
  if (done_ != nullptr) std::exchange(done_, nullptr)(this);
}

}  // namespace sluice

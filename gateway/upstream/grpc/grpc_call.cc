// SPDX-License-Identifier: Apache-2.0
//
// The life of a call, on the queue's thread:
//
//   kNew ──Start──▶ kOpening ──headers──▶ kReading ⇄ kParked
//                                             │ no message
//                                             ▼
//                                          kEnding ──status──▶ kDone
//
// A service that refuses a call at once sends one frame, and gRPC reports that frame as headers
// first and as the end next, just as it reports a service that accepts. Whoever has been told of
// headers answers 200 to the browser, so the two must be told apart: the headers are kept back
// until a message has come, or until kGrace has passed and gRPC has still not said that there is
// none. (gRPC knows which it was; its C++ interface does not tell.)
#include "gateway/upstream/grpc/grpc_call.h"

#include <grpc/support/time.h>

#include <algorithm>
#include <cassert>
#include <map>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace sluice {
namespace {

// The end of a refusal stands in the same frame as the headers, so that it follows in microseconds.
// Ten milliseconds are much more, and much less than what a person sees.
constexpr int64_t kGraceMillis = 10;

// Longer than any process runs, and far from where nanoseconds overflow.
constexpr absl::Duration kLongestTimeout = absl::Hours(24 * 365);

gpr_timespec DeadlineAfter(absl::Duration timeout) {
  if (timeout > kLongestTimeout) return gpr_inf_future(GPR_CLOCK_MONOTONIC);
  const int64_t nanos = std::max<int64_t>(0, absl::ToInt64Nanoseconds(timeout));
  return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_nanos(nanos, GPR_TIMESPAN));
}

// gRPC ends a call itself where it cannot take a message, and says so in the status's text alone. A
// service that will not take a request says the same, with its own bound.
LostMessage LostBy(const grpc::Status& status, size_t max_message_bytes) {
  const std::string text = status.error_message();
  if (status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED &&
      absl::StrContains(text, "eceived message larger than max (") &&
      absl::EndsWith(text, absl::StrCat(" vs. ", max_message_bytes, ")"))) {
    return LostMessage::kTooLarge;
  }
  if (status.error_code() == grpc::StatusCode::INTERNAL &&
      absl::StartsWith(text, "Unexpected error decompressing data")) {
    return LostMessage::kBroken;
  }
  return LostMessage::kNone;
}

// https://github.com/grpc/proposal/blob/master/A6-client-retries.md: milliseconds; what is negative
// or no number means never.
void ReadPushback(const std::multimap<grpc::string_ref, grpc::string_ref>& trailers,
                  RpcStatus& end) {
  const auto found = trailers.find("grpc-retry-pushback-ms");
  if (found == trailers.end() || end.ok()) return;
  int64_t millis = 0;
  const absl::string_view text(found->second.data(), found->second.size());
  end.never_again = !absl::SimpleAtoi(text, &millis) || millis < 0;
  if (!end.never_again) end.retry_after = absl::Milliseconds(millis);
}

RpcStatus ToRpcStatus(const grpc::Status& status) {
  const int code = status.error_code();
  RpcStatus end;
  // A service may send any number.
  end.code =
      code >= 0 && code <= 16 ? static_cast<absl::StatusCode>(code) : absl::StatusCode::kUnknown;
  end.message = status.error_message();
  end.details = status.error_details();
  return end;
}

}  // namespace

GrpcCall::GrpcCall(CallQueue& queue, Options options, CallRequest request)
    : queue_(queue),
      window_bytes_(std::max<int64_t>(1, options.window_bytes)),
      max_undelivered_(std::max<int64_t>(kMinMessages, options.window_bytes / kBytesPerMessage)),
      options_(std::move(options)),
      request_(std::move(request)),
      deadline_(DeadlineAfter(request_.timeout)),
      tags_{{{this, CallEvent::kSent},
             {this, CallEvent::kHeaders},
             {this, CallEvent::kMessage},
             {this, CallEvent::kEnd},
             {this, CallEvent::kGrace}}} {}

void GrpcCall::Open(Upstream::Observer& observer, Executor& executor) {
  observer_ = &observer;
  executor_ = &executor;
  mailbox_ = queue_.Attach(executor);
  queue_.Enter();
  queue_.Wake(shared_from_this());
}

void GrpcCall::Release(size_t bytes) {
  const int64_t before = unreleased_bytes_.fetch_sub(static_cast<int64_t>(bytes));
  assert(before >= static_cast<int64_t>(bytes));
  static_cast<void>(before);
  ReadOnIfRoom();
}

void GrpcCall::Abandon() {
  abandoned_.store(true);
  queue_.Detach(*executor_);
  if (!over_) queue_.Wake(shared_from_this());
}

bool GrpcCall::HasRoom() const {
  return unreleased_bytes_.load() < window_bytes_ &&
         undelivered_messages_.load() < max_undelivered_;
}

void GrpcCall::ReadOnIfRoom() {
  if (parked_.load() && HasRoom() && parked_.exchange(false)) queue_.Wake(shared_from_this());
}

void GrpcCall::Tell(const Parcel& parcel) {
  if (abandoned_.load()) return;
  if (!told_headers_ && (parcel.accepted || !parcel.messages.empty())) {
    told_headers_ = true;
    observer_->OnHeaders();
  }
  for (const ReceivedMessage& message : parcel.messages) {
    if (abandoned_.load() || told_end_) break;
    TellMessage(message);
  }
  if (abandoned_.load()) return;
  if (parcel.ended) {
    over_ = true;
    TellEnd(end_);
    return;
  }
  undelivered_messages_.fetch_sub(static_cast<int64_t>(parcel.messages.size()));
  ReadOnIfRoom();
}

void GrpcCall::TellMessage(const ReceivedMessage& message) {
  grpc::Slice slice;
  if (!message.buffer().TrySingleSlice(&slice).ok() &&
      !message.buffer().DumpToSingleSlice(&slice).ok()) {
    // Compressed bytes that do not expand; gRPC expands before it hands out, so this is a second
    // line of defence. A message that is left out would be a hole that nobody sees.
    TellEnd({.code = absl::StatusCode::kDataLoss,
             .message = "a message from the service could not be read",
             .lost = LostMessage::kBroken});
    return;
  }
  observer_->OnMessage({reinterpret_cast<const char*>(slice.begin()), slice.size()});
}

void GrpcCall::TellEnd(const RpcStatus& status) {
  if (std::exchange(told_end_, true)) return;
  observer_->OnEnd(status);
}

// ---- The queue's thread ----

void GrpcCall::OnWake() {
  if (phase_ == Phase::kNew) {
    if (abandoned_.load()) {
      phase_ = Phase::kDone;
      queue_.Leave();
    } else {
      Start();
    }
    return;
  }
  if (phase_ == Phase::kDone) return;
  const bool abandoned = abandoned_.load();
  if (abandoned) rpc_->context.TryCancel();
  if (phase_ == Phase::kParked && (abandoned || !parked_.load())) Read();
}

void GrpcCall::OnEvent(CallEvent event, bool ok) {
  switch (event) {
    case CallEvent::kSent:
      sending_ = false;
      break;
    case CallEvent::kHeaders:
      OnHeaders();
      break;
    case CallEvent::kMessage:
      OnMessage(ok);
      break;
    case CallEvent::kEnd:
      OnEnd();
      break;
    case CallEvent::kGrace:
      OnGrace(ok);
      break;
  }
  LeaveWhenDone();
}

// The request goes out with the headers and the end of our side, in one operation.
void GrpcCall::Start() {
  self_ = shared_from_this();
  rpc_ = std::make_unique<Rpc>(options_.channel);
  rpc_->context.set_initial_metadata_corked(true);
  rpc_->context.set_deadline(deadline_);
  for (const auto& [name, value] : request_.metadata) rpc_->context.AddMetadata(name, value);
  rpc_->stream = rpc_->stub.PrepareCall(&rpc_->context, request_.path, &queue_.completion_queue());
  rpc_->stream->StartCall(nullptr);

  const grpc::Slice message(request_.message);
  sending_ = true;
  rpc_->stream->WriteLast(grpc::ByteBuffer(&message, 1), grpc::WriteOptions(),
                          Tag(CallEvent::kSent));
  rpc_->stream->ReadInitialMetadata(Tag(CallEvent::kHeaders));
  phase_ = Phase::kOpening;
  request_ = CallRequest();
}

void GrpcCall::Read() {
  phase_ = Phase::kReading;
  rpc_->stream->Read(&rpc_->received, Tag(CallEvent::kMessage));
}

void GrpcCall::OnHeaders() {
  Read();
  in_grace_ = true;
  rpc_->grace.Set(
      &queue_.completion_queue(),
      gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_millis(kGraceMillis, GPR_TIMESPAN)),
      Tag(CallEvent::kGrace));
}

void GrpcCall::OnMessage(bool ok) {
  if (in_grace_) rpc_->grace.Cancel();
  if (!ok) {
    phase_ = Phase::kEnding;
    rpc_->stream->Finish(&rpc_->status, Tag(CallEvent::kEnd));
    return;
  }
  if (abandoned_.load()) {
    rpc_->received.Clear();
    Read();
    return;
  }
  accepted_ = true;  // a message says so
  unreleased_bytes_.fetch_add(static_cast<int64_t>(rpc_->received.Length() + ReceivedBytes("")));
  undelivered_messages_.fetch_add(1);
  News().messages.emplace_back(rpc_->received);
  ReadOnOrPark();
}

void GrpcCall::ReadOnOrPark() {
  if (HasRoom()) {
    Read();
    return;
  }
  phase_ = Phase::kParked;
  parked_.store(true);
  // What made room, or abandoned the call, before it was seen to be parked has not woken it.
  if ((HasRoom() || abandoned_.load()) && parked_.exchange(false)) Read();
}

void GrpcCall::OnGrace(bool ok) {
  in_grace_ = false;
  if (!ok || accepted_ || phase_ != Phase::kReading) return;
  accepted_ = true;
  News().accepted = true;
}

void GrpcCall::OnEnd() {
  phase_ = Phase::kDone;
  end_ = ToRpcStatus(rpc_->status);
  ReadPushback(rpc_->context.GetServerTrailingMetadata(), end_);
  end_.lost = LostBy(rpc_->status, options_.max_message_bytes);
  if (end_.lost == LostMessage::kTooLarge) {
    end_.message =
        absl::StrCat("a message of the service is larger than the gateway takes: ", end_.message);
  }
  if (end_.lost != LostMessage::kNone) end_.code = absl::StatusCode::kDataLoss;
  if (!abandoned_.load()) News().ended = true;
}

// An operation's tag points into this call.
void GrpcCall::LeaveWhenDone() {
  if (phase_ != Phase::kDone || sending_ || in_grace_ || rpc_ == nullptr) return;
  rpc_.reset();
  options_.channel.reset();
  const std::shared_ptr<GrpcCall> last = std::move(self_);
  queue_.Leave();
}

Parcel& GrpcCall::News() {
  if (news_.call == nullptr) {
    news_.call = shared_from_this();
    queue_.AddNews(news_.call);
  }
  return news_;
}

Parcel GrpcCall::TakeParcel() { return std::exchange(news_, Parcel()); }

}  // namespace sluice

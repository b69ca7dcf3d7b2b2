// SPDX-License-Identifier: Apache-2.0
#include "gateway/edge/connection.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/base/observe/log.h"

// Everything that can end the connection or call someone happens in a turn of its own: readable,
// writable, broken, the timer, and Flush in the pool's pass. What an Exchange calls only notes down
// and marks the connection dirty, so nothing here is entered twice.

namespace sluice {
namespace {

// Assigning an empty string keeps the memory.
void Free(std::string& text) { std::string().swap(text); }

}  // namespace

Connection::Connection(ConnectionPool& pool, Socket socket, std::string peer_address)
    : pool_(pool), socket_(std::move(socket)), peer_address_(std::move(peer_address)) {
  watch_.emplace(pool_.loop_, socket_.fd(), FdWatch::Callback::Of<&Connection::OnFd>(*this));
}

Connection::~Connection() = default;

void Connection::Start() {
  ArmTimer(pool_.options_.connection.head_timeout);
  watch_->WaitReadable();
}

void Connection::OnFd(FdWatch::Event event) {
  switch (event) {
    case FdWatch::Event::kReadable:
      return OnReadable();
    case FdWatch::Event::kWritable:
      return Flush();
    case FdWatch::Event::kBroken:
      return Close();
  }
}

// ---- Reading ----

void Connection::OnReadable() {
  for (int i = 0; i < kReadsPerTurn; ++i) {
    const size_t room = ReadRoom();
    if (room == 0) return;  // whoever makes room waits again
    const ReceiveResult result = socket_.Receive(absl::MakeSpan(pool_.read_scratch_).first(room));
    if (result.outcome == ReceiveOutcome::kEnd) return OnFin();
    if (result.outcome == ReceiveOutcome::kBroken) return Close();
    if (result.outcome == ReceiveOutcome::kBlocked) break;
    Received({pool_.read_scratch_.data(), result.received});
    if (phase_ == Phase::kClosed) return;
    if (result.received < room) break;
  }
  watch_->WaitReadable();
}

size_t Connection::ReadRoom() const {
  size_t room = pool_.read_scratch_.size();
  const size_t max_ahead = pool_.options_.connection.max_head_bytes;
  if (phase_ == Phase::kAnswering) {
    room = std::min(room, max_ahead - std::min(max_ahead, input_.size()));
  } else if (phase_ == Phase::kRefusing || phase_ == Phase::kLingering) {
    room = std::min(room, kLingerBytes - discarded_bytes_);
  }
  return room;
}

void Connection::Received(absl::string_view bytes) {
  switch (phase_) {
    case Phase::kIdle:
      phase_ = Phase::kHead;
      ArmTimer(pool_.options_.connection.head_timeout);
      [[fallthrough]];
    case Phase::kHead:
    case Phase::kBody:
      absl::StrAppend(&input_, bytes);
      return ReadRequest();
    case Phase::kAnswering:
      absl::StrAppend(&input_, bytes);
      return;
    case Phase::kRefusing:
    case Phase::kLingering:
      discarded_bytes_ += bytes.size();
      return;
    case Phase::kClosed:
      return;
  }
}

void Connection::OnFin() {
  half_closed_ = true;
  switch (phase_) {
    case Phase::kIdle:
    case Phase::kHead:
    case Phase::kBody:
    case Phase::kLingering:
      return Close();
    case Phase::kAnswering:
      if (exchange_ != nullptr) Exchange::Notices::HalfClosed(exchange_->notices_);
      return;
    case Phase::kRefusing:
    case Phase::kClosed:
      return;
  }
}

void Connection::ReadRequest() {
  if (reader_ == nullptr) {
    // RFC 9112, 2.2: some clients send an empty line behind a body.
    while (absl::StartsWith(input_, "\r\n")) input_.erase(0, 2);
    if (input_.empty() || input_ == "\r") return;
    reader_ = std::make_unique<RequestReader>(pool_.options_.connection);
  }
  input_.erase(0, reader_->Read(input_));
  switch (reader_->state()) {
    case RequestReader::State::kHead:
      return;
    case RequestReader::State::kBody:
      if (phase_ == Phase::kBody) return;
      phase_ = Phase::kBody;
      ArmTimer(pool_.options_.connection.body_timeout);
      if (reader_->expects_continue()) {
        output_ += "HTTP/1.1 100 Continue\r\n\r\n";
        MarkDirty();
      }
      return;
    case RequestReader::State::kComplete:
      return LendRequest();
    case RequestReader::State::kRefused:
      return Refuse(Refusal(reader_->refusal()));
  }
}

void Connection::LendRequest() {
  HttpRequest request = reader_->TakeRequest();
  request.peer_address = peer_address_;
  request.over_limit = over_limit_;
  close_after_ = over_limit_ || !reader_->keep_alive();
  head_request_ = request.method == "HEAD";
  http_1_0_ = request.minor_version == 0;
  reader_.reset();
  if (input_.empty()) Free(input_);
  phase_ = Phase::kAnswering;
  answered_ = false;
  timer_.reset();
  std::unique_ptr<Exchange> exchange(new Exchange(*this, pool_.loop_, std::move(request)));
  exchange_ = exchange.get();
  if (half_closed_) Exchange::Notices::HalfClosed(exchange_->notices_);
  pool_.on_request_(std::move(exchange));
}

void Connection::ArmTimer(absl::Duration delay) {
  timer_ = std::make_unique<Timer>(pool_.loop_.timers(), [this] { OnTimeout(); });
  timer_->Arm(delay);
}

void Connection::OnTimeout() {
  timer_.reset();
  switch (phase_) {
    case Phase::kIdle:
      pool_.refusals_.Count(RefusalReason::kIdleTimeout);
      return Close();
    case Phase::kHead:
      return Refuse({RefusalReason::kHeadTimeout,
                     absl::StrCat("the request's head was not complete after ",
                                  absl::FormatDuration(pool_.options_.connection.head_timeout))});
    case Phase::kBody:
      return Refuse({RefusalReason::kBodyTimeout,
                     absl::StrCat("the request's body was not complete after ",
                                  absl::FormatDuration(pool_.options_.connection.body_timeout))});
    case Phase::kAnswering:
    case Phase::kRefusing:
      if (socket_.queued_bytes() < queued_bytes_) return AwaitLastBytes();
      pool_.refusals_.Count(RefusalReason::kCloseTimeout);
      return Reset();
    case Phase::kLingering:
      return Close();
    case Phase::kClosed:
      return;
  }
}

// ---- Answering ----

void Connection::Respond(Response response) {
  assert(!answered_ && phase_ == Phase::kAnswering);
  if (answered_) return;
  answered_ = true;
  close_after_ = close_after_ || response.close;
  ResponseFraming framing{.content_length = response.body.size(), .after = AfterThisAnswer()};
  const bool has_body = StatusHasBody(response.head.status);
  if (!has_body) framing.length = ResponseFraming::Length::kNone;
  output_ += ResponseHeadBytes(response.head, framing);
  if (has_body && !head_request_) output_ += response.body;
  MarkDirty();
}

void Connection::StartBody(const ResponseHead& head, Body& body) {
  assert(!answered_ && phase_ == Phase::kAnswering);
  if (answered_) return;
  answered_ = true;
  const bool has_body = StatusHasBody(head.status);
  ResponseFraming framing{.length = ResponseFraming::Length::kChunked, .after = AfterThisAnswer()};
  if (http_1_0_) framing.length = ResponseFraming::Length::kUntilClose;
  if (!has_body) framing.length = ResponseFraming::Length::kNone;
  output_.erase(0, std::exchange(output_sent_, 0));
  output_ += ResponseHeadBytes(head, framing);
  BodyReader& reader = *this;
  if (has_body && !head_request_) body_.emplace(FramingKind(), body, reader);
  MarkDirty();
}

// A body goes with its owner.
void Connection::ExchangeDropped() {
  exchange_ = nullptr;
  if (!answered_ || body_.has_value()) Close();
}

void Connection::Refuse(const Refusal& refusal) {
  pool_.refusals_.Count(refusal.reason);
  if (LogsAccess()) {
    LogLine(LogLevel::kInfo, "request refused",
            LogFields().Text("reason", NameOf(refusal.reason)).Text("peer", peer_address_));
  }
  Response response = ResponseTo(refusal);
  response.close = true;  // where the next request would begin, nobody can tell
  if (pool_.origins_ != nullptr && reader_ != nullptr) {
    response.head.headers.Add("Vary", "Origin");
    pool_.origins_->AddHeaders({.headers = reader_->origin_fields()}, response.head.headers);
  }
  reader_.reset();
  Free(input_);
  phase_ = Phase::kRefusing;
  answered_ = close_after_ = true;
  absl::StrAppend(&output_,
                  ResponseHeadBytes(response.head, {.content_length = response.body.size(),
                                                    .after = After::kClose}),
                  response.body);
  ArmTimer(pool_.options_.connection.close_timeout);
  watch_->WaitReadable();
  MarkDirty();
}

void Connection::MarkDirty() {
  if (phase_ != Phase::kClosed) pool_.MarkDirty(*this);
}

Connection::After Connection::AfterThisAnswer() const {
  return close_after_ || pool_.finishing_up_ ? After::kClose : After::kKeepAlive;
}

bool Connection::answer_complete() const {
  return answered_ && output_.empty() && (!body_.has_value() || body_->done());
}

void Connection::Flush() {
  if (phase_ == Phase::kClosed || phase_ == Phase::kLingering) return;
  blocked_ = false;  // what is appended while it sends is not to wait for the kernel
  const SendResult result = SendOutput();
  if (result.outcome == SendOutcome::kBroken) return Close();
  blocked_ = result.outcome == SendOutcome::kBlocked;
  if (blocked_) watch_->WaitWritable();
  if (result.outcome == SendOutcome::kYield) MarkDirty();
  if (answer_complete()) return FinishAnswer();
  const bool ended = answered_ && (!body_.has_value() || body_->end().has_value());
  if (ended && (timer_ == nullptr || result.sent > 0)) AwaitLastBytes();
}

void Connection::AwaitLastBytes() {
  queued_bytes_ = socket_.queued_bytes();
  ArmTimer(pool_.options_.connection.close_timeout);
}

SendResult Connection::SendOutput() {
  if (body_.has_value()) {
    return body_->Send(socket_, output_, {pool_.send_scratch_, pool_.framed_piece_});
  }
  const absl::string_view left = absl::string_view(output_).substr(output_sent_);
  const SendResult result = socket_.Send({left}, pool_.send_scratch_);
  output_sent_ += result.sent;
  if (output_sent_ == output_.size()) {
    Free(output_);
    output_sent_ = 0;
  }
  return result;
}

void Connection::FinishAnswer() {
  const bool open_end = body_.has_value() && body_->end() == BodyEnd::kOpen;
  const bool close = open_end || AfterThisAnswer() == After::kClose;
  body_.reset();
  Free(output_);
  answered_ = false;
  timer_.reset();
  EndExchange(Exchange::Notices::Ending::kFinished);
  if (close) return Linger();
  NextRequest();
}

void Connection::NextRequest() {
  phase_ = Phase::kIdle;
  if (!input_.empty()) {
    phase_ = Phase::kHead;
    ArmTimer(pool_.options_.connection.head_timeout);
    ReadRequest();
  } else if (!half_closed_) {
    ArmTimer(pool_.options_.connection.idle_timeout);
  }
  if (phase_ == Phase::kClosed) return;
  const bool needs_more = phase_ != Phase::kAnswering && phase_ != Phase::kRefusing;
  if (half_closed_) {
    if (needs_more) Close();
  } else {
    watch_->WaitReadable();
  }
}

// ---- The end ----

// A close while the browser's bytes are unread makes the kernel send a reset, and a reset makes the
// browser's kernel throw away what the browser has not read yet: the end of the answer. So: say
// that all is sent, take what still comes, and wait for the browser to close.
void Connection::Linger() {
  phase_ = Phase::kLingering;
  Free(input_);
  socket_.FinishSending();
  if (half_closed_) return Close();
  ArmTimer(pool_.options_.connection.close_timeout);
  watch_->WaitReadable();
}

void Connection::FinishUp() {
  const bool waits = phase_ == Phase::kHead && input_.empty() && reader_ == nullptr;
  if (waits || phase_ == Phase::kIdle) Close();
}

void Connection::Reset() {
  if (phase_ == Phase::kClosed) return;
  watch_.reset();
  socket_.Reset();
  Close();
}

void Connection::Close() {
  if (phase_ == Phase::kClosed) return;
  phase_ = Phase::kClosed;
  timer_.reset();
  watch_.reset();
  socket_.Close();
  body_.reset();
  EndExchange(Exchange::Notices::Ending::kGone);
  pool_.Release(*this);
}

void Connection::EndExchange(Exchange::Notices::Ending ending) {
  if (exchange_ == nullptr) return;
  Exchange* const exchange = std::exchange(exchange_, nullptr);
  exchange->connection_ = nullptr;
  Exchange::Notices::Ended(exchange->notices_, ending);
}

}  // namespace sluice

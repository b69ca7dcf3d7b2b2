// SPDX-License-Identifier: Apache-2.0
#include "gateway/edge/body/body_sender.h"

#include <algorithm>
#include <array>
#include <utility>

namespace sluice {

BodySender::BodySender(ChunkFraming::Kind kind, ByteLogCursor cursor,
                       absl::AnyInvocable<void()> wake)
    : cursor_(std::move(cursor)), framing_(kind), wake_(std::move(wake)) {}

BodySender::~BodySender() {
  if (log_ != nullptr) log_->SetReader(nullptr);
}

void BodySender::Start(ByteLog& log) {
  log_ = &log;
  log.SetReader(this);
}

void BodySender::OnBytes() { wake_(); }

void BodySender::OnEnd(BodyEnd end) {
  end_ = end;
  end_position_ = log_->end_position();
  // After its end the log may go at any time.
  std::exchange(log_, nullptr)->SetReader(nullptr);
  wake_();
}

void BodySender::Abandon() {
  if (!end_.has_value()) OnEnd(BodyEnd::kOpen);
}

uint64_t BodySender::unsent_bytes() const { return published() - cursor_.position(); }

bool BodySender::done() const {
  if (!end_.has_value() || !framing_.idle() || unsent_bytes() > 0) return false;
  return *end_ == BodyEnd::kOpen || framing_.finished();
}

// A chunk may lie in several pieces of the log: whoever is behind gets all he lacks in one send.
void BodySender::PrepareChunk(absl::Span<const absl::string_view> unread) {
  if (!framing_.idle() || framing_.finished()) return;
  size_t payload = 0;
  for (const absl::string_view piece : unread) payload += piece.size();
  payload = std::min(payload, kBytesPerSend);
  if (payload > 0) {
    const bool last = end_ == BodyEnd::kClean && payload == unsent_bytes();
    framing_.Begin(payload, last ? ChunkFraming::Last::kYes : ChunkFraming::Last::kNo);
  } else if (end_ == BodyEnd::kClean) {
    framing_.Finish();
  }
}

SendResult BodySender::Send(int fd, std::string& head, SendScratch& scratch) {
  SendResult total{SendOutcome::kAll, 0};
  while (true) {
    // The payload stands between the head, what is before it and what is after it.
    std::array<absl::string_view, kMaxSendPieces> pieces;
    const absl::Span<absl::string_view> room = absl::MakeSpan(pieces).subspan(2, pieces.size() - 3);
    const absl::Span<absl::string_view> payload = room.first(cursor_.UnreadPieces(room));
    PrepareChunk(payload);
    if (head.empty() && framing_.idle()) return total;
    if (total.sent >= kBytesPerSend) return {SendOutcome::kYield, total.sent};
    pieces[0] = head;
    pieces[1] = framing_.before();
    size_t left = framing_.payload_left();
    for (absl::string_view& piece : payload) {
      piece = piece.substr(0, left);
      left -= piece.size();
    }
    pieces[2 + payload.size()] = framing_.after();
    const SendResult result =
        GatherSend(fd, absl::MakeSpan(pieces).first(3 + payload.size()), scratch);
    const size_t of_head = std::min(result.sent, head.size());
    head.erase(0, of_head);
    const size_t of_body = framing_.Consume(result.sent - of_head);
    cursor_.Advance(of_body);
    total.sent += of_body;
    if (result.outcome != SendOutcome::kAll) return {result.outcome, total.sent};
  }
}

}  // namespace sluice

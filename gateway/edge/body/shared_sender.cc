// SPDX-License-Identifier: Apache-2.0
#include "gateway/edge/body/shared_sender.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace sluice {

absl::string_view FramedPiece::Of(const SharedBody::Piece& piece) {
  if (piece.serial == serial_ && piece.position == position_ &&
      piece.bytes.size() == payload_bytes_) {
    return {bytes_.data(), size_};
  }
  constexpr size_t kAround = 24;
  if (piece.bytes.size() + kAround > bytes_.size()) return {};
  char* at = std::to_chars(bytes_.data(), bytes_.data() + 16, piece.bytes.size(), 16).ptr;
  *at++ = '\r';
  *at++ = '\n';
  std::memcpy(at, piece.bytes.data(), piece.bytes.size());
  at += piece.bytes.size();
  *at++ = '\r';
  *at++ = '\n';
  serial_ = piece.serial;
  position_ = piece.position;
  payload_bytes_ = piece.bytes.size();
  size_ = static_cast<size_t>(at - bytes_.data());
  return {bytes_.data(), size_};
}

bool SharedSender::done() const {
  if (!body_.end().has_value() || !framing_.idle() || body_.unsent_bytes() > 0) return false;
  return *body_.end() == BodyEnd::kOpen || framing_.finished();
}

SendResult SharedSender::Send(int fd, std::string& head, Tools tools) {
  SendResult total{SendOutcome::kAll, 0};
  while (true) {
    const SendResult result = SendPart(fd, head, tools);
    total.sent += result.sent;
    total.outcome = result.outcome;
    if (result.outcome != SendOutcome::kAll || result.sent == 0) break;
    if (total.sent >= kBytesPerSend) {
      total.outcome = SendOutcome::kYield;
      break;
    }
  }
  if (total.outcome == SendOutcome::kBlocked) body_.NoteFull();
  if (total.outcome == SendOutcome::kAll) body_.NoteSent();
  return total;
}

// One send. Nothing sent with kAll means that there is nothing to send.
SendResult SharedSender::SendPart(int fd, std::string& head, Tools tools) {
  if (!framing_.idle()) return SendRest(fd, head, tools.scratch);
  const SharedBody::Piece piece = body_.NextPiece();
  const bool alone = head.empty() && piece.from_log && !piece.bytes.empty();
  if (alone && framing_.kind() == ChunkFraming::Kind::kChunked) {
    const absl::string_view framed = tools.framed.Of(piece);
    if (!framed.empty()) {
      const SendResult result = GatherSend(fd, {framed}, tools.scratch);
      if (result.sent == framed.size()) {
        body_.Advance(piece.bytes.size());
      } else if (result.sent > 0) {
        framing_.Begin(piece.bytes.size(), ChunkFraming::Last::kNo);
        body_.Advance(framing_.Consume(result.sent));
      } else {
        body_.PutBack();
      }
      return result;
    }
  }
  if (!BeginPiece(piece) && head.empty()) return {SendOutcome::kAll, 0};
  return SendRest(fd, head, tools.scratch);
}

// False if there is nothing to begin.
bool SharedSender::BeginPiece(const SharedBody::Piece& piece) {
  if (!piece.bytes.empty()) {
    const bool last = body_.end() == BodyEnd::kClean && body_.piece_is_last();
    framing_.Begin(piece.bytes.size(), last ? ChunkFraming::Last::kYes : ChunkFraming::Last::kNo);
    return true;
  }
  if (body_.end() != BodyEnd::kClean || framing_.finished()) return false;
  framing_.Finish();
  return !framing_.idle();
}

SendResult SharedSender::SendRest(int fd, std::string& head, SendScratch& scratch) {
  SendResult result =
      GatherSend(fd, {head, framing_.before(), body_.Rest(), framing_.after()}, scratch);
  const size_t of_head = std::min(result.sent, head.size());
  head.erase(0, of_head);
  if (head.empty()) std::string().swap(head);
  body_.Advance(framing_.Consume(result.sent - of_head));
  return result;
}

}  // namespace sluice

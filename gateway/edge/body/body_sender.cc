// SPDX-License-Identifier: Apache-2.0
#include "gateway/edge/body/body_sender.h"

#include <algorithm>
#include <array>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace sluice {

BodySender::BodySender(ChunkFraming::Kind kind, Body& body, BodyReader& reader)
    : body_(body), framing_(kind) {
  body_.SetReader(&reader);
}

BodySender::~BodySender() { body_.SetReader(nullptr); }

bool BodySender::done() const {
  if (!end().has_value() || !framing_.idle() || body_.unsent_bytes() > 0) return false;
  return *end() == BodyEnd::kOpen || framing_.finished();
}

SendResult BodySender::Send(Socket& socket, std::string& head, Tools tools) {
  SendResult total{SendOutcome::kAll, 0};
  while (true) {
    const SendResult result = SendPart(socket, head, tools);
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
  if (total.outcome != SendOutcome::kBroken && total.sent > 0) body_.NoteTaken();
  return total;
}

// One send. Nothing sent with kAll means that there is nothing to send.
SendResult BodySender::SendPart(Socket& socket, std::string& head, Tools tools) {
  if (!framing_.idle()) return SendRest(socket, head, tools.scratch);
  const Body::Piece piece = body_.NextPiece();
  const bool alone = head.empty() && piece.is_of_log && piece.size > 0;
  if (alone && framing_.kind() == ChunkFraming::Kind::kChunked) {
    const absl::string_view framed = tools.framed.Of(piece);
    if (!framed.empty()) {
      const SendResult result = socket.Send({framed}, tools.scratch);
      if (result.sent == framed.size()) {
        body_.Advance(piece.size);
      } else if (result.sent > 0) {
        framing_.Begin(piece.size, ChunkFraming::Last::kNo);
        body_.Advance(framing_.Consume(result.sent));
      } else {
        body_.PutBack();
      }
      return result;
    }
  }
  if (!BeginPiece(piece) && head.empty()) return {SendOutcome::kAll, 0};
  return SendRest(socket, head, tools.scratch);
}

// False if there is nothing to begin.
bool BodySender::BeginPiece(const Body::Piece& piece) {
  if (piece.size > 0) {
    const bool last = end() == BodyEnd::kClean && body_.piece_is_last();
    framing_.Begin(piece.size, last ? ChunkFraming::Last::kYes : ChunkFraming::Last::kNo);
    return true;
  }
  if (end() != BodyEnd::kClean || framing_.finished()) return false;
  framing_.Finish();
  return !framing_.idle();
}

// The payload stands between the head, what is before it and what is after it. Where it lies in
// more pieces than there is room for, what is after it has to wait.
SendResult BodySender::SendRest(Socket& socket, std::string& head, SendScratch& scratch) {
  std::array<absl::string_view, Socket::kMaxPieces> pieces = {head, framing_.before()};
  const size_t count = body_.Rest(absl::MakeSpan(pieces).subspan(2, Socket::kMaxPieces - 3));
  size_t payload = 0;
  for (size_t i = 0; i < count; ++i) payload += pieces[2 + i].size();
  const bool whole = payload == framing_.payload_left();
  pieces[2 + count] = whole ? framing_.after() : absl::string_view();
  const SendResult result = socket.Send(absl::MakeSpan(pieces).first(3 + count), scratch);
  const size_t of_head = std::min(result.sent, head.size());
  head.erase(0, of_head);
  if (head.empty()) std::string().swap(head);
  body_.Advance(framing_.Consume(result.sent - of_head));
  return result;
}

}  // namespace sluice

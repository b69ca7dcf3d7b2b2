// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/bytes/body.h"

#include <algorithm>
#include <cassert>
#include <utility>
#include <vector>

namespace sluice {

Body::~Body() {
  assert(reader_ == nullptr);
  Leave();
}

void Body::Append(absl::string_view bytes) {
  assert(!end_.has_value());
  own_.Append(bytes);
}

void Body::Publish() {
  if (reader_ != nullptr) reader_->OnBytes();
}

void Body::Attach(SharedLogWindow& window, uint64_t position) {
  assert(window_ == nullptr && position >= window.begin());
  window_ = &window;
  position_ = position;
  slot_ = static_cast<uint32_t>(window.bodies_.size());
  window.bodies_.push_back(this);
}

void Body::Detach() {
  if (window_ == nullptr) return;
  KeepPiece();
  Leave();
}

// The sender has promised the rest of this piece, and the log is about to go.
void Body::KeepPiece() {
  if (piece_left_ == 0 || piece_is_own_) return;
  if (reader_ != nullptr) Count(piece_left_);
  own_.Prepend(window_->From(position_).substr(0, piece_left_));
  position_ += piece_left_;
  piece_is_own_ = true;
}

// Of the piece under way, which is the log's.
void Body::Count(size_t bytes) {
  const uint32_t entries = std::exchange(piece_entries_, 0);
  window_->Count(entries, bytes);
  sent_log_bytes_ += bytes;
  sent_entries_ += entries;
  if (entries == 0 || !tells_begun_) return;
  tells_begun_ = false;
  attention_(Need::kBegun);
}

void Body::Leave() {
  if (window_ == nullptr) return;
  std::vector<Body*>& bodies = window_->bodies_;
  bodies[slot_] = bodies.back();
  bodies[slot_]->slot_ = slot_;
  bodies.pop_back();
  window_ = nullptr;
}

void Body::TellWhenSent() {
  assert(window_ == nullptr);
  tells_sent_ = true;
  Publish();
}

void Body::Close(BodyEnd end) {
  assert(!end_.has_value() && window_ == nullptr);
  end_ = end;
  if (reader_ != nullptr) reader_->OnEnd(end);
}

void Body::SetReader(BodyReader* reader) {
  reader_ = reader;
  if (reader_ == nullptr) return;
  if (unsent_bytes() > 0) reader_->OnBytes();
  if (end_.has_value()) reader_->OnEnd(*end_);
}

uint64_t Body::unsent_bytes() const {
  if (window_ == nullptr || window_->end() <= position_) return own_.size();
  return own_.size() + (window_->end() - position_);
}

Body::Piece Body::NextPiece() {
  assert(piece_left_ == 0);
  if (own_.empty() && tells_sent_) {
    tells_sent_ = false;
    attention_(Need::kSent);
  }
  if (!own_.empty()) {
    piece_is_own_ = true;
    piece_left_ = static_cast<uint32_t>(std::min(own_.size(), kOwnPieceBytes));
    absl::string_view bytes;
    own_.Pieces({&bytes, 1});
    return {.size = piece_left_, .bytes = bytes.substr(0, piece_left_)};
  }
  if (window_ == nullptr) return {};
  if (full_ && position_ < window_->end()) {
    full_ = false;
    Leave();
    attention_(Need::kBehind);
    return {};
  }
  full_ = false;
  const absl::string_view entries = window_->Entries(position_, kLogPieceBytes);
  piece_is_own_ = false;
  piece_left_ = static_cast<uint32_t>(entries.size());
  piece_entries_ = entries.empty() ? 0 : window_->CountEntries(position_, entries);
  return {.size = entries.size(),
          .bytes = entries,
          .is_of_log = true,
          .serial = window_->serial(),
          .position = position_};
}

size_t Body::Rest(absl::Span<absl::string_view> pieces) const {
  if (piece_left_ == 0 || pieces.empty()) return 0;
  if (!piece_is_own_) {
    pieces[0] = window_->From(position_).substr(0, piece_left_);
    return 1;
  }
  const size_t count = own_.Pieces(pieces);
  size_t left = piece_left_;
  for (size_t i = 0; i < count; ++i) {
    pieces[i] = pieces[i].substr(0, left);
    left -= pieces[i].size();
    if (left == 0) return i + 1;
  }
  return count;
}

void Body::Advance(size_t bytes) {
  assert(bytes <= piece_left_);
  piece_left_ -= static_cast<uint32_t>(bytes);
  if (bytes == 0) return;
  if (piece_is_own_) return own_.Advance(bytes);
  position_ += bytes;
  Count(bytes);
}

bool Body::piece_is_last() const {
  return end_.has_value() && window_ == nullptr && own_.size() == piece_left_;
}

void Body::NoteSent() {
  if (window_ == nullptr || !window_->closed() || told_caught_up_) return;
  if (piece_left_ > 0 || unsent_bytes() > 0) return;
  told_caught_up_ = true;
  attention_(Need::kCaughtUp);
}

void Body::NoteTaken() {
  if (tells_taken_) attention_(Need::kTaken);
}

void Body::OnLook() {
  // What is forgotten is still here, until every body was told: who is not blocked can send it.
  if (position_ < window_->begin() && reader_ != nullptr) reader_->OnPass();
  if (window_ == nullptr) return;
  if (position_ < window_->begin()) KeepPiece();
  if (position_ < window_->begin()) {
    Leave();
    attention_(Need::kLost);
    return;
  }
  if (position_ < window_->end() && reader_ != nullptr) reader_->OnPass();
  if (window_ != nullptr) NoteSent();
}

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/bytes/shared_body.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace sluice {

SharedBody::~SharedBody() {
  Leave();
  if (end_.has_value() || subscriber_ == nullptr) return;
  end_ = BodyEnd::kOpen;
  std::exchange(subscriber_, nullptr)->OnEnd(BodyEnd::kOpen);
}

void SharedBody::Append(absl::string_view bytes) {
  assert(!end_.has_value());
  own_.append(bytes.data(), bytes.size());
}

void SharedBody::Publish() {
  if (subscriber_ != nullptr) subscriber_->OnBytes();
}

void SharedBody::Attach(SharedLogWindow& window, uint64_t position) {
  assert(window_ == nullptr && position >= window.begin());
  window_ = &window;
  position_ = position;
  slot_ = static_cast<uint32_t>(window.bodies_.size());
  window.bodies_.push_back(this);
}

void SharedBody::Detach() {
  if (window_ == nullptr) return;
  KeepPiece();
  Leave();
}

// The sender has promised the rest of this piece, and the log is about to go.
void SharedBody::KeepPiece() {
  if (piece_left_ == 0 || piece_of_own_) return;
  if (subscriber_ != nullptr) Count(piece_left_);
  own_.insert(0, std::string(Rest()));
  own_sent_ = 0;
  position_ += piece_left_;
  piece_of_own_ = true;
}

// Of the piece under way, which is the log's.
void SharedBody::Count(size_t bytes) {
  const uint32_t entries = std::exchange(piece_entries_, 0);
  window_->Count(entries, bytes);
  sent_log_bytes_ += bytes;
  sent_entries_ += entries;
  if (entries > 0 && std::exchange(tells_begun_, false)) attention_(Need::kBegun);
}

void SharedBody::Leave() {
  if (window_ == nullptr) return;
  std::vector<SharedBody*>& bodies = window_->bodies_;
  bodies[slot_] = bodies.back();
  bodies[slot_]->slot_ = slot_;
  bodies.pop_back();
  window_ = nullptr;
}

void SharedBody::TellWhenSent() {
  assert(window_ == nullptr);
  tells_sent_ = true;
  Publish();
}

void SharedBody::Close(BodyEnd end) {
  assert(!end_.has_value() && window_ == nullptr);
  end_ = end;
  if (subscriber_ != nullptr) subscriber_->OnEnd(end);
}

void SharedBody::SetReader(BodyReader* subscriber) {
  subscriber_ = subscriber;
  if (subscriber_ == nullptr) return;
  if (unsent_bytes() > 0) subscriber_->OnBytes();
  if (end_.has_value()) subscriber_->OnEnd(*end_);
}

uint64_t SharedBody::unsent_bytes() const {
  const uint64_t own = own_.size() - own_sent_;
  if (window_ == nullptr || window_->end() <= position_) return own;
  return own + (window_->end() - position_);
}

SharedBody::Piece SharedBody::NextPiece() {
  assert(piece_left_ == 0);
  if (own_.empty() && std::exchange(tells_sent_, false)) attention_(Need::kSent);
  if (!own_.empty()) {
    piece_of_own_ = true;
    piece_left_ = static_cast<uint32_t>(own_.size());
    return {.bytes = own_};
  }
  if (window_ == nullptr) return {};
  if (std::exchange(full_, false) && position_ < window_->end()) {
    Leave();
    attention_(Need::kBehind);
    return {};
  }
  const absl::string_view entries = window_->Entries(position_, kPieceBytes);
  piece_of_own_ = false;
  piece_left_ = static_cast<uint32_t>(entries.size());
  piece_entries_ = entries.empty() ? 0 : window_->CountEntries(position_, entries);
  return {.bytes = entries, .from_log = true, .serial = window_->serial(), .position = position_};
}

absl::string_view SharedBody::Rest() const {
  if (piece_left_ == 0) return {};
  if (piece_of_own_) return absl::string_view(own_).substr(own_sent_, piece_left_);
  return window_->From(position_).substr(0, piece_left_);
}

void SharedBody::Advance(size_t bytes) {
  assert(bytes <= piece_left_);
  piece_left_ -= static_cast<uint32_t>(bytes);
  if (!piece_of_own_) {
    position_ += bytes;
    if (bytes > 0) Count(bytes);
    return;
  }
  own_sent_ += static_cast<uint32_t>(bytes);
  if (piece_left_ > 0) return;
  // What was appended meanwhile is the next piece.
  own_ = own_.substr(own_sent_);
  if (own_.empty()) std::string().swap(own_);
  own_sent_ = 0;
}

bool SharedBody::piece_is_last() const {
  return end_.has_value() && window_ == nullptr && own_.size() - own_sent_ == piece_left_;
}

void SharedBody::NoteSent() {
  if (window_ == nullptr || !window_->closed() || told_caught_up_) return;
  if (piece_left_ > 0 || unsent_bytes() > 0) return;
  told_caught_up_ = true;
  attention_(Need::kCaughtUp);
}

void SharedBody::OnLook() {
  // What is forgotten is still here, until every body was told: who is not blocked can send it.
  if (position_ < window_->begin() && subscriber_ != nullptr) subscriber_->OnPass();
  if (window_ == nullptr) return;
  if (position_ < window_->begin()) KeepPiece();
  if (position_ < window_->begin()) {
    Leave();
    attention_(Need::kLost);
    return;
  }
  if (position_ < window_->end() && subscriber_ != nullptr) subscriber_->OnPass();
  if (window_ != nullptr) NoteSent();
}

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/grpc/mailbox.h"

#include <iterator>
#include <utility>

#include "gateway/upstream/grpc/grpc_call.h"

namespace sluice {
namespace {

void Append(std::vector<Parcel> from, std::vector<Parcel>& to) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

}  // namespace

size_t Mailbox::Stage(Parcel parcel) {
  staged_.push_back(std::move(parcel));
  return staged_.size();
}

void Mailbox::Flush() {
  std::vector<Parcel> staged = std::exchange(staged_, {});
  std::lock_guard lock(mu_);
  if (closed_) return;
  if (parcels_.empty()) {
    parcels_.swap(staged);
  } else {
    Append(std::move(staged), parcels_);
  }
  PostDelivery();
}

void Mailbox::Close() {
  std::vector<Parcel> dropped;
  std::lock_guard lock(mu_);
  closed_ = true;
  dropped.swap(parcels_);
}

// REQUIRES: mu_ is held.
void Mailbox::PostDelivery() {
  if (posted_) return;
  posted_ = true;
  executor_.Post([self = shared_from_this()] { self->Deliver(); });
}

void Mailbox::Deliver() {
  std::vector<Parcel> parcels;
  {
    std::lock_guard lock(mu_);
    posted_ = false;
    parcels.swap(parcels_);
  }
  size_t messages = 0;
  for (size_t i = 0; i < parcels.size(); ++i) {
    if (messages >= kMessagesPerTurn) return PutBack(std::move(parcels), i);
    messages += parcels[i].messages.size();
    parcels[i].call->Tell(parcels[i]);
  }
}

// The rest comes before what has arrived in the meantime.
void Mailbox::PutBack(std::vector<Parcel> parcels, size_t first) {
  std::vector<Parcel> rest(std::make_move_iterator(parcels.begin() + first),
                           std::make_move_iterator(parcels.end()));
  std::lock_guard lock(mu_);
  if (closed_) return;
  rest.swap(parcels_);
  Append(std::move(rest), parcels_);
  PostDelivery();
}

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "gateway/edge/connection_pool.h"

#include <algorithm>
#include <utility>

#include "gateway/edge/connection.h"

namespace sluice {
namespace {

// Those over the limit that are told so. More of them are closed without a word, after which
// EventSource comes back as well.
constexpr size_t kMaxOverLimit = 128;

}  // namespace

ConnectionPool::ConnectionPool(Loop& loop, Metrics& metrics, const Options& options,
                               ExchangeCallback on_request)
    : loop_(loop),
      options_(options),
      count_(options.count != nullptr ? options.count : std::make_shared<std::atomic<size_t>>(0)),
      on_request_(std::move(on_request)),
      refusals_(metrics, RefusedBy::kEdge) {}

ConnectionPool::~ConnectionPool() {
  while (!connections_.empty()) connections_.back()->Close();
}

void ConnectionPool::Adopt(Fd fd, std::string peer_address) {
  if (finishing_up_) return;
  const size_t others = count_->fetch_add(1, std::memory_order_relaxed);
  if (others >= options_.max_connections + kMaxOverLimit) {
    count_->fetch_sub(1, std::memory_order_relaxed);
    refusals_.Count(RefusalReason::kTooManyConnections);
    return;
  }
  connections_.push_back(
      std::make_unique<Connection>(*this, Socket(std::move(fd)), std::move(peer_address)));
  Connection& connection = *connections_.back();
  connection.slot_ = static_cast<uint32_t>(connections_.size() - 1);
  connection.over_limit_ = others >= options_.max_connections;
  connection.Start();
}

void ConnectionPool::FinishUp() {
  finishing_up_ = true;
  // Backwards: one that closes is replaced by the last, which was asked already.
  for (size_t i = connections_.size(); i > 0; --i) connections_[i - 1]->FinishUp();
}

void ConnectionPool::MarkDirty(Connection& connection) {
  if (connection.dirty_) return;
  connection.dirty_ = true;
  dirty_.push_back(&connection);
  RequestPass();
}

void ConnectionPool::Release(Connection& connection) {
  const size_t slot = connection.slot_;
  released_.push_back(std::move(connections_[slot]));
  if (slot + 1 < connections_.size()) {
    connections_[slot] = std::move(connections_.back());
    connections_[slot]->slot_ = static_cast<uint32_t>(slot);
  }
  connections_.pop_back();
  count_->fetch_sub(1, std::memory_order_relaxed);
  RequestPass();
}

void ConnectionPool::RequestPass() {
  if (pass_requested_) return;
  pass_requested_ = true;
  loop_.Post(weak_self_.Bind(*this, [](ConnectionPool& pool) { pool.Pass(); }));
}

void ConnectionPool::Pass() {
  pass_requested_ = false;
  std::vector<Connection*> dirty;
  dirty.swap(dirty_);
  for (Connection* connection : dirty) {
    connection->dirty_ = false;
    connection->Flush();
  }
  if (dirty_.empty()) {
    // Its memory serves the next pass.
    dirty.clear();
    dirty_.swap(dirty);
  }
  const auto gone =
      std::partition(released_.begin(), released_.end(),
                     [](const std::unique_ptr<Connection>& each) { return each->dirty_; });
  released_.erase(gone, released_.end());
}

}  // namespace sluice

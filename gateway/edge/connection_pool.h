// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/base/loop/fd.h"
#include "gateway/base/loop/loop.h"
#include "gateway/base/loop/weak_self.h"
#include "gateway/base/observe/metrics.h"
#include "gateway/edge/body/framed_piece.h"
#include "gateway/edge/connection_options.h"
#include "gateway/edge/exchange.h"
#include "gateway/edge/socket.h"
#include "gateway/http/origin_policy.h"
#include "gateway/http/refusal.h"

namespace sluice {

class Connection;

// The connections of a listener, whatever they came from: speaks HTTP/1.1 on each, and gives each
// request to a callback. A test gives it one end of a socketpair and needs no network.
//
// Bounds:    `max_connections`; the request of one more is marked `over_limit`, and its connection
//            closed with the answer. Far too many are closed without a word, and counted
//            (`too_many_connections`).
// Ownership: owns the connections. Those that ended are freed at the end of a turn, so that what
//            they were doing when they ended may finish.
// Threads:   its loop's.
class ConnectionPool final {
 public:
  struct Options {
    size_t max_connections = 10000;
    // How many there are, of all pools that share the bound; null: of this one.
    std::shared_ptr<std::atomic<size_t>> count;
    ConnectionOptions connection;
  };

  // `loop` and `metrics` must outlive the pool.
  ConnectionPool(Loop& loop, Metrics& metrics, const Options& options, ExchangeCallback on_request);
  // Breaks off the connections that are left; their exchanges are told `gone` when the loop turns
  // again.
  ~ConnectionPool();
  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;

  // Takes a connected stream socket, which need not be non-blocking. `peer_address` is what
  // HttpRequest::peer_address will say.
  void Adopt(Fd fd, std::string peer_address);

  // From now on a page may read what is refused here where `origins` lets it; null: never. A
  // request of which no Origin was read before it was refused cannot be judged.
  void UseOrigins(std::shared_ptr<const OriginPolicy> origins) { origins_ = std::move(origins); }

  // Closes idle connections, and the others once they have answered.
  void FinishUp();

  size_t connection_count() const { return connections_.size(); }

 private:
  friend class Connection;
  using ReadScratch = std::array<char, 16 * 1024>;

  // What connections ask of their pool.
  void MarkDirty(Connection& connection);  // Flush it when all that is ready now has run
  void Release(Connection& connection);    // it has ended
  void RequestPass();
  void Pass();

  Loop& loop_;
  const Options options_;
  const std::shared_ptr<std::atomic<size_t>> count_;
  ExchangeCallback on_request_;
  std::shared_ptr<const OriginPolicy> origins_;
  RefusalCounters refusals_;
  bool finishing_up_ = false;

  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<std::unique_ptr<Connection>> released_;
  std::vector<Connection*> dirty_;
  bool pass_requested_ = false;
  WeakSelf<ConnectionPool> weak_self_;

  ReadScratch read_scratch_;
  SendScratch send_scratch_;
  FramedPiece framed_piece_;
};

}  // namespace sluice

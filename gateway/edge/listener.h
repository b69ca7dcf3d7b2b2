// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "gateway/base/loop/loop.h"
#include "gateway/base/observe/metrics.h"
#include "gateway/edge/connection_options.h"
#include "gateway/edge/exchange.h"
#include "gateway/http/origin_policy.h"

namespace sluice {

// Accepts connections on one loop and gives each request to a callback. With several loops there
// are several listeners on one address (SO_REUSEPORT); the kernel spreads the connections.
//
// Bounds:  `max_connections`, as ConnectionPool has it. Out of descriptors: accepting pauses, and
//          goes on when one is free.
// Threads: its loop's, but for Open, which may be called before the loop runs.
class Listener final {
 public:
  // A further listener of a process shares the address with its first. The first takes it only if
  // nobody listens there: with SO_REUSEPORT alone a second process would get half of the
  // connections, unnoticed.
  enum class Place { kFirst, kFurther };

  struct Options {
    std::string host = "127.0.0.1";  // an address or a name
    uint16_t port = 0;               // 0: a free one
    Place place = Place::kFirst;
    size_t max_connections = 10000;
    std::shared_ptr<std::atomic<size_t>> connection_count;  // as ConnectionPool::Options::count
    ConnectionOptions connection;
  };

  // `loop` and `metrics` must outlive the listener. Errors: what could not be bound, and why.
  static absl::StatusOr<std::unique_ptr<Listener>> Open(Loop& loop, Metrics& metrics,
                                                        const Options& options,
                                                        ExchangeCallback on_request);
  // Breaks off the connections that are left.
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  uint16_t port() const;
  size_t connection_count() const;

  // As ConnectionPool::UseOrigins.
  void UseOrigins(std::shared_ptr<const OriginPolicy> origins);

  // Accepts no more, closes idle connections, and lets those with an exchange finish it.
  void StopAccepting();

 private:
  class State;
  explicit Listener(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sluice

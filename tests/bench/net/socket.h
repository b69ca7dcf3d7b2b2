// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/base/loop/fd.h"

namespace sluice::bench {

// Ends the process with what failed and errno's text: a benchmark without its tools has no result.
[[noreturn]] void Die(std::string_view what);

// CLOCK_MONOTONIC: the same for every process of the machine, so that a latency is a difference.
int64_t NowNs();

// Lifts the soft limit of descriptors to the hard one.
void AllowManyDescriptors();

// Sockets that do not block, without Nagle's delay. `address` is "127.0.0.1:8080"; the process ends
// when it is anything else or cannot be bound.
Fd ListenOn(const std::string& address);
struct ConnectOptions {
  // "127.0.0.2": the address to come from. An address has some 28,000 ports to one other address.
  std::string source;
  // Bytes that the kernel may keep for the one who connects; 0: as many as it likes.
  int receive_buffer_bytes = 0;
};
Fd StartConnect(const std::string& address, const ConnectOptions& options = {});
// Not valid when nobody waits.
Fd AcceptFrom(const Fd& listener);

}  // namespace sluice::bench

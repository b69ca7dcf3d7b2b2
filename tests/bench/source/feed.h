// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "bench.pb.h"

namespace sluice::bench {

// How a message looks on the wire of the one who asked.
using Encode = std::string (*)(const ::bench::v1::Tick& tick);
// The length-prefixed message of gRPC.
std::string EncodeGrpc(const ::bench::v1::Tick& tick);
// The event that the gateway would make of it, as one chunk of HTTP/1.1: for a private stream, and
// for a shared one, whose events have an id (of the right length; what it says means nothing here).
std::string EncodeSseChunk(const ::bench::v1::Tick& tick);
std::string EncodeSharedSseChunk(const ::bench::v1::Tick& tick);
// The JSON alone.
std::string EncodeJson(const ::bench::v1::Tick& tick);

// Produces the bytes of one stream, as its request says: at full speed the same encoded message
// over and over, otherwise one new message for each Tick(), with its time.
//
// Bounds:  64 KiB wait in a paced stream whose reader is behind, beside a burst of 1,024 messages
//          at most; further messages are left out and counted.
// Threads: one.
class Feed final {
 public:
  Feed(const ::bench::v1::Request& request, Encode encode);

  bool paced() const { return request_.rate() > 0; }
  int64_t period_ns() const { return static_cast<int64_t>(1e9 / request_.rate()); }

  // Called when a paced stream has something to read again.
  void set_wake(std::function<void()> wake) { wake_ = std::move(wake); }

  // Adds a message of now, for paced streams.
  void Tick(int64_t now_ns);

  // Copies up to `room` bytes to `out` and says how many: whole batches where they fit. 0: nothing
  // for now, or finished().
  size_t Read(char* out, size_t room);
  // True when the last byte was read.
  bool finished() const;

 private:
  size_t ReadRepeated(char* out, size_t room);
  size_t ReadPending(char* out, size_t room);
  bool counted_out() const { return request_.count() > 0 && made_ >= request_.count(); }

  const ::bench::v1::Request request_;
  const Encode encode_;
  std::function<void()> wake_;
  ::bench::v1::Tick tick_;
  int64_t made_ = 0;
  // Full speed: one batch, sent again and again. Paced: what waits to be sent.
  std::string bytes_;
  size_t offset_ = 0;
};

}  // namespace sluice::bench

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "gateway/base/loop/fd.h"
#include "tests/bench/net/event_loop.h"
#include "tests/bench/source/feed.h"
#include "tests/bench/source/outbox.h"
#include "tests/bench/source/pacer.h"

namespace sluice::bench {

// Serves one HTTP/2 connection of a gRPC client: every call, whatever its path, is a
// bench.v1.Feed/Subscribe. nghttp2 keeps the protocol and its flow control; the messages are framed
// by hand, which makes the source several times faster than a gRPC server library and so keeps it
// from being what is measured.
//
// In:      HTTP/2 of a gRPC client. Out: DATA frames of ready-made messages, then grpc-status 0.
// Bounds:  64 KiB of output wait here; a request of more than 64 KiB is refused.
// Threads: one.
// Errors:  a request that does not parse ends with grpc-status 3; a broken connection is closed.
class H2Connection final {
 public:
  struct Surroundings {
    EventLoop& loop;
    Pacer& pacer;
    // Streams that were asked for so far, of all connections.
    int64_t& calls;
    // Called once, when the connection is over; may destroy it.
    std::function<void()> closed;
  };

  H2Connection(Fd fd, Surroundings surroundings);
  ~H2Connection();
  H2Connection(const H2Connection&) = delete;
  H2Connection& operator=(const H2Connection&) = delete;

 private:
  struct Call {
    std::string request;
    std::shared_ptr<Feed> feed;
  };

  void OnReady(uint32_t events);
  // False: the connection is over.
  bool Receive();
  bool Flush();
  void Start(int32_t stream, Call& call);
  void Refuse(int32_t stream);
  int OnFrame(const nghttp2_frame& frame);
  int OnRequestBytes(int32_t stream, std::string_view bytes);

  void SetUpSession();
  static ssize_t ReadBody(nghttp2_session* session, int32_t stream, uint8_t* out, size_t room,
                          uint32_t* flags, nghttp2_data_source* source, void* self);

  Fd fd_;
  Surroundings around_;
  nghttp2_session* session_ = nullptr;
  std::map<int32_t, Call> calls_;
  Outbox outbox_;
};

}  // namespace sluice::bench

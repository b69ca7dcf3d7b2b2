// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/base/loop/executor.h"
#include "gateway/base/rpc_status.h"

namespace sluice {

// One RPC to open: one request message, any number of answers.
struct CallRequest {
  std::string path;  // `/demo.v1.Ticker/Watch`
  // Names and values that passed ValidateMetadata; the value of a `-bin` name is raw bytes.
  std::vector<std::pair<std::string, std::string>> metadata;
  std::string message;                                // wire format
  absl::Duration timeout = absl::InfiniteDuration();  // then it ends with DEADLINE_EXCEEDED
};

// What a message counts in a call's window: its bytes, and those of the frame header that gRPC puts
// before each, so that messages without bytes cannot come without end.
inline size_t ReceivedBytes(absl::string_view wire) { return wire.size() + 5; }

// A gRPC service, and how it is reached. A seam: one implementation a transport.
//
// Bounds:  a call holds at most a window of received bytes, and one message more, that were not
//          released; then it stops reading, and HTTP/2 flow control stops the service.
// Threads: Open, and everything of a Call, on the thread of the executor given to Open, where the
//          observer is called, too.
// Errors:  "could not open" is a call that ends with that status. One path.
class Upstream {
 public:
  // Sees one call, in this order: OnHeaders at most once, OnMessage any number of times, OnEnd
  // once.
  class Observer {
   public:
    virtual ~Observer() = default;
    // The service has accepted the call. Not told where it refused it at once.
    virtual void OnHeaders() = 0;
    // `wire` is valid during this call only. Give its ReceivedBytes to Call::Release when it takes
    // no more room.
    virtual void OnMessage(absl::string_view wire) = 0;
    // Nothing follows. An OK end is told after every message.
    virtual void OnEnd(const RpcStatus& status) = 0;
  };

  // An open call. Destroying it cancels the RPC where it has not ended; the observer hears nothing
  // more.
  class Call {
   public:
    virtual ~Call() = default;
    // `bytes` of messages were taken: that much more may be received.
    virtual void Release(size_t bytes) = 0;
  };

  virtual ~Upstream() = default;

  // Never calls `observer` from inside Open. `observer` and `executor` must outlive the Call.
  [[nodiscard]] virtual std::unique_ptr<Call> Open(CallRequest request, Observer& observer,
                                                   Executor& executor) = 0;
};

}  // namespace sluice

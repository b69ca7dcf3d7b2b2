// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/base/loop/clock.h"
#include "gateway/base/observe/method_meter.h"
#include "gateway/base/rpc_status.h"
#include "gateway/http/http_request.h"
#include "gateway/relay/snapshot.h"

namespace sluice {

// What is kept of one request that is served: counted as it goes, and told to the access log when
// the stream opens and when it ends.
//
// Threads: its loop's.
class RequestRecord final {
 public:
  enum class Call {
    kOwn,     // an RPC of its own, which is counted here
    kShared,  // a place in a topic, which counts its RPC itself
  };
  struct Place {
    const Clock& clock;
    LoopMeter& meter;
    Call call = Call::kOwn;
  };

  // All must outlive the record; `request` only until ForgetRequest. Counts the request as opened.
  RequestRecord(const RoutePlan& plan, const HttpRequest& request, const Place& place);
  // Closes it, as stopped if nothing else ended it.
  ~RequestRecord();
  RequestRecord(const RequestRecord&) = delete;
  RequestRecord& operator=(const RequestRecord&) = delete;

  // The head of a stream is on its way.
  void HeadSent();
  // What came with the request goes. Keeps of it what the last line of the access log needs, if
  // there is one.
  void ForgetRequest();
  // An event of the service, as it is sent; the answer of a unary call.
  void Event(size_t bytes);
  // Of a shared stream: the first event goes out.
  void FirstEvent();
  bool has_event() const { return first_event_nanos_ != kNotYet; }
  // Events of a shared stream that the topic's log did not send to it.
  void Events(uint64_t events, uint64_t bytes);
  // Events that `counts()` has already.
  void AddCounted(uint64_t events, uint64_t bytes);
  // So many bytes wait for the browser now.
  void HoldBytes(uint64_t bytes);
  // The RPC ended; CANCELLED where the gateway ended it.
  void CallEnded(absl::StatusCode code);
  // How it ends: the first call counts.
  void Ended(StreamEnd end, const RpcStatus& status);
  // Nothing follows: counts and logs the end.
  void Close();

  const RoutePlan& plan() const { return plan_; }
  // Of its method, on its loop.
  MethodCounts& counts() { return plan_.meter.OnLoop(meter_.number); }

 private:
  static constexpr int64_t kNotYet = -1;

  int64_t NanosSinceBegin() const { return absl::ToUnixNanos(clock_.Now()) - begin_nanos_; }
  void LogEnd();

  // As small as it can be: there is one for each of ten thousand subscribers.
  const RoutePlan& plan_;
  const Clock& clock_;
  LoopMeter& meter_;
  const HttpRequest* request_;      // null once it is forgotten
  std::unique_ptr<char[]> origin_;  // then: peer, request id and trace id, a line each; or null
  const int64_t begin_nanos_;
  int64_t first_event_nanos_ = kNotYet;  // since the begin
  uint64_t events_ = 0;
  uint64_t bytes_ = 0;
  int64_t held_bytes_ = 0;
  absl::StatusCode code_ = absl::StatusCode::kOk;
  StreamEnd end_ = StreamEnd::kStopped;
  bool ended_ : 1 = false;
  bool head_sent_ : 1 = false;
  bool call_counted_ : 1 = false;
  bool closed_ : 1 = false;
};

// The lines of requests that are not served. Neither has the query, which may hold secrets.
void LogRefusedRequest(const HttpRequest& request, absl::string_view reason, int http_status);
void LogEndedStream(const HttpRequest& request);

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "gateway/base/bytes/body.h"
#include "gateway/base/loop/executor.h"
#include "gateway/base/loop/member_call.h"
#include "gateway/http/http_request.h"
#include "gateway/http/response.h"

namespace sluice {

class Connection;

// One request and the answer that it is owed: Respond, or StartBody, once.
//
// Ownership: held by whoever answers. Dropping it unanswered, or after StartBody and before
//            kFinished, breaks the connection off; dropping it after Respond changes nothing: the
//            connection sends what it has been given.
// Threads:   its connection's loop.
// Errors:    none: when the browser goes away, `gone` is called and everything else has no effect.
class Exchange final {
 public:
  enum class Event : uint8_t {
    // The browser closed its sending side. It may be gone, or still listen. At most once.
    kHalfClosed,
    // The browser is gone: reset, failed write, close_timeout, or the listener is gone. At most
    // once, nothing follows it.
    kGone,
    // The answer, or what there is of it before an open end, is handed to the kernel. At most once,
    // nothing follows it.
    kFinished,
  };
  // Never called from inside a method of Exchange. May destroy the Exchange.
  using Listener = MemberCall<Event>;

  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // REQUIRES: ForgetRequest was not called.
  const HttpRequest& request() const { return *request_; }

  // Gives a request that came without an `x-request-id` this one. The answer carries whichever it
  // has, and the `traceparent` that came, if one did.
  void Identify(std::string made_id);

  // An event that happened before (a half-close, say) is told after the next turn of the loop.
  void SetListener(Listener listener);

  // A whole answer with a Content-Length. 204 and 304 have no body.
  void Respond(Response response);

  // An answer of unknown length: the head goes out at once, then all that `body` has and gets. Ends
  // when `body` is closed: kClean completes the answer and keeps the connection, kOpen breaks the
  // connection off without completing it. `body` must outlive the Exchange; what was sent of it, it
  // tells its owner itself.
  void StartBody(ResponseHead head, Body& body);

  // What came with the request is not needed any more: a stream that lasts frees it.
  void ForgetRequest() { request_.reset(); }

 private:
  friend class Connection;
  class Notices;

  Exchange(Connection& connection, Executor& executor, HttpRequest request);

  void AddIdentity(ResponseHead& head) const;

  std::unique_ptr<HttpRequest> request_;
  bool identified_ = false;
  Connection* connection_;  // null once the browser is gone or the answer is complete
  std::shared_ptr<Notices> notices_;
};

// Gets each request of a listener.
using ExchangeCallback = absl::AnyInvocable<void(std::unique_ptr<Exchange>)>;

}  // namespace sluice

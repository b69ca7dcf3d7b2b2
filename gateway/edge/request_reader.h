// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "absl/strings/string_view.h"
#include "gateway/edge/connection_options.h"
#include "gateway/http/http_request.h"
#include "gateway/http/refusal.h"

namespace sluice {

// Reads one request from the bytes of a connection, in pieces of any size. Boost.Beast parses.
//
// In:     bytes, from the first of the request on; what was not consumed is passed again, with more
//         behind it.
// Out:    one HttpRequest, or a Refusal.
// Bounds: max_head_bytes, max_body_bytes. The rest of ConnectionOptions is not its business.
// Errors: a Refusal; after it the reader is of no more use.
class RequestReader final {
 public:
  enum class State { kHead, kBody, kComplete, kRefused };

  explicit RequestReader(const ConnectionOptions& options);
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  // Takes what it can from the start of `input`, and returns how many bytes that were.
  size_t Read(absl::string_view input);

  State state() const { return state_; }

  // REQUIRES: state() is kRefused.
  const Refusal& refusal() const { return *refusal_; }

  // Of what has come so far, whatever the state: `origin` and `host`.
  const HeaderList& origin_fields() const;

  // REQUIRES: state() is kBody or kComplete. Whether the browser holds the body back until it is
  // asked for (Expect: 100-continue).
  bool expects_continue() const { return expects_continue_; }

  // REQUIRES: state() is kComplete. Whether the browser may send another request after this one.
  bool keep_alive() const { return keep_alive_; }
  HttpRequest TakeRequest();

 private:
  struct Parser;  // Boost.Beast's, and HeadScanner

  size_t ReadHead(absl::string_view input);
  size_t ReadBody(absl::string_view input);
  void CheckFields();
  void CheckTarget(absl::string_view target);
  void Refuse(RefusalReason reason, absl::string_view message);

  const size_t max_head_bytes_;
  const size_t max_body_bytes_;
  State state_ = State::kHead;
  std::unique_ptr<Parser> parser_;
  HttpRequest request_;
  bool expects_continue_ = false;
  bool keep_alive_ = false;
  std::optional<Refusal> refusal_;
};

}  // namespace sluice

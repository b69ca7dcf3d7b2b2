// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/strings/string_view.h"
#include "gateway/base/loop/loop.h"
#include "gateway/edge/exchange.h"
#include "gateway/relay/call_builder.h"
#include "gateway/relay/request_record.h"
#include "gateway/relay/snapshot.h"
#include "gateway/upstream/upstream.h"

namespace sluice {

// One request, one unary RPC, one JSON object.
//
// Bounds:    holds one message, which the upstream bounds; the RPC has a deadline,
//            `unary_timeout`, and is cancelled at its second message, which is an error.
// Ownership: ends by calling `done`, which is to destroy it, later.
// Threads:   its loop's.
class UnaryCall final : public Upstream::Observer {
 public:
  struct Request {
    std::shared_ptr<const Snapshot> snapshot;
    const RoutePlan* plan = nullptr;  // of the snapshot
    RequestRecord::Place place;
  };

  // `loop` must outlive the call.
  UnaryCall(Request request, std::unique_ptr<Exchange> exchange, Loop& loop);
  ~UnaryCall() override;

  // Opens the RPC. `done` may be called from now on, but not from inside.
  void Start(CallRequest request, absl::AnyInvocable<void(UnaryCall*)> done);

  void OnHeaders() override { plan_.NoteAccepted(); }
  void OnMessage(absl::string_view wire) override;
  void OnEnd(const RpcStatus& status) override;

 private:
  void OnExchange(Exchange::Event event);
  void Answer(const RpcStatus& status);
  void AnswerFailed(const RpcStatus& status);
  void OnGone();
  void Finish();

  const std::shared_ptr<const Snapshot> snapshot_;
  const RoutePlan& plan_;
  Loop& loop_;
  absl::AnyInvocable<void(UnaryCall*)> done_;
  std::unique_ptr<Exchange> exchange_;
  RequestRecord record_;  // after exchange_, whose request it reads
  std::unique_ptr<Upstream::Call> call_;
  bool has_message_ = false;
  ResponseTranscoder::Whole whole_;
  absl::Status transcoded_;
};

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/base/bytes/body.h"
#include "gateway/relay/own_events.h"
#include "gateway/upstream/upstream.h"

namespace sluice {

class Stream;

// The source of a private stream: one browser, one streaming RPC.
//
// In ⇒ Out:  messages of the service ⇒ events in the stream's body.
// Bounds:    what the browser has not taken is bounded by `stream_buffer_bytes` and by what the
//            upstream's window lets follow; then the RPC is not read any more, and the service
//            waits. Nothing is dropped.
// Ownership: its stream's.
// Threads:   its stream's.
// Errors:    a message that has no JSON is a gap in its place, or the end of the stream:
//            `bad_message` of the route.
class PrivateSource final : public Upstream::Observer {
 public:
  explicit PrivateSource(Stream& stream) : stream_(stream) {}
  ~PrivateSource() override;

  // What the stream calls.
  void Start();        // opens the RPC
  void OnGraceOver();  // the service has not answered in the time that a browser waits for the head
  void OnTimer();
  void OnBeat();  // the browser has got a sign of life
  void OnAttention(Body::Need need);
  void Stop();  // nothing more is said, and the RPC is cancelled

  void OnHeaders() override;
  void OnMessage(absl::string_view wire) override;
  void OnEnd(const RpcStatus& status) override;

 private:
  void NoteAccepted();
  void OpenStream();
  bool AppendEvent(absl::string_view wire);
  absl::StatusOr<size_t> WriteEvent(absl::string_view wire);
  bool SkipUnreadable(const absl::Status& fault);
  void Fail(const RpcStatus& status);
  void ReleaseWhatFits();

  Stream& stream_;
  std::unique_ptr<Upstream::Call> call_;
  bool unnamed_events_ = false;
  std::string last_id_;                              // in its wire form
  absl::Time accepted_at_ = absl::InfiniteFuture();  // by the service
  absl::Time last_activity_;
  size_t unreleased_bytes_ = 0;  // of messages, taken while the browser was behind
};

}  // namespace sluice

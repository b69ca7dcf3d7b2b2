// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "grpcpp/support/server_callback.h"
#include "services/field_check.h"
#include "services/schedule.h"
#include "services/tally.h"

namespace sluice::demo {

// What all services share. Both outlive every call.
struct Stage {
  Schedule& schedule;
  Tally& tally;
};

// Nothing to send before `until`, unless the feed is woken earlier.
struct Wait {
  absl::Time until = absl::InfiniteFuture();
};

// What a stream does next: send a message, wait, or end.
template <typename Message>
using Step = std::variant<Message, Wait, grpc::Status>;

// What a service is to its stream: asked for the next step, with the schedule's time, whenever gRPC
// can take another message. So the service never queues: a reader that is slow is asked for less
// often.
template <typename Message>
using Source = absl::AnyInvocable<Step<Message>(absl::Time now)>;

// Makes the feed ask its source again, now. May be called at any time by any thread, with no lock
// held that a source takes; does nothing once the feed is gone.
using Wake = std::function<void()>;

// The source of a stream that cannot be opened.
template <typename Message>
Source<Message> RefusedSource(absl::Status why) {
  return [why = std::move(why)](absl::Time) -> Step<Message> { return ToGrpc(why); };
}

// When the response headers are sent.
enum class Headers { kAtOnce, kWithFirstMessage };

// One server-streaming call: carries the steps of a Source to gRPC, one message at a time.
//
// Bounds:    one message in flight, one place in the schedule.
// Ownership: owns itself until gRPC says that the call is done; the source dies then, with no lock
// held. Threads:   gRPC's and the schedule's; the source is called by one at a time. Errors:    a
// caller that goes away ends the call with CANCELLED, whatever the source waits for.
template <typename Message>
class Feed final : public grpc::ServerWriteReactor<Message> {
 public:
  struct Options {
    std::string method;  // `/demo.v1.Clock/Watch`
    Headers headers = Headers::kAtOnce;
  };

  // What a service method returns. `open` is called once, before this returns.
  static Feed* Open(Stage stage, const Options& options,
                    absl::FunctionRef<Source<Message>(Wake)> open) {
    std::shared_ptr<Feed> feed(new Feed(stage, options.method));
    feed->Begin(feed, options, open);
    return feed.get();
  }

  void OnSendInitialMetadataDone(bool ok) override { OnSent(ok); }
  void OnWriteDone(bool ok) override { OnSent(ok); }

  void OnCancel() override {
    {
      std::lock_guard lock(mu_);
      cancelled_ = true;
    }
    Advance();
  }

  void OnDone() override {
    Source<Message> source;
    std::shared_ptr<Feed> self;
    {
      std::lock_guard lock(mu_);
      finished_ = true;
      Disarm();
      source = std::move(source_);
      source_ = nullptr;
      self = std::move(self_);
    }
    // Leaving a room wakes the feeds of others, which take their own locks.
    source = nullptr;
    stage_.tally.EndStream(method_);
  }

 private:
  Feed(Stage stage, std::string method) : stage_(stage), method_(std::move(method)) {}

  void Begin(std::shared_ptr<Feed> self, const Options& options,
             absl::FunctionRef<Source<Message>(Wake)> open) {
    stage_.tally.BeginStream(method_);
    Source<Message> source = open([weak = std::weak_ptr<Feed>(self)] {
      if (std::shared_ptr<Feed> feed = weak.lock()) feed->Advance();
    });
    {
      std::lock_guard lock(mu_);
      self_ = std::move(self);
      source_ = std::move(source);
      if (options.headers == Headers::kAtOnce) {
        sending_ = true;
        this->StartSendInitialMetadata();
      }
    }
    Advance();
  }

  void OnSent(bool ok) {
    {
      std::lock_guard lock(mu_);
      sending_ = false;
      if (!ok) cancelled_ = true;
    }
    Advance();
  }

  void Advance() {
    std::lock_guard lock(mu_);
    // What is being sent calls back, also when the call is cancelled meanwhile.
    if (sending_ || finished_ || !source_) return;
    Disarm();
    if (cancelled_) return End(grpc::Status::CANCELLED);
    Step<Message> step = source_(Schedule::Now());
    if (auto* message = std::get_if<Message>(&step)) {
      message_ = std::move(*message);
      sending_ = true;
      ++stage_.tally.messages_sent;
      this->StartWrite(&message_);
    } else if (auto* wait = std::get_if<Wait>(&step)) {
      Arm(wait->until);
    } else {
      End(std::get<grpc::Status>(step));
    }
  }

  void End(grpc::Status status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    finished_ = true;
    this->Finish(std::move(status));
  }

  void Arm(absl::Time until) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (until == absl::InfiniteFuture()) return;
    ticket_ = stage_.schedule.At(until, [weak = std::weak_ptr<Feed>(self_)] {
      if (std::shared_ptr<Feed> feed = weak.lock()) feed->Advance();
    });
  }

  void Disarm() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (ticket_.has_value()) stage_.schedule.Cancel(*ticket_);
    ticket_.reset();
  }

  const Stage stage_;
  const std::string method_;

  std::mutex mu_;
  std::shared_ptr<Feed> self_ ABSL_GUARDED_BY(mu_);
  Source<Message> source_ ABSL_GUARDED_BY(mu_);
  Message message_ ABSL_GUARDED_BY(mu_);
  std::optional<Schedule::Ticket> ticket_ ABSL_GUARDED_BY(mu_);
  bool sending_ ABSL_GUARDED_BY(mu_) = false;
  bool finished_ ABSL_GUARDED_BY(mu_) = false;
  bool cancelled_ ABSL_GUARDED_BY(mu_) = false;
};

// Spaces messages evenly.
//
// Threads: one.
class Tempo final {
 public:
  // After a reader was slow, at most `catch_up` worth of messages is sent at once.
  explicit Tempo(absl::Duration interval, absl::Duration catch_up = absl::ZeroDuration())
      : interval_(interval), catch_up_(catch_up) {}

  // When the next message may go out. The first: `now`.
  absl::Time Due(absl::Time now) {
    if (!due_.has_value()) due_ = now;
    return *due_;
  }
  // A message goes out now.
  void Beat(absl::Time now) { due_ = std::max(Due(now) + interval_, now - catch_up_); }

 private:
  const absl::Duration interval_;
  const absl::Duration catch_up_;
  std::optional<absl::Time> due_;
};

}  // namespace sluice::demo

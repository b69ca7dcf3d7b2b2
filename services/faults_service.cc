// SPDX-License-Identifier: Apache-2.0
#include "services/faults_service.h"

#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/fault_source.h"
#include "services/kinds.h"

namespace sluice::demo {
namespace {

using ::demo::v1::ChatRequest;
using ::demo::v1::ChatResponse;
using ::demo::v1::CollectRequest;
using ::demo::v1::CollectResponse;
using ::demo::v1::EchoRequest;
using ::demo::v1::EchoResponse;
using ::demo::v1::EverythingRequest;
using ::demo::v1::FaultsEvent;
using ::demo::v1::Kinds;
using ::demo::v1::RunRequest;
using ::demo::v1::SlowRequest;
using ::demo::v1::SlowResponse;

constexpr absl::Duration kMostDelay = absl::Hours(1);

Metadata MetadataOf(const grpc::CallbackServerContext& context) {
  Metadata metadata;
  for (const auto& [key_ref, value_ref] : context.client_metadata()) {
    const std::string key(key_ref.data(), key_ref.size());
    std::string value(value_ref.data(), value_ref.size());
    if (absl::EndsWith(key, "-bin")) value = absl::Base64Escape(value);
    const auto [known, first] = metadata.emplace(key, value);
    if (!first) absl::StrAppend(&known->second, ",", value);
  }
  return metadata;
}

// A unary call that is answered later, or not at all once the caller has gone.
//
// Ownership: owns itself until gRPC says that the call is done.
// Threads:   gRPC's and the schedule's.
class LateAnswer final : public grpc::ServerUnaryReactor {
 public:
  static LateAnswer* Start(Stage stage, absl::Duration delay, grpc::Status status) {
    std::shared_ptr<LateAnswer> answer(new LateAnswer(stage, std::move(status)));
    LateAnswer* reactor = answer.get();
    std::lock_guard lock(reactor->mu_);
    reactor->self_ = answer;
    reactor->ticket_ =
        stage.schedule.At(Schedule::Now() + delay, [weak = std::weak_ptr<LateAnswer>(answer)] {
          if (std::shared_ptr<LateAnswer> late = weak.lock()) late->End(late->status_);
        });
    return reactor;
  }

  void OnCancel() override { End(grpc::Status::CANCELLED); }

  void OnDone() override {
    std::shared_ptr<LateAnswer> self;
    std::lock_guard lock(mu_);
    stage_.schedule.Cancel(ticket_);
    --stage_.tally.open_unary;
    self = std::move(self_);
  }

 private:
  LateAnswer(Stage stage, grpc::Status status) : stage_(stage), status_(std::move(status)) {
    ++stage_.tally.open_unary;
  }

  void End(const grpc::Status& status) {
    std::lock_guard lock(mu_);
    if (std::exchange(finished_, true)) return;
    Finish(status);
  }

  const Stage stage_;
  const grpc::Status status_;

  std::mutex mu_;
  std::shared_ptr<LateAnswer> self_ ABSL_GUARDED_BY(mu_);
  Schedule::Ticket ticket_ ABSL_GUARDED_BY(mu_);
  bool finished_ ABSL_GUARDED_BY(mu_) = false;
};

// Counts what a client-streaming call brings.
class Collector final : public grpc::ServerReadReactor<CollectRequest> {
 public:
  Collector(Stage stage, CollectResponse& response) : stage_(stage), response_(response) {
    ++stage_.tally.open_streams;
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    response_.set_count(response_.count() + 1);
    StartRead(&request_);
  }
  void OnDone() override {
    --stage_.tally.open_streams;
    delete this;
  }

 private:
  const Stage stage_;
  CollectResponse& response_;
  CollectRequest request_;
};

// Says everything back.
class Chatter final : public grpc::ServerBidiReactor<ChatRequest, ChatResponse> {
 public:
  explicit Chatter(Stage stage) : stage_(stage) {
    ++stage_.tally.open_streams;
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    response_.set_text(request_.text());
    ++stage_.tally.messages_sent;
    StartWrite(&response_);
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::CANCELLED);
    StartRead(&request_);
  }
  void OnDone() override {
    --stage_.tally.open_streams;
    delete this;
  }

 private:
  const Stage stage_;
  ChatRequest request_;
  ChatResponse response_;
};

}  // namespace

grpc::ServerWriteReactor<FaultsEvent>* FaultsService::Run(grpc::CallbackServerContext* context,
                                                          const RunRequest* request) {
  return Feed<FaultsEvent>::Open(
      stage_,
      {.method = "/demo.v1.Faults/Run",
       .headers = request->send_headers() ? Headers::kAtOnce : Headers::kWithFirstMessage},
      [&](const Wake&) { return FaultSource(*request, MetadataOf(*context)); });
}

grpc::ServerWriteReactor<Kinds>* FaultsService::Everything(grpc::CallbackServerContext*,
                                                           const EverythingRequest*) {
  return Feed<Kinds>::Open(
      stage_, {.method = "/demo.v1.Faults/Everything"}, [](const Wake&) -> Source<Kinds> {
        return [all = AllKinds(), next = size_t{0}](absl::Time) mutable -> Step<Kinds> {
          if (next == all.size()) return grpc::Status::OK;
          return all[next++];
        };
      });
}

grpc::ServerUnaryReactor* FaultsService::Echo(grpc::CallbackServerContext* context,
                                              const EchoRequest* request, EchoResponse* response) {
  stage_.tally.CountCall("/demo.v1.Faults/Echo");
  *response->mutable_request() = *request;
  for (const auto& [key, value] : MetadataOf(*context))
    (*response->mutable_metadata())[key] = value;
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

grpc::ServerUnaryReactor* FaultsService::Slow(grpc::CallbackServerContext*,
                                              const SlowRequest* request, SlowResponse* response) {
  stage_.tally.CountCall("/demo.v1.Faults/Slow");
  const absl::StatusOr<absl::Duration> delay = ReadDuration(
      request->delay(), {"delay", absl::ZeroDuration(), kMostDelay, absl::ZeroDuration()});
  absl::Status status = delay.status();
  if (status.ok()) status = CheckCode(request->code());
  if (!status.ok()) return LateAnswer::Start(stage_, absl::ZeroDuration(), ToGrpc(status));
  *response->mutable_delay() = request->delay();
  return LateAnswer::Start(
      stage_, *delay,
      grpc::Status(static_cast<grpc::StatusCode>(request->code()), request->message()));
}

grpc::ServerReadReactor<CollectRequest>* FaultsService::Collect(grpc::CallbackServerContext*,
                                                                CollectResponse* response) {
  stage_.tally.CountCall("/demo.v1.Faults/Collect");
  return new Collector(stage_, *response);
}

grpc::ServerBidiReactor<ChatRequest, ChatResponse>* FaultsService::Chat(
    grpc::CallbackServerContext*) {
  stage_.tally.CountCall("/demo.v1.Faults/Chat");
  return new Chatter(stage_);
}

}  // namespace sluice::demo

// SPDX-License-Identifier: Apache-2.0
// A request goes through a row of gates (gates/gates.h), each of which may answer it; what is left
// is given an RPC of its own or a place in a topic.
#include "gateway/relay/relay.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "gateway/relay/refusal_response.h"

namespace sluice {
namespace {

constexpr int kOk = 200;
constexpr int kNoContent = 204;
constexpr int kServiceUnavailable = 503;

std::string MakeRequestId(absl::BitGen& random) {
  return absl::StrFormat("%016x%016x", absl::Uniform<uint64_t>(random),
                         absl::Uniform<uint64_t>(random));
}

}  // namespace

Relay::Relay(Loop& loop, Metrics& metrics, size_t max_topics)
    : loop_(loop),
      meter_(metrics.AddLoop()),
      ended_streams_(metrics.GetCounter("ended_streams_not_run_again")),
      refused_(metrics, RefusedBy::kRelay),
      directory_({.loop = loop, .scratch = scratch_, .meter = meter_}, max_topics),
      streams_(loop),
      services_{loop, scratch_, directory_, refused_,
                [this](Stream* done) { streams_.Retire(done); }},
      calls_(loop),
      goodbyes_(loop),
      goodbye_pace_(loop) {}

Relay::~Relay() = default;

void Relay::UseSnapshot(std::shared_ptr<const Snapshot> snapshot) {
  snapshot_ = std::move(snapshot);
}

void Relay::Serve(std::unique_ptr<Exchange> exchange) {
  exchange->Identify(MakeRequestId(scratch_.random));
  const HttpRequest& request = exchange->request();
  Incoming incoming{.exchange = std::move(exchange),
                    .snapshot = snapshot_,
                    .read = IncomingRequest(request, *snapshot_, draining_)};
  for (const Gate& gate : RequestGates()) {
    if (IsAnswered(incoming, gate.judge(incoming.read))) return;
  }
  Open(incoming);
}

bool Relay::IsAnswered(Incoming& incoming, Verdict verdict) {
  if (std::holds_alternative<Pass>(verdict)) return false;
  if (const Refusal* refusal = std::get_if<Refusal>(&verdict); refusal != nullptr) {
    Refuse(incoming, *refusal);
  } else if (Response* response = std::get_if<Response>(&verdict); response != nullptr) {
    incoming.exchange->Respond(std::move(*response));
  } else if (std::holds_alternative<HealthQuestion>(verdict)) {
    AnswerHealth(incoming);
  } else {
    AnswerEndedStream(incoming);
  }
  return true;
}

void Relay::Drain(absl::Duration window) {
  draining_ = true;
  std::vector<absl::AnyInvocable<void()>> goodbyes;
  for (Stream* stream : streams_.Members()) {
    goodbyes.emplace_back([this, stream] {
      if (streams_.Contains(stream)) stream->SayGoodbye("drain", kDrainMessage);
    });
  }
  goodbye_pace_.Begin(std::move(goodbyes), window);
}

// To a load balancer, every few seconds: no line in the log, and nothing that pages may read. Why
// it is not ready stands on the operators' port; it is nobody's business here.
void Relay::AnswerHealth(Incoming& incoming) {
  const bool ready = ready_ != nullptr && ready_->load(std::memory_order_relaxed);
  Response response{.head = {.status = ready ? kOk : kServiceUnavailable},
                    .body = ready ? "{\"ready\":true}\n" : "{\"ready\":false}\n"};
  response.head.headers.Add("Content-Type", "application/json");
  response.head.headers.Add("Cache-Control", "no-store");
  incoming.exchange->Respond(std::move(response));
}

void Relay::AnswerEndedStream(Incoming& incoming) {
  const HttpRequest& request = incoming.read.request;
  ended_streams_.Add();
  LogEndedStream(request);
  Response response{.head = {.status = kNoContent}};
  response.head.headers.Add("Cache-Control", "no-store");
  response.head.headers.Add("Vary", "Accept, Origin");
  incoming.snapshot->origins().AddHeaders(request, response.head.headers);
  incoming.exchange->Respond(std::move(response));
}

void Relay::Open(Incoming& incoming) {
  const RoutePlan& plan = *incoming.read.plan;
  CallBuilder builder(*incoming.snapshot, plan, incoming.read.request, *incoming.read.query);
  std::optional<BuiltCall> built = builder.Build();
  if (!built.has_value()) {
    Refuse(incoming, builder.refusal());
  } else if (plan.route.streaming) {
    OpenStream(incoming, *std::move(built));
  } else {
    UnaryCall::Request request{.snapshot = std::move(incoming.snapshot),
                               .plan = incoming.read.plan,
                               .place = RecordPlace(RequestRecord::Call::kOwn)};
    UnaryCall& call = calls_.Add(
        std::make_unique<UnaryCall>(std::move(request), std::move(incoming.exchange), loop_));
    call.Start(std::move(built->call), [this](UnaryCall* done) { calls_.Retire(done); });
  }
}

void Relay::OpenStream(Incoming& incoming, BuiltCall built) {
  const RoutePlan& plan = *incoming.read.plan;
  const bool shared = plan.route.policy.share.has_value();
  ResponseHead head = StreamHead(*incoming.read.format, *incoming.snapshot, incoming.read.request);
  Stream::Request request{
      .snapshot = std::move(incoming.snapshot),
      .plan = &plan,
      .format = *incoming.read.format,
      .built = std::move(built),
      .head = std::move(head),
      .place = RecordPlace(shared ? RequestRecord::Call::kShared : RequestRecord::Call::kOwn)};
  Stream& stream = streams_.Add(
      std::make_unique<Stream>(std::move(request), std::move(incoming.exchange), services_));
  stream.Start();
}

void Relay::Refuse(Incoming& incoming, const Refusal& refusal) {
  const HttpRequest& request = incoming.read.request;
  if (refusal.reason == RefusalReason::kNotServed) {
    incoming.snapshot->NoteNotServed(*incoming.read.match.skipped);
  }
  const bool can_stream = request.method == "GET" || request.method == "POST";
  if (IsTransient(refusal.reason) && can_stream && incoming.read.format == Format::kSse) {
    return TurnAway(incoming, refusal);
  }
  Response response = RefusalResponse(refusal, *incoming.snapshot, request);
  CountRefused(incoming, refusal.reason, response.head.status);
  incoming.exchange->Respond(std::move(response));
}

void Relay::TurnAway(Incoming& incoming, const Refusal& refusal) {
  CountRefused(incoming, refusal.reason, kOk);
  ResponseHead head = StreamHead(Format::kSse, *incoming.snapshot, incoming.read.request);
  const absl::Duration close_grace = incoming.snapshot->options().close_grace;
  const RoutePlan* const plan = incoming.read.plan;
  const absl::Duration retry = plan != nullptr ? plan->route.policy.retry : DefaultRetry();
  RetryLaterAnswer& goodbye = goodbyes_.Add(
      std::make_unique<RetryLaterAnswer>(std::move(incoming.exchange), loop_, scratch_, retry));
  goodbye.Say(std::move(head), {.status = StatusOf(refusal), .reason = NameOf(refusal.reason)},
              close_grace, [this](RetryLaterAnswer* done) { goodbyes_.Retire(done); });
}

RequestRecord::Place Relay::RecordPlace(RequestRecord::Call call) {
  return {.clock = loop_.clock(), .meter = meter_, .call = call};
}

void Relay::CountRefused(const Incoming& incoming, RefusalReason reason, int http_status) {
  refused_.Count(reason);
  LogRefusedRequest(incoming.read.request, NameOf(reason), http_status);
}

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
// A request goes through a row of gates, each of which may answer it. Their order is part of the
// contract: a foreign origin is refused before anything else, and an ended stream is told so before
// its parameters are looked at, since a browser that comes back must be able to stop.
#include "gateway/relay/relay.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "gateway/relay/call_builder.h"
#include "gateway/relay/refusal_response.h"
#include "gateway/sse/event_id.h"

namespace sluice {
namespace {

constexpr int kOk = 200;
constexpr int kNoContent = 204;
constexpr int kForbidden = 403;
constexpr int kMethodNotAllowed = 405;
constexpr int kNotAcceptable = 406;
constexpr char kStreamMethods[] = "GET, POST, OPTIONS";
constexpr char kDrainMessage[] = "the gateway is going down; come back to another";

RequestRefusal Refused(absl::string_view reason, absl::StatusCode code, std::string message) {
  return {.reason = reason, .status = {.code = code, .message = std::move(message)}};
}

std::string MakeRequestId(absl::BitGen& random) {
  return absl::StrFormat("%016x%016x", absl::Uniform<uint64_t>(random),
                         absl::Uniform<uint64_t>(random));
}

}  // namespace

struct Relay::Incoming {
  std::unique_ptr<Exchange> exchange;
  std::shared_ptr<const Snapshot> snapshot;
  const RoutePlan* plan = nullptr;
  std::vector<QueryParameter> parameters;  // none of a query that is not OK
  absl::Status query;
  std::optional<Format> format;

  const HttpRequest& request() const { return exchange->request(); }
  void ReadQuery() {
    absl::StatusOr<std::vector<QueryParameter>> parsed = ParseQuery(request().query);
    query = parsed.status();
    if (parsed.ok()) parameters = *std::move(parsed);
  }
  std::vector<Format> offers() const {
    if (plan != nullptr && !plan->route.streaming) return {Format::kJson};
    return {Format::kSse, Format::kNdjson};
  }
};

Relay::Relay(Loop& loop, Metrics& metrics, size_t max_topics)
    : loop_(loop),
      metrics_(metrics),
      meter_(metrics.AddLoop()),
      ended_streams_(metrics.GetCounter("ended_streams_not_run_again")),
      directory_({.loop = loop, .scratch = scratch_, .meter = meter_}, max_topics),
      streams_(loop),
      shared_streams_(loop),
      shared_services_{loop, scratch_, directory_,
                       metrics.GetCounter("relay_refused", "too_many_topics"),
                       [this](SharedStream* done) { shared_streams_.Retire(done); }},
      calls_(loop),
      goodbyes_(loop),
      goodbye_pace_(loop) {}

Relay::~Relay() = default;

void Relay::UseSnapshot(std::shared_ptr<const Snapshot> snapshot) {
  snapshot_ = std::move(snapshot);
}

void Relay::Serve(std::unique_ptr<Exchange> exchange) {
  exchange->Identify(MakeRequestId(scratch_.random));
  Incoming incoming{.exchange = std::move(exchange), .snapshot = snapshot_};
  incoming.plan = snapshot_->Find(incoming.request().path);
  incoming.ReadQuery();
  const bool answered =
      RefuseForeignOrigin(incoming) || AnswerPreflight(incoming) || RefuseUnknownPath(incoming) ||
      AnswerEndedStream(incoming) || RefuseBadQuery(incoming) || RefuseMethod(incoming) ||
      RefuseFormat(incoming) || TurnAwayInDrain(incoming) || TurnAwayOverLimit(incoming);
  if (!answered) Open(incoming);
}

void Relay::Drain(absl::Duration window) {
  draining_ = true;
  std::vector<absl::AnyInvocable<void()>> goodbyes;
  for (PrivateStream* stream : streams_.Members()) {
    goodbyes.emplace_back([this, stream] {
      if (streams_.Contains(stream)) stream->SayGoodbye("drain", kDrainMessage);
    });
  }
  for (SharedStream* stream : shared_streams_.Members()) {
    goodbyes.emplace_back([this, stream] {
      if (shared_streams_.Contains(stream)) stream->SayGoodbye("drain", kDrainMessage);
    });
  }
  goodbye_pace_.Begin(std::move(goodbyes), window);
}

bool Relay::RefuseForeignOrigin(Incoming& incoming) {
  if (!incoming.snapshot->origins().Refuses(incoming.request())) return false;
  RequestRefusal refusal =
      Refused("foreign_origin", absl::StatusCode::kPermissionDenied,
              absl::StrCat("the origin ", *incoming.request().headers.Find("origin"),
                           " may not use this gateway with cookies; list it under cors.origins"));
  refusal.http_status = kForbidden;
  Refuse(incoming, refusal);
  return true;
}

// Any path, so that a page can read the 404 of a mistyped one.
bool Relay::AnswerPreflight(Incoming& incoming) {
  if (!IsPreflight(incoming.request())) return false;
  OriginPolicy::Allowed allowed{.methods = kStreamMethods};
  if (incoming.plan != nullptr) {
    allowed = {.methods = incoming.plan->route.allowed_methods(),
               .request_headers = incoming.plan->route.forward_headers};
  }
  Response response{.head = {.status = kNoContent}};
  response.head.headers.Add("Vary", "Origin");
  incoming.snapshot->origins().AddHeaders(incoming.request(), response.head.headers);
  incoming.snapshot->origins().AddPreflightHeaders(incoming.request(), allowed,
                                                   response.head.headers);
  incoming.exchange->Respond(std::move(response));
  return true;
}

bool Relay::RefuseUnknownPath(Incoming& incoming) {
  if (incoming.plan != nullptr) return false;
  const std::string& path = incoming.request().path;
  const SkippedMethod* skipped = incoming.snapshot->FindSkipped(path);
  if (skipped != nullptr) {
    Refuse(incoming,
           Refused("not_exposed", absl::StatusCode::kNotFound,
                   absl::StrCat(skipped->method->full_name, " is not exposed: ", skipped->reason)));
  } else if (!incoming.snapshot->pending().empty()) {
    TurnAway(incoming, Refused("schema_pending", absl::StatusCode::kUnavailable,
                               absl::StrCat("the schema of ",
                                            absl::StrJoin(incoming.snapshot->pending(), ", "),
                                            " is not known yet, and no other service has ", path)));
  } else {
    Refuse(incoming, Refused("unknown_path", absl::StatusCode::kNotFound,
                             absl::StrCat("there is nothing at ", path,
                                          "; paths have the form /package.Service/Method")));
  }
  return true;
}

// Answered from the id alone: the stream is over, whatever else the request says.
bool Relay::AnswerEndedStream(Incoming& incoming) {
  const HttpRequest& request = incoming.request();
  if (!incoming.plan->route.streaming || (request.method != "GET" && request.method != "POST") ||
      !IsEndId(LastEventIdOf(request, incoming.parameters))) {
    return false;
  }
  ended_streams_.Add();
  LogEndedStream(request);
  Response response{.head = {.status = kNoContent}};
  response.head.headers.Add("Cache-Control", "no-store");
  response.head.headers.Add("Vary", "Accept, Origin");
  incoming.snapshot->origins().AddHeaders(request, response.head.headers);
  incoming.exchange->Respond(std::move(response));
  return true;
}

bool Relay::RefuseBadQuery(Incoming& incoming) {
  if (incoming.query.ok()) return false;
  Refuse(incoming, Refused("bad_parameter", absl::StatusCode::kInvalidArgument,
                           std::string(incoming.query.message())));
  return true;
}

bool Relay::RefuseMethod(Incoming& incoming) {
  const Route& route = incoming.plan->route;
  const std::string& method = incoming.request().method;
  if (method == "POST" || (method == "GET" && route.allows_get)) return false;
  Response response;
  if (method == "OPTIONS") {
    response.head.status = kNoContent;
    response.head.headers.Add("Vary", "Origin");
    incoming.snapshot->origins().AddHeaders(incoming.request(), response.head.headers);
  } else {
    CountRefused(incoming, "method_not_allowed", kMethodNotAllowed);
    response = RefusalResponse(
        {.reason = "method_not_allowed",
         .http_status = kMethodNotAllowed,
         .status = {.code = absl::StatusCode::kUnimplemented,
                    .message = absl::StrCat(method, " is not allowed here; allowed are ",
                                            route.allowed_methods())}},
        *incoming.snapshot, incoming.request());
  }
  response.head.headers.Add("Allow", std::string(route.allowed_methods()));
  incoming.exchange->Respond(std::move(response));
  return true;
}

bool Relay::RefuseFormat(Incoming& incoming) {
  const std::string* alt = FindParameter(incoming.parameters, "alt");
  const bool alt_is_field =
      alt != nullptr && RequestMessage(incoming.plan->request).HasField("alt");
  std::vector<Format> offers = incoming.offers();
  if (alt != nullptr && !alt_is_field) {
    const std::optional<Format> asked = FormatFromAlt(*alt);
    if (asked.has_value() && std::find(offers.begin(), offers.end(), *asked) != offers.end()) {
      incoming.format = asked;
    }
  } else {
    incoming.format = Negotiate(incoming.request().headers.Joined("accept"), offers);
  }
  if (incoming.format.has_value()) return false;
  const std::string allowed = absl::StrJoin(offers, ", ", [](std::string* out, Format format) {
    absl::StrAppend(out, MediaTypeOf(format));
  });
  RequestRefusal refusal =
      Refused("not_acceptable", absl::StatusCode::kInvalidArgument,
              absl::StrCat("what is asked for cannot be had here; there is ", allowed));
  refusal.http_status = kNotAcceptable;
  Refuse(incoming, refusal);
  return true;
}

bool Relay::TurnAwayInDrain(Incoming& incoming) {
  if (!draining_) return false;
  TurnAway(incoming, Refused("drain", absl::StatusCode::kUnavailable, kDrainMessage));
  return true;
}

bool Relay::TurnAwayOverLimit(Incoming& incoming) {
  if (!incoming.request().over_limit) return false;
  TurnAway(incoming, Refused("too_many_connections", absl::StatusCode::kUnavailable,
                             "the gateway has as many connections as it may have; come back"));
  return true;
}

void Relay::Open(Incoming& incoming) {
  CallBuilder builder(*incoming.snapshot, *incoming.plan, incoming.request(), incoming.parameters);
  std::optional<BuiltCall> built = builder.Build();
  if (!built.has_value()) {
    Refuse(incoming, builder.refusal());
  } else if (incoming.plan->route.policy.share.has_value()) {
    OpenSharedStream(incoming, *std::move(built));
  } else if (incoming.plan->route.streaming) {
    OpenStream(incoming, *std::move(built));
  } else {
    UnaryCall::Request request{.snapshot = std::move(incoming.snapshot),
                               .plan = incoming.plan,
                               .place = RecordPlace(RequestRecord::Call::kOwn)};
    UnaryCall& call = calls_.Add(
        std::make_unique<UnaryCall>(std::move(request), std::move(incoming.exchange), loop_));
    call.Start(std::move(built->call), [this](UnaryCall* done) { calls_.Retire(done); });
  }
}

void Relay::OpenStream(Incoming& incoming, BuiltCall built) {
  ResponseHead head = StreamHead(*incoming.format, *incoming.snapshot, incoming.request());
  PrivateStream::Request request{.snapshot = std::move(incoming.snapshot),
                                 .plan = incoming.plan,
                                 .format = *incoming.format,
                                 .built = std::move(built),
                                 .head = std::move(head),
                                 .place = RecordPlace(RequestRecord::Call::kOwn)};
  PrivateStream& stream = streams_.Add(std::make_unique<PrivateStream>(
      std::move(request), std::move(incoming.exchange), loop_, scratch_));
  stream.Start([this](PrivateStream* done) { streams_.Retire(done); });
}

void Relay::OpenSharedStream(Incoming& incoming, BuiltCall built) {
  ResponseHead head = StreamHead(*incoming.format, *incoming.snapshot, incoming.request());
  SharedStream::Request request{.snapshot = std::move(incoming.snapshot),
                                .plan = incoming.plan,
                                .format = *incoming.format,
                                .built = std::move(built),
                                .head = std::move(head),
                                .place = RecordPlace(RequestRecord::Call::kShared)};
  SharedStream& stream = shared_streams_.Add(std::make_unique<SharedStream>(
      std::move(request), std::move(incoming.exchange), shared_services_));
  stream.Start();
}

void Relay::Refuse(Incoming& incoming, const RequestRefusal& refusal) {
  Response response = RefusalResponse(refusal, *incoming.snapshot, incoming.request());
  CountRefused(incoming, refusal.reason, response.head.status);
  incoming.exchange->Respond(std::move(response));
}

void Relay::TurnAway(Incoming& incoming, const RequestRefusal& refusal) {
  if (!incoming.format.has_value()) {
    incoming.format = Negotiate(incoming.request().headers.Joined("accept"), incoming.offers());
  }
  const bool can_stream = incoming.request().method == "GET" || incoming.request().method == "POST";
  if (incoming.format != Format::kSse || !can_stream) {
    Refuse(incoming, refusal);
    return;
  }
  CountRefused(incoming, refusal.reason, kOk);
  ResponseHead head = StreamHead(Format::kSse, *incoming.snapshot, incoming.request());
  const absl::Duration close_grace = incoming.snapshot->options().close_grace;
  const absl::Duration retry =
      incoming.plan != nullptr ? incoming.plan->route.policy.retry : StreamPolicy().retry;
  RetryLaterAnswer& goodbye = goodbyes_.Add(
      std::make_unique<RetryLaterAnswer>(std::move(incoming.exchange), loop_, scratch_, retry));
  goodbye.Say(std::move(head), {.status = refusal.status, .reason = refusal.reason}, close_grace,
              [this](RetryLaterAnswer* done) { goodbyes_.Retire(done); });
}

RequestRecord::Place Relay::RecordPlace(RequestRecord::Call call) {
  return {.clock = loop_.clock(), .meter = meter_, .call = call};
}

// `reason` is a literal.
void Relay::CountRefused(const Incoming& incoming, absl::string_view reason, int http_status) {
  Counter*& counter = refused_[reason];
  if (counter == nullptr) counter = &metrics_.GetCounter("relay_refused", reason);
  counter->Add();
  LogRefusedRequest(incoming.request(), reason, http_status);
}

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
// To add a gate: write its function here, give it a row in kGates at its place, and its reason a
// row in gateway/http/refusal.cc.
#include "gateway/relay/gates/gates.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gateway/relay/call_builder.h"
#include "gateway/sse/event_id.h"

namespace sluice {
namespace {

constexpr int kNoContent = 204;
constexpr absl::string_view kVerbsOfStreams = "GET, POST, OPTIONS";
constexpr char kVerbsOfHealth[] = "GET, HEAD";

std::vector<Format> OffersOf(const RoutePlan* plan) {
  if (plan != nullptr && !plan->route.streaming) return {Format::kJson};
  return {Format::kSse, Format::kNdjson};
}

// `?alt=` says it, unless the request message has a field of that name; else `Accept`.
std::optional<Format> FormatOf(const IncomingRequest& incoming) {
  const std::string* alt = incoming.query.ok() ? FindParameter(*incoming.query, "alt") : nullptr;
  const bool is_field = alt != nullptr && incoming.plan != nullptr &&
                        RequestMessage(incoming.plan->request).HasField("alt");
  if (alt == nullptr || is_field) {
    return Negotiate(incoming.request.headers.Joined("accept"), incoming.offers);
  }
  const std::optional<Format> asked = FormatFromAlt(*alt);
  const bool is_offered =
      asked.has_value() &&
      std::find(incoming.offers.begin(), incoming.offers.end(), *asked) != incoming.offers.end();
  return is_offered ? asked : std::nullopt;
}

// An answer without a body, which a page of an allowed origin may read.
Response NoContent(const IncomingRequest& incoming) {
  Response response{.head = {.status = kNoContent}};
  response.head.headers.Add("Vary", "Origin");
  incoming.snapshot.origins().AddHeaders(incoming.request, response.head.headers);
  return response;
}

Verdict Health(const IncomingRequest& incoming) {
  const HttpRequest& request = incoming.request;
  if (request.path.empty() || request.path != incoming.snapshot.routes().paths().health) {
    return Pass();
  }
  if (request.method == "GET" || request.method == "HEAD") return HealthQuestion();
  return Refusal{RefusalReason::kMethodNotAllowed,
                 absl::StrCat(request.method, " is not allowed here; allowed are ", kVerbsOfHealth),
                 kVerbsOfHealth};
}

Verdict Origin(const IncomingRequest& incoming) {
  if (!incoming.snapshot.origins().Refuses(incoming.request)) return Pass();
  return Refusal{
      RefusalReason::kForeignOrigin,
      absl::StrCat("the origin ", *incoming.request.headers.Find("origin"),
                   " may not use this gateway with cookies; list it under cors.origins")};
}

// At any path, so that a page can read the 404 of a mistyped one.
Verdict Preflight(const IncomingRequest& incoming) {
  if (!IsPreflight(incoming.request)) return Pass();
  OriginPolicy::Allowed allowed{.methods = kVerbsOfStreams};
  if (incoming.plan != nullptr) {
    allowed = {.methods = incoming.plan->route.allowed_methods(),
               .request_headers = incoming.plan->route.forward_headers};
  }
  Response response = NoContent(incoming);
  incoming.snapshot.origins().AddPreflightHeaders(incoming.request, allowed, response.head.headers);
  return response;
}

// Of what is wrong with a schema an outsider is told that it is so: the reason may name files and
// addresses of machines.
Refusal NotServed(const SkippedMethod& skipped) {
  if (skipped.cause == SkippedMethod::Cause::kRequestStream) {
    return {RefusalReason::kNotExposed,
            absl::StrCat(skipped.full_name, " is not exposed: ", skipped.reason)};
  }
  return {RefusalReason::kNotServed,
          absl::StrCat(skipped.is_service() ? "the service " : "", skipped.full_name,
                       " exists but is not served: its schema is incomplete or has an error; to "
                       "the gateway's operators /status says which")};
}

Verdict Path(const IncomingRequest& incoming) {
  if (incoming.plan != nullptr) return Pass();
  const std::string& path = incoming.request.path;
  const RouteTable& routes = incoming.snapshot.routes();
  if (routes.IsOutside(path)) {
    return Refusal{RefusalReason::kUnknownPath,
                   absl::StrCat("there is nothing at ", path, "; everything here is under ",
                                routes.paths().base)};
  }
  if (const SkippedMethod* skipped = incoming.match.skipped; skipped != nullptr) {
    return NotServed(*skipped);
  }
  if (const std::vector<std::string>& pending = incoming.snapshot.pending(); !pending.empty()) {
    return Refusal{RefusalReason::kSchemaPending,
                   absl::StrCat("the schema of ", absl::StrJoin(pending, ", "),
                                " is not known yet, and no other service has ", path)};
  }
  return Refusal{RefusalReason::kUnknownPath,
                 absl::StrCat("there is nothing at ", path, "; paths have the form ",
                              routes.paths().base, "/package.Service/Method")};
}

// Decided by the id alone: the stream is over, whatever else the request says.
Verdict Ended(const IncomingRequest& incoming) {
  const bool can_be_stream = incoming.plan->route.streaming && incoming.match.allows_verb;
  static const std::vector<QueryParameter> kNone;
  const std::string id =
      LastEventIdOf(incoming.request, incoming.query.ok() ? *incoming.query : kNone);
  if (can_be_stream && IsEndId(id)) return EndedStream();
  return Pass();
}

Verdict Query(const IncomingRequest& incoming) {
  if (incoming.query.ok()) return Pass();
  return Refusal{RefusalReason::kBadParameter, std::string(incoming.query.status().message())};
}

Verdict Verb(const IncomingRequest& incoming) {
  if (incoming.match.allows_verb) return Pass();
  const std::string allowed(incoming.plan->route.allowed_methods());
  if (incoming.request.method == "OPTIONS") {
    Response response = NoContent(incoming);
    response.head.headers.Add("Allow", allowed);
    return response;
  }
  return Refusal{
      RefusalReason::kMethodNotAllowed,
      absl::StrCat(incoming.request.method, " is not allowed here; allowed are ", allowed),
      allowed};
}

Verdict Acceptable(const IncomingRequest& incoming) {
  if (incoming.format.has_value()) return Pass();
  const std::string offered = absl::StrJoin(
      incoming.offers, " and ",
      [](std::string* out, Format format) { absl::StrAppend(out, MediaTypeOf(format)); });
  return Refusal{RefusalReason::kNotAcceptable,
                 absl::StrCat("not acceptable: this method offers ", offered)};
}

Verdict Drain(const IncomingRequest& incoming) {
  if (!incoming.draining) return Pass();
  return Refusal{RefusalReason::kDrain, kDrainMessage};
}

Verdict Connections(const IncomingRequest& incoming) {
  if (!incoming.request.over_limit) return Pass();
  return Refusal{RefusalReason::kTooManyConnections,
                 "the gateway has as many connections as it may have; come back"};
}

constexpr Gate kGates[] = {
    {"health", Health},       {"origin", Origin},
    {"preflight", Preflight}, {"path", Path},
    {"ended", Ended},         {"query", Query},
    {"verb", Verb},           {"format", Acceptable},
    {"drain", Drain},         {"connections", Connections},
};

}  // namespace

IncomingRequest::IncomingRequest(const HttpRequest& http, const Snapshot& in_force,
                                 bool is_draining)
    : request(http),
      snapshot(in_force),
      draining(is_draining),
      match(in_force.routes().Match(http.method, http.path)),
      plan(match.route == nullptr ? nullptr : &in_force.PlanOf(*match.route)),
      query(ParseQuery(http.query)),
      offers(OffersOf(plan)),
      format(FormatOf(*this)) {}

absl::Span<const Gate> RequestGates() { return kGates; }

}  // namespace sluice

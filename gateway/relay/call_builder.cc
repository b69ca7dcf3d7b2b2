// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/call_builder.h"

#include <algorithm>
#include <utility>

#include "absl/hash/hash.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gateway/base/text/shown.h"
#include "gateway/sse/event_id.h"
#include "gateway/upstream/metadata.h"

namespace sluice {
namespace {

constexpr absl::string_view kLastEventIdParameter = "lastEventId";
constexpr absl::string_view kLastEventId = "last-event-id";
constexpr absl::string_view kAuthorization = "authorization";
constexpr absl::string_view kRequestId = "x-request-id";
constexpr absl::string_view kForwardedFor = "x-forwarded-for";

// Also of a type that a library has added to the same one of its caller's, behind a comma.
bool IsJsonType(absl::string_view content_type) {
  for (absl::string_view type : absl::StrSplit(content_type, ',')) {
    type = absl::StripAsciiWhitespace(type.substr(0, type.find(';')));
    if (!absl::EqualsIgnoreCase(type, "application/json")) return false;
  }
  return true;
}

// A page can send a body without a type across origins, and the user's cookie with it, without
// asking first. What no browser sent may leave the type out.
bool MayBeFromBrowser(const HeaderList& headers) {
  return std::any_of(headers.fields().begin(), headers.fields().end(),
                     [](const HeaderList::Field& field) {
                       return field.name == "origin" || field.name == "cookie" ||
                              absl::StartsWith(field.name, "sec-fetch-");
                     });
}

// The first content coding that is one; empty for none.
std::string CodingOf(const HeaderList& headers) {
  const std::string codings = headers.Joined("content-encoding");
  for (absl::string_view coding : absl::StrSplit(codings, ',')) {
    coding = absl::StripAsciiWhitespace(coding);
    if (!coding.empty() && !absl::EqualsIgnoreCase(coding, "identity")) return std::string(coding);
  }
  return "";
}

}  // namespace

std::string LastEventIdOf(const HttpRequest& request,
                          const std::vector<QueryParameter>& parameters) {
  // A library that reconnects adds its own, the newer one, to that which its caller gave it: as a
  // further field, or behind a comma, which no id has. It may have none yet.
  absl::string_view newest;
  for (const HeaderList::Field& field : request.headers.fields()) {
    if (field.name != kLastEventId) continue;
    const absl::string_view id = LastElement(field.value);
    if (!id.empty()) newest = id;
  }
  if (!newest.empty()) return std::string(newest);
  for (const QueryParameter& parameter : parameters) {
    if (parameter.name == kLastEventIdParameter && !parameter.value.empty()) {
      newest = parameter.value;
    }
  }
  return std::string(newest);
}

CallBuilder::CallBuilder(const Snapshot& snapshot, const RoutePlan& plan,
                         const HttpRequest& request, const std::vector<QueryParameter>& parameters)
    : snapshot_(snapshot), plan_(plan), request_(request), parameters_(parameters) {}

std::optional<BuiltCall> CallBuilder::Build() {
  RequestMessage message(plan_.request);
  if (!ReadParameters(message) || !ReadBody(message)) return std::nullopt;
  if (plan_.route.streaming) {
    built_.last_event_id = LastEventIdOf(request_, parameters_);
    built_.asked_hash = HashOfAsked();
    // A shared stream resumes from the gateway's log; the service sees no one browser's id.
    if (!built_.last_event_id.empty() && !is_shared()) ApplyResume(message);
  } else {
    built_.call.timeout = snapshot_.options().unary_timeout;
  }
  const absl::Status complete = message.CheckRequired();
  if (!complete.ok()) {
    Refuse(RefusalReason::kMissingField, complete);
    return std::nullopt;
  }
  if (!AddMetadata()) return std::nullopt;
  built_.call.path = plan_.route.method->path;
  built_.call.message = message.Serialize();
  return std::move(built_);
}

bool CallBuilder::ReadParameters(RequestMessage& message) {
  for (const QueryParameter& parameter : parameters_) {
    if (BecomesMetadata(parameter.name)) continue;
    if (!ReadParameter(parameter, message)) return false;
  }
  return true;
}

bool CallBuilder::BecomesMetadata(absl::string_view parameter) const {
  const std::vector<QueryMetadata>& all = plan_.route.query_metadata;
  return std::any_of(all.begin(), all.end(),
                     [parameter](const QueryMetadata& one) { return one.parameter == parameter; });
}

// `alt`, `event` and `lastEventId` are Sluice's own, but a field of the request by such a name is
// the author's; not `lastEventId` on a stream, where polyfills send it. A unary method ignores it.
bool CallBuilder::ReadParameter(const QueryParameter& parameter, RequestMessage& message) {
  const bool own_name = parameter.name == "alt" || parameter.name == "event";
  const bool is_field = !own_name || message.HasField(parameter.name);
  if (parameter.name == kLastEventIdParameter &&
      (plan_.route.streaming || !message.HasField(parameter.name))) {
    return true;
  }
  if (!is_field) {
    if (parameter.name == "alt") return CheckAltIsAlone();
    if (parameter.value != "message") {
      return Refuse(RefusalReason::kBadParameter,
                    absl::InvalidArgumentError(absl::StrCat("the query parameter event is \"",
                                                            parameter.value,
                                                            "\"; it takes only \"message\"")));
    }
    built_.unnamed_events = true;
    return true;
  }
  if (request_.method != "GET") {
    return Refuse(RefusalReason::kBadParameter,
                  absl::InvalidArgumentError(absl::StrCat(
                      "the query parameter ", parameter.name,
                      " is not read here: the body of a POST is the whole request message")));
  }
  const absl::Status status = message.SetParameter(parameter.name, parameter.value);
  return status.ok() || Refuse(RefusalReason::kBadParameter, status);
}

// Its first value has decided the format.
bool CallBuilder::CheckAltIsAlone() {
  const auto is_alt = [](const QueryParameter& parameter) { return parameter.name == "alt"; };
  if (std::count_if(parameters_.begin(), parameters_.end(), is_alt) == 1) return true;
  return Refuse(
      RefusalReason::kBadParameter,
      absl::InvalidArgumentError("parameter \"alt\": is given twice, and takes one value"));
}

bool CallBuilder::ReadBody(RequestMessage& message) {
  if (request_.body.empty()) return true;
  if (request_.method == "GET") {
    return Refuse(
        RefusalReason::kBadBody,
        absl::InvalidArgumentError("a GET has no body here; use POST or query parameters"));
  }
  if (!CheckBodyType()) return false;
  const absl::Status status = message.MergeJson(request_.body);
  return status.ok() || Refuse(RefusalReason::kBadBody, status);
}

bool CallBuilder::CheckBodyType() {
  const std::string coding = CodingOf(request_.headers);
  std::string wrong;
  if (!coding.empty()) {
    wrong = absl::StrCat("the body has the content coding ", Shown(coding),
                         "; send it without a Content-Encoding");
  } else {
    bool has_type = false;
    for (const HeaderList::Field& field : request_.headers.fields()) {
      if (field.name != "content-type") continue;
      has_type = true;
      if (!IsJsonType(field.value)) wrong = absl::StrCat("the body is ", Shown(field.value));
    }
    if (!has_type && MayBeFromBrowser(request_.headers)) wrong = "the body is of no declared type";
    if (!wrong.empty()) absl::StrAppend(&wrong, "; send JSON with Content-Type: application/json");
  }
  if (wrong.empty()) return true;
  return Refuse(RefusalReason::kUnsupportedMediaType, absl::InvalidArgumentError(wrong));
}

// Where a resume field takes the value, the service is trusted to go on from there. Where there is
// none it may still read the metadata, but nobody can know, and so the browser is told of a gap.
void CallBuilder::ApplyResume(RequestMessage& message) {
  const std::optional<std::string> value = UnescapeEventId(built_.last_event_id);
  if (!value.has_value()) {
    built_.resume = Resume::kGap;
    return;
  }
  built_.resume = message.SetResume(*value) ? Resume::kResumed : Resume::kGap;
  built_.call.metadata.emplace_back(std::string(kLastEventId), built_.last_event_id);
}

uint64_t CallBuilder::HashOfAsked() const {
  uint64_t hash = absl::HashOf(request_.body);
  for (const QueryParameter& parameter : parameters_) {
    if (parameter.name == kLastEventIdParameter) continue;
    hash = absl::HashOf(hash, parameter.name, parameter.value);
  }
  return hash;
}

// In the route's order, not in that of the query: those who ask for the same share a stream.
bool CallBuilder::AddMetadata() {
  for (const std::string& name : plan_.route.forward_headers) {
    if (!AddHeader(name)) return false;
  }
  for (const QueryMetadata& one : plan_.route.query_metadata) {
    if (!AddParameter(one)) return false;
  }
  if (is_shared()) return true;  // the RPC is no one browser's
  built_.call.metadata.emplace_back(
      std::string(kForwardedFor),
      ForwardedFor(request_.peer_address, request_.headers.Joined(kForwardedFor),
                   snapshot_.options().trusted_proxies));
  return true;
}

bool CallBuilder::AddHeader(const std::string& name) {
  if (name == kForwardedFor || name == kLastEventId) return true;  // Sluice writes these itself
  // Or nobody would ever ask for the same.
  if (is_shared() && name == kRequestId && request_.request_id_is_made) return true;
  const HeaderList::Field* earlier = nullptr;
  for (const HeaderList::Field& field : request_.headers.fields()) {
    if (field.name != name) continue;
    if (name == kAuthorization && earlier != nullptr) {
      if (field.value == earlier->value) continue;
      // Whoever looked at one of them in front of the gateway may have looked at the other.
      return Refuse(
          RefusalReason::kBadHeader,
          absl::InvalidArgumentError("there are two authorization headers that differ; send one"));
    }
    absl::StatusOr<std::pair<std::string, std::string>> entry =
        ValidateMetadata(field.name, field.value);
    if (!entry.ok()) return Refuse(RefusalReason::kBadHeader, entry.status());
    built_.call.metadata.push_back(*std::move(entry));
    earlier = &field;
  }
  return true;
}

// A header of the same name may be a proxy's word on who this is, which no query may change or add
// to.
bool CallBuilder::AddParameter(const QueryMetadata& wanted) {
  const auto refuse = [this, &wanted](absl::string_view what) {
    return Refuse(
        RefusalReason::kBadParameter,
        absl::InvalidArgumentError(absl::StrCat("parameter \"", wanted.parameter, "\": ", what)));
  };
  const std::string* value = nullptr;
  for (const QueryParameter& parameter : parameters_) {
    if (parameter.name != wanted.parameter) continue;
    if (value != nullptr) return refuse("is given twice, and takes one value");
    value = &parameter.value;
  }
  if (value == nullptr) return true;
  for (const auto& [key, unused] : built_.call.metadata) {
    if (key == wanted.key)
      return refuse("there is a header of this name as well; send one of both");
  }
  absl::StatusOr<std::pair<std::string, std::string>> entry =
      ValidateMetadata(wanted.key, *value, MetadataSource::kParameter);
  if (!entry.ok()) return Refuse(RefusalReason::kBadParameter, entry.status());
  built_.call.metadata.push_back(*std::move(entry));
  return true;
}

bool CallBuilder::Refuse(RefusalReason reason, const absl::Status& status) {
  refusal_ = {reason, std::string(status.message())};
  return false;
}

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/snapshot.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/base/observe/log.h"
#include "gateway/sse/event_id.h"

namespace sluice {
namespace {

RequestPlan::Options RequestOptions(const Route& route) {
  return {.type = route.method->descriptor->input_type(),
          .resume_field = route.policy.resume_field,
          .required = route.policy.required};
}

JsonOptions JsonOf(const StreamPolicy& policy) {
  JsonOptions json = JsonOptionsOf(policy.json);
  json.unknown_any_as_bytes = policy.unknown_any != sluice::v1::StreamOptions::ERROR;
  return json;
}

// Where a type is looked for that a service sends without having it in its schema: in those of the
// others. The table keeps them.
DynamicTypes::Pools PoolsOf(const RouteTable& routes) {
  DynamicTypes::Pools pools;
  for (const Route& route : routes.routes()) {
    const auto* const pool = route.method->descriptor->file()->pool();
    if (std::find(pools.begin(), pools.end(), pool) == pools.end()) pools.push_back(pool);
  }
  return pools;
}

ResponseTranscoder::Options ResponseOptions(const Route& route, const DynamicTypes::Pools& pools) {
  return {.type = route.method->descriptor->output_type(),
          .event = route.policy.event,
          .event_name = route.policy.event_name,
          .id_field = route.policy.id_field,
          .json = JsonOf(route.policy),
          .other_pools = pools};
}

}  // namespace

RoutePlan::RoutePlan(const Route& served, Service service, Metrics& metrics)
    : route(served),
      request(RequestOptions(served)),
      response(ResponseOptions(served, service.pools)),
      upstream(std::move(service.upstream)),
      stream_name(served.method->path.substr(1)),
      share_identity(absl::StrCat(served.share_identity, " ", service.target)),
      meter(metrics.Method(served.method->full_name, served.streaming ? MethodMeter::Kind::kStream
                                                                      : MethodMeter::Kind::kUnary)),
      doubt_(std::move(service.doubt)),
      unknown_fields_(metrics.GetCounter("events_with_unknown_fields", served.method->full_name)),
      events_without_id_(metrics.GetCounter("events_without_id", served.method->full_name)),
      large_events_(metrics.GetCounter("large_events", served.method->full_name)),
      failures_(served.method->full_name, metrics) {}

std::string RoutePlan::IdOf(const TranscodedEvent& event) const {
  if (!event.has_id || event.id.empty()) return "";
  const std::optional<EventId> id = EventId::FromValue(event.id);
  if (id.has_value()) return id->text();
  events_without_id_.Add();
  if (without_id_logged_.Raise()) {
    LogWarning(absl::StrCat(stream_name, ": an id of ", event.id.size(), " bytes is longer than ",
                            EventId::kMaxBytes,
                            " once escaped; events with such ids are sent without one"));
  }
  return "";
}

void RoutePlan::CountLarge(size_t frame_bytes) const {
  large_events_.Add();
  if (large_logged_.Raise()) {
    LogWarning(absl::StrCat(stream_name, ": an event of ", frame_bytes,
                            " bytes; common clients of Go stop at 64 KiB"));
  }
}

void RoutePlan::CountUnknownFields() const {
  unknown_fields_.Add();
  if (doubt_ != nullptr) doubt_->Raise(SchemaDoubt::Sign::kUnknownFields);
}

Snapshot::Snapshot(Parts parts, Metrics& metrics)
    : options_(std::move(parts.options)),
      origins_(options_.origins),
      routes_(std::move(parts.routes)),
      pending_(std::move(parts.pending)),
      doubts_(std::move(parts.doubts)),
      retries_(parts.retries != nullptr ? std::move(parts.retries)
                                        : std::make_shared<RetryMemory>()) {
  const DynamicTypes::Pools pools = PoolsOf(*routes_);
  for (const Route& route : routes_->routes()) {
    const std::string& name = route.method->upstream;
    plans_.push_back(
        std::make_unique<const RoutePlan>(route,
                                          RoutePlan::Service{.upstream = parts.upstreams.at(name),
                                                             .target = parts.targets[name],
                                                             .pools = pools,
                                                             .doubt = DoubtOf(name)},
                                          metrics));
  }
}

std::shared_ptr<SchemaDoubt> Snapshot::DoubtOf(const std::string& upstream) const {
  const auto found = doubts_.find(upstream);
  return found == doubts_.end() ? nullptr : found->second;
}

void Snapshot::NoteNotServed(const SkippedMethod& skipped) const {
  const std::shared_ptr<SchemaDoubt> doubt = DoubtOf(skipped.upstream);
  if (doubt != nullptr) doubt->Raise(SchemaDoubt::Sign::kNotServed);
}

}  // namespace sluice

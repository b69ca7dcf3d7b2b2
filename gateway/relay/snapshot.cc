// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/snapshot.h"

#include <utility>

namespace sluice {
namespace {

RequestPlan::Options RequestOptions(const Route& route) {
  return {.type = route.method->descriptor->input_type(),
          .resume_field = route.policy.resume_field,
          .required = route.policy.required};
}

ResponseTranscoder::Options ResponseOptions(const Route& route) {
  return {.type = route.method->descriptor->output_type(),
          .event = route.policy.event,
          .event_name = route.policy.event_name,
          .id_field = route.policy.id_field,
          .json = JsonOptionsOf(route.policy.json)};
}

}  // namespace

RoutePlan::RoutePlan(const Route& served, std::shared_ptr<Upstream> service, Metrics& metrics)
    : route(served),
      request(RequestOptions(served)),
      response(ResponseOptions(served)),
      upstream(std::move(service)),
      stream_name(served.method->path.substr(1)),
      raw_text(served.method->descriptor->output_type()->full_name() == "google.api.HttpBody"),
      events_without_id(metrics.GetCounter("events_without_id", served.method->full_name)),
      large_events(metrics.GetCounter("large_events", served.method->full_name)) {}

Snapshot::Snapshot(Parts parts, Metrics& metrics)
    : options_(std::move(parts.options)),
      origins_(options_.origins),
      routes_(std::move(parts.routes)),
      pending_(std::move(parts.pending)) {
  for (const Route& route : routes_->routes()) {
    plans_[route.method->path] = std::make_unique<const RoutePlan>(
        route, parts.upstreams.at(route.method->upstream), metrics);
  }
}

const RoutePlan* Snapshot::Find(absl::string_view path) const {
  const auto it = plans_.find(path);
  return it == plans_.end() ? nullptr : it->second.get();
}

}  // namespace sluice

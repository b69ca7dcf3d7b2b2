// SPDX-License-Identifier: Apache-2.0
#include "gateway/ops/status_page.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "gateway/config/field_value.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace sluice {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using Json = nlohmann::ordered_json;

// What is not UTF-8 (a path in a problem, say) must not make the page an exception.
std::string Written(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

double Seconds(absl::Duration duration) {
  return absl::ToDoubleSeconds(absl::Trunc(duration, absl::Milliseconds(1)));
}

Json AskedAgain(const GatewayStatus::Upstream& upstream) {
  if (!upstream.asked_again.has_value()) return nullptr;
  return {{"age_seconds", Seconds(upstream.asked_again->age)},
          {"result", upstream.asked_again->result}};
}

Json Upstreams(const std::vector<GatewayStatus::Upstream>& upstreams) {
  Json all = Json::array();
  for (const GatewayStatus::Upstream& upstream : upstreams) {
    all.push_back({{"name", upstream.name},
                   {"target", upstream.target},
                   {"schema", upstream.schema_known ? "known" : "pending"},
                   {"schema_doubts", upstream.schema_doubts},
                   {"schema_asked_again", AskedAgain(upstream)}});
  }
  return all;
}

Json SkippedOf(const SkippedMethod& skipped) {
  return {{skipped.is_service() ? "service" : "method", skipped.full_name},
          {"upstream", skipped.upstream},
          {"reason", skipped.reason}};
}

Json LeftOut(const std::vector<SkippedMethod>& left_out) {
  Json all = Json::array();
  for (const SkippedMethod& skipped : left_out) all.push_back(SkippedOf(skipped));
  return all;
}

Json RefusedReload(const std::optional<GatewayStatus::Refused>& refused) {
  if (!refused.has_value()) return nullptr;
  Json reasons = Json::array();
  for (const Problem& problem : refused->reasons) {
    reasons.push_back({{"where", problem.where}, {"what", problem.what}});
  }
  return {{"age_seconds", Seconds(refused->age)}, {"reasons", std::move(reasons)}};
}

// Only methods that were asked for: a catalog may have thousands.
Json Streams(const Metrics& metrics) {
  Json by_method = Json::array();
  int64_t open_in_all = 0;
  for (const MethodMeter* meter : metrics.Methods()) {
    const MethodMeter::Totals totals = meter->totals();
    if (totals.opened == 0 || meter->kind() != MethodMeter::Kind::kStream) continue;
    open_in_all += totals.open();
    by_method.push_back(
        {{"method", meter->full_name()}, {"open", totals.open()}, {"opened", totals.opened}});
  }
  return {{"open", open_in_all}, {"by_method", std::move(by_method)}};
}

Json Topics(const std::vector<Hub::Shown>& topics) {
  Json all = Json::array();
  for (const Hub::Shown& topic : topics) {
    all.push_back({{"stream", topic.name},
                   {"subscribers", topic.subscribers},
                   {"events", topic.events},
                   {"bytes", topic.bytes},
                   {"ended", topic.ended}});
  }
  return all;
}

Json Loops(const Metrics& metrics) {
  Json all = Json::array();
  for (const LoopMeter* loop : metrics.Loops()) {
    all.push_back({{"connections", loop->connections.value()},
                   {"event_log_bytes", loop->log_bytes_held.value()}});
  }
  return all;
}

Json ValueOf(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.GetBool(message, &field);
    case FieldDescriptor::CPPTYPE_UINT32:
      return reflection.GetUInt32(message, &field);
    case FieldDescriptor::CPPTYPE_UINT64:
      return reflection.GetUInt64(message, &field);
    default:
      return GetText(message, field);
  }
}

// By descriptor, so that an option that is new is shown: numbers and switches as such, all else as
// it is written in the configuration. What has no default is there if it was said.
Json OptionsOf(const Message& message) {
  const Reflection& reflection = *message.GetReflection();
  Json json = Json::object();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *message.GetDescriptor()->field(i);
    Json& value = json[field.name()];
    if (field.is_repeated()) {
      value = Json::array();
      for (int item = 0; item < reflection.FieldSize(message, &field); ++item) {
        value.push_back(GetItemText(message, field, item));
      }
    } else if (!reflection.HasField(message, &field)) {
      json.erase(field.name());
    } else {
      value = IsText(field) ? ValueOf(message, field)
                            : OptionsOf(reflection.GetMessage(message, &field));
    }
  }
  return json;
}

Json RouteOf(const Route& route, const RouteTable& routes) {
  const Method& method = *route.method;
  Json json = {{"method", method.full_name},
               {"path", routes.PathOf(method)},
               {"verbs", route.allows_get ? Json({"GET", "POST"}) : Json({"POST"})},
               {"kind", route.streaming ? "stream" : "unary"},
               {"upstream", method.upstream},
               {"request", std::string(method.descriptor->input_type()->full_name())},
               {"response", std::string(method.descriptor->output_type()->full_name())},
               {"forward_headers", route.forward_headers}};
  if (!route.query_metadata.empty()) {
    Json& names = json["query_metadata"] = Json::array();
    for (const QueryMetadata& one : route.query_metadata) names.push_back(one.parameter);
  }
  if (route.streaming) json["stream"] = OptionsOf(route.said.WithPresets());
  return json;
}

}  // namespace

std::string ReadinessJson(const GatewayStatus& status) {
  Json json = {{"ready", status.not_ready.empty()}};
  if (!status.not_ready.empty()) json["reasons"] = status.not_ready;
  if (!status.left_out.empty()) {
    Json left_out = Json::array();
    const size_t shown = std::min(status.left_out.size(), kMostLeftOut);
    for (size_t i = 0; i < shown; ++i) left_out.push_back(SkippedOf(status.left_out[i]));
    json["left_out"] = std::move(left_out);
    if (shown < status.left_out.size()) json["left_out_further"] = status.left_out.size() - shown;
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string StatusJson(const GatewayStatus& status, const Metrics& metrics) {
  Json limits = Json::object();
  for (const auto& [key, value] : status.limits) limits[key] = value;
  return Written({{"build", {{"version", status.version}}},
                  {"uptime_seconds", Seconds(status.uptime)},
                  {"phase", status.phase},
                  {"ready", status.not_ready.empty()},
                  {"reasons", status.not_ready},
                  {"snapshot",
                   {{"number", status.snapshot.number},
                    {"age_seconds", Seconds(status.snapshot.age)},
                    {"methods", status.snapshot.methods},
                    {"skipped", status.snapshot.skipped}}},
                  {"last_refused_reload", RefusedReload(status.refused_reload)},
                  {"upstreams", Upstreams(status.upstreams)},
                  {"schema_problems", status.schema_problems},
                  {"schema_warnings", status.schema_warnings},
                  {"left_out", LeftOut(status.left_out)},
                  {"streams", Streams(metrics)},
                  {"topics", Topics(status.topics)},
                  {"loops", Loops(metrics)},
                  {"limits", std::move(limits)}});
}

std::string RoutesJson(const RouteTable& routes) {
  Json exposed = Json::array();
  for (const Route& route : routes.routes()) exposed.push_back(RouteOf(route, routes));
  return Written({{"routes", std::move(exposed)}, {"skipped", LeftOut(routes.skipped())}});
}

}  // namespace sluice

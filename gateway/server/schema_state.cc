// SPDX-License-Identifier: Apache-2.0
#include "gateway/server/schema_state.h"

#include <set>
#include <utility>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "gateway/schema/catalog.h"
#include "gateway/transcode/event_naming.h"
#include "gateway/upstream/grpc/reflection.h"

namespace sluice {
namespace {

bool HasFiles(const sluice::config::v1::Upstream& upstream) {
  return upstream.schema().files_size() > 0 || upstream.schema().descriptor_set_size() > 0;
}

std::vector<RouteRule> RulesOf(const EffectiveConfig& effective) {
  std::vector<RouteRule> rules;
  for (const sluice::config::v1::Route& route : effective.config.routes()) {
    RouteRule rule;
    const std::string path = absl::StrCat("routes[", rules.size(), "]");
    const auto origin = effective.origins.find(absl::StrCat(path, ".selector"));
    rule.where = origin == effective.origins.end() ? path : origin->second;
    rule.selector = route.selector();
    rule.stream = route.stream();
    rule.forward_headers = {route.forward_headers().begin(), route.forward_headers().end()};
    rule.query_metadata = {route.query_metadata().begin(), route.query_metadata().end()};
    rules.push_back(std::move(rule));
  }
  return rules;
}

uint64_t FingerprintOf(const ReflectedFiles& reflected) {
  std::set<std::string> pieces(reflected.services.begin(), reflected.services.end());
  for (const google::protobuf::FileDescriptorProto& file : reflected.files) {
    pieces.insert(file.SerializeAsString());
  }
  return absl::HashOf(pieces);
}

Problems WarningsOf(const RouteTable* table) {
  Problems warnings;
  if (table == nullptr) return warnings;
  for (const Route& route : table->routes()) {
    if (!route.streaming) continue;
    const EventNaming naming(*route.method->descriptor->output_type(), route.policy.event,
                             route.policy.event_name);
    for (std::string& remark : naming.Remarks()) {
      warnings.push_back({route.method->full_name, std::move(remark)});
    }
  }
  return warnings;
}

}  // namespace

SchemaState::SchemaState(EffectiveConfig config) : config_(std::move(config)) {}

void SchemaState::ReadFiles() {
  const size_t bytes = config_.config.limits().schema();
  for (const auto& [name, upstream] : config_.config.upstreams()) {
    const sluice::config::v1::Schema& schema = upstream.schema();
    if (!HasFiles(upstream)) continue;
    sets_[name] = ServiceSet::FromNamedFiles(
        {.proto_path = {schema.proto_path().begin(), schema.proto_path().end()},
         .files = {schema.files().begin(), schema.files().end()},
         .descriptor_sets = {schema.descriptor_set().begin(), schema.descriptor_set().end()}},
        bytes);
  }
}

absl::Status SchemaState::Ask(const std::string& upstream, absl::Duration timeout) {
  const std::string& target = config_.config.upstreams().at(upstream).target();
  absl::StatusOr<ReflectedFiles> reflected = ReflectFiles(target, timeout);
  if (!reflected.ok()) return reflected.status();
  fingerprints_[upstream] = FingerprintOf(*reflected);
  sets_[upstream] = {ServiceSet::FromFiles(
      absl::StrCat("reflection of ", upstream, " (", target, ")"), std::move(reflected->files),
      std::move(reflected->services), config_.config.limits().schema())};
  return absl::OkStatus();
}

std::vector<std::string> SchemaState::Inherit(const SchemaState& earlier) {
  std::vector<std::string> inherited;
  const auto& upstreams = earlier.config_.config.upstreams();
  for (const std::string& name : Pending()) {
    const auto found = upstreams.find(name);
    const auto sets = earlier.sets_.find(name);
    if (found == upstreams.end() || sets == earlier.sets_.end() || HasFiles(found->second))
      continue;
    if (found->second.target() != config_.config.upstreams().at(name).target()) continue;
    sets_[name] = sets->second;
    fingerprints_[name] = earlier.fingerprints_.at(name);
    inherited.push_back(name);
  }
  return inherited;
}

void SchemaState::ForgetAnswer(const std::string& upstream) {
  if (!HasFiles(config_.config.upstreams().at(upstream))) sets_.erase(upstream);
}

std::vector<std::string> SchemaState::Pending() const {
  std::vector<std::string> pending;
  for (const auto& [name, upstream] : std::map<std::string, sluice::config::v1::Upstream>(
           config_.config.upstreams().begin(), config_.config.upstreams().end())) {
    if (!HasFiles(upstream) && sets_.find(name) == sets_.end()) pending.push_back(name);
  }
  return pending;
}

std::vector<std::string> SchemaState::Answered() const {
  std::vector<std::string> answered;
  for (const auto& [name, fingerprint] : fingerprints_) {
    if (sets_.contains(name)) answered.push_back(name);
  }
  return answered;
}

bool SchemaState::SaidTheSame(const std::string& upstream, const SchemaState& other) const {
  return fingerprints_.at(upstream) == other.fingerprints_.at(upstream);
}

SchemaState::Routes SchemaState::BuildRoutes() const {
  CatalogBuilder catalog_builder;
  for (const auto& [name, sets] : sets_) {
    const sluice::config::v1::Upstream& upstream = config_.config.upstreams().at(name);
    for (const std::shared_ptr<const ServiceSet>& set : sets) {
      catalog_builder.Add(name, set, {upstream.services().begin(), upstream.services().end()});
    }
  }
  const std::shared_ptr<const Catalog> catalog = catalog_builder.Build();
  RouteTableBuilder table_builder(catalog);
  table_builder.AddRules(RulesOf(config_));
  const auto health = config_.origins.find("health_path");
  table_builder.UsePaths(
      {.base = config_.config.base_path(), .health = config_.config.health_path()},
      health == config_.origins.end() ? "health_path" : health->second);
  RouteTableBuilder::Result built =
      table_builder.Build(Pending().empty() ? RouteTableBuilder::Completeness::kComplete
                                            : RouteTableBuilder::Completeness::kIncomplete);
  Problems warnings = WarningsOf(built.table.get());
  return {.table = std::move(built.table),
          .errors = std::move(built.problems),
          .left_out = catalog->problems(),
          .warnings = std::move(warnings)};
}

Problems SchemaState::NothingToServe(const Routes& routes) const {
  if (!routes.table->routes().empty() || !Pending().empty()) return {};
  Problems problems = routes.left_out;
  problems.push_back({"schema", "there is no method to serve"});
  return problems;
}

}  // namespace sluice

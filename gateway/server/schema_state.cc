// SPDX-License-Identifier: Apache-2.0
#include "gateway/server/schema_state.h"

#include <set>
#include <utility>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "gateway/config/config_values.h"
#include "gateway/schema/catalog.h"
#include "gateway/schema/silence.h"
#include "gateway/server/reflection_metadata.h"
#include "gateway/transcode/event_naming.h"
#include "gateway/upstream/grpc/reflection.h"
#include "google/protobuf/util/message_differencer.h"

namespace sluice {
namespace {

bool HasFiles(const sluice::config::v1::Upstream& upstream) {
  return upstream.schema().files_size() > 0 || upstream.schema().descriptor_set_size() > 0;
}

// Who is asked with other metadata may answer otherwise.
bool IsAskedAlike(sluice::config::v1::Schema a, sluice::config::v1::Schema b) {
  a.clear_timeout();
  b.clear_timeout();
  return google::protobuf::util::MessageDifferencer::Equals(a, b);
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

uint64_t FingerprintOf(const SchemaFiles& reflected) {
  const Silence silence;
  std::set<std::string> pieces(reflected.services.begin(), reflected.services.end());
  for (const LooseFile& file : reflected.files) {
    pieces.insert(file.proto.SerializeAsString());
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

absl::Status SchemaState::Ask(const std::string& upstream, const Asking& asking) {
  const sluice::config::v1::Upstream& config = config_.config.upstreams().at(upstream);
  ReflectionOptions options{.target = config.target(),
                            .answer_timeout = asking.answer_timeout,
                            .stopped = asking.stopped};
  if (config.schema().has_timeout()) options.timeout = ToDuration(config.schema().timeout());
  auto metadata = MetadataOf(upstream, config.schema());
  if (!metadata.ok()) return metadata.status();
  options.metadata = *std::move(metadata);
  absl::StatusOr<SchemaFiles> files = ReflectFiles(options);
  if (!files.ok()) return files.status();
  files->source = absl::StrCat("reflection of ", upstream, " (", config.target(), ")");
  for (LooseFile& file : files->files) file.source = files->source;
  fingerprints_[upstream] = FingerprintOf(*files);
  told_[upstream] = std::make_shared<const SchemaFiles>(*std::move(files));
  Assemble(upstream);
  AssembleThoseThatMissNames();
  return absl::OkStatus();
}

void SchemaState::Assemble(const std::string& upstream) {
  const size_t bytes = config_.config.limits().schema();
  const SchemaFiles& files = *told_.at(upstream);
  std::shared_ptr<const ServiceSet> set = ServiceSet::FromSchemaFiles(files, {}, bytes);
  if (set->misses_names() && told_.size() > 1) {
    std::vector<const SchemaFiles*> others;
    for (const auto& [name, told] : told_) {
      if (name != upstream) others.push_back(told.get());
    }
    set = ServiceSet::FromSchemaFiles(files, others, bytes);
  }
  sets_[upstream] = {std::move(set)};
}

void SchemaState::AssembleThoseThatMissNames() {
  for (const auto& [name, told] : told_) {
    const auto sets = sets_.find(name);
    if (sets != sets_.end() && sets->second.front()->misses_names()) Assemble(name);
  }
}

std::vector<std::string> SchemaState::Inherit(const SchemaState& earlier) {
  std::vector<std::string> inherited;
  const auto& upstreams = earlier.config_.config.upstreams();
  for (const std::string& name : Pending()) {
    const auto found = upstreams.find(name);
    const auto sets = earlier.sets_.find(name);
    if (found == upstreams.end() || sets == earlier.sets_.end() || HasFiles(found->second))
      continue;
    const sluice::config::v1::Upstream& now = config_.config.upstreams().at(name);
    if (found->second.target() != now.target()) continue;
    if (!IsAskedAlike(found->second.schema(), now.schema())) continue;
    sets_[name] = sets->second;
    fingerprints_[name] = earlier.fingerprints_.at(name);
    told_[name] = earlier.told_.at(name);
    inherited.push_back(name);
  }
  if (!inherited.empty()) AssembleThoseThatMissNames();
  return inherited;
}

void SchemaState::ForgetAnswer(const std::string& upstream) {
  if (HasFiles(config_.config.upstreams().at(upstream))) return;
  sets_.erase(upstream);
  told_.erase(upstream);
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

// SPDX-License-Identifier: Apache-2.0
#include "gateway/route/route_table.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gateway/base/text/nearest_name.h"
#include "gateway/base/text/shown.h"
#include "gateway/route/forward_headers.h"
#include "gateway/route/option_reader.h"
#include "gateway/route/share_identity.h"
#include "gateway/schema/selector.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"

namespace sluice {
namespace {

using google::protobuf::MethodOptions;

// A rule whose words make sense by themselves.
struct ParsedRule {
  const RouteRule* rule = nullptr;
  Selector selector;
  std::vector<std::string> forward_headers;
  std::vector<QueryMetadata> query_metadata;
  bool matched = false;

  bool has_stream() const { return rule->stream.ByteSizeLong() > 0; }
};

std::vector<std::string> ParseForwardHeaders(const RouteRule& rule, Problems& problems) {
  std::vector<std::string> names;
  for (const std::string& name : rule.forward_headers) {
    absl::StatusOr<std::string> parsed = ForwardHeader(name);
    if (!parsed.ok()) {
      problems.push_back({rule.where, std::string(parsed.status().message())});
    } else if (std::find(names.begin(), names.end(), *parsed) == names.end()) {
      names.push_back(*std::move(parsed));
    }
  }
  return names;
}

std::vector<QueryMetadata> ParseQueryMetadata(const RouteRule& rule, Problems& problems) {
  std::vector<QueryMetadata> parsed;
  for (const std::string& name : rule.query_metadata) {
    const absl::StatusOr<std::string> key = MetadataOfParameter(name);
    if (!key.ok()) {
      problems.push_back({rule.where, std::string(key.status().message())});
      continue;
    }
    const auto same = std::find_if(parsed.begin(), parsed.end(),
                                   [&key](const QueryMetadata& one) { return one.key == *key; });
    if (same == parsed.end()) {
      parsed.push_back({.parameter = name, .key = *key});
    } else if (same->parameter != name) {
      problems.push_back(
          {rule.where, absl::StrCat("query_metadata: \"", Shown(same->parameter), "\" and \"",
                                    Shown(name), "\" would be the same metadata; keep one")});
    }
  }
  return parsed;
}

std::vector<ParsedRule> ParseRules(const std::vector<RouteRule>& rules, Problems& problems) {
  std::vector<ParsedRule> parsed;
  for (const RouteRule& rule : rules) {
    ParsedRule one;
    one.rule = &rule;
    one.forward_headers = ParseForwardHeaders(rule, problems);
    one.query_metadata = ParseQueryMetadata(rule, problems);
    absl::StatusOr<Selector> selector = Selector::Parse(rule.selector);
    if (!selector.ok()) {
      problems.push_back({rule.where, absl::StrCat("selector: ", selector.status().message())});
      continue;
    }
    one.selector = *std::move(selector);
    parsed.push_back(std::move(one));
  }
  return parsed;
}

void ReportUnmatched(const Catalog& catalog, const ParsedRule& rule, Problems& problems) {
  std::set<std::string> known;
  for (const Method& method : catalog.methods()) {
    known.insert(method.full_name);
    known.insert(method.descriptor->service()->full_name());
    known.insert(method.descriptor->file()->package());
  }
  std::string text =
      absl::StrCat("selector: \"", Shown(rule.rule->selector), "\" matches no method");
  const std::string nearest =
      NearestName(rule.selector.name(), std::vector<std::string>(known.begin(), known.end()));
  if (!nearest.empty()) {
    absl::StrAppend(&text, "; did you mean \"", nearest, rule.selector.has_star() ? ".*" : "",
                    "\"?");
  }
  problems.push_back({rule.rule->where, text});
}

// One method with all rules.
class RouteMaker final {
 public:
  RouteMaker(const Method& method, std::vector<ParsedRule>& rules, Problems& problems)
      : method_(method), rules_(rules), problems_(problems) {}

  Route Make() {
    Route route;
    route.method = &method_;
    route.streaming = method_.server_streaming();
    route.allows_get = route.streaming || method_.descriptor->options().idempotency_level() ==
                                              MethodOptions::NO_SIDE_EFFECTS;
    StreamMerge& merge = route.said;
    merge.Add(method_.full_name, method_.options);
    for (ParsedRule& rule : rules_) {
      if (!rule.selector.Matches(method_.full_name)) continue;
      rule.matched = true;
      if (!rule.forward_headers.empty()) route.forward_headers = rule.forward_headers;
      if (!rule.query_metadata.empty()) route.query_metadata = rule.query_metadata;
      if (!rule.has_stream()) continue;
      if (route.streaming) {
        merge.Add(rule.rule->where, rule.rule->stream);
      } else if (rule.selector.IsExactly(method_.full_name)) {
        ReportNoStream(rule);
      }
    }
    route.policy = ResolveMergedPolicy(method_, merge, problems_);
    if (route.policy.share.has_value()) {
      route.share_identity = ShareIdentity(method_, merge.WithPresets());
    }
    if (route.forward_headers.empty()) {
      route.forward_headers =
          route.policy.share.has_value() ? SharedForwardHeaders() : UsualForwardHeaders();
    }
    return route;
  }

  SkippedMethod Skip(const std::string& reason) {
    for (ParsedRule& rule : rules_) {
      if (!rule.selector.Matches(method_.full_name)) continue;
      rule.matched = true;
      if (!rule.selector.IsExactly(method_.full_name)) continue;
      problems_.push_back({rule.rule->where, absl::StrCat("selector: ", method_.full_name,
                                                          " is not exposed: it ", reason)});
    }
    return {.full_name = method_.full_name,
            .path = method_.path,
            .upstream = method_.upstream,
            .reason = absl::StrCat(method_.full_name, " ", reason),
            .cause = SkippedMethod::Cause::kRequestStream};
  }

 private:
  // A rule for many methods may well hit some that answer once; one for this very method is wrong.
  void ReportNoStream(const ParsedRule& rule) {
    problems_.push_back(
        {rule.rule->where, absl::StrCat(method_.full_name,
                                        ": stream: stream options on a method that answers once; "
                                        "remove them")});
  }

  const Method& method_;
  std::vector<ParsedRule>& rules_;
  Problems& problems_;
};

// A rule for what is skipped is right; what is wrong with the method is told elsewhere.
bool Means(const Selector& selector, const SkippedMethod& skipped) {
  return selector.Matches(skipped.full_name) ||
         absl::StartsWith(selector.name(), absl::StrCat(skipped.full_name, "."));
}

// A level that many methods share says what is wrong with itself once.
void RemoveRepeated(Problems& problems) {
  std::set<std::pair<std::string, std::string>> seen;
  Problems once;
  for (Problem& problem : problems) {
    if (seen.emplace(problem.where, problem.what).second) once.push_back(std::move(problem));
  }
  problems = std::move(once);
}

}  // namespace

absl::string_view Route::allowed_methods() const {
  return allows_get ? "GET, POST, OPTIONS" : "POST, OPTIONS";
}

std::string RouteTable::PathOf(const Method& method) const {
  return absl::StrCat(paths_.base, method.path);
}

bool RouteTable::IsOutside(absl::string_view path) const {
  if (paths_.base.empty()) return false;
  return !absl::ConsumePrefix(&path, paths_.base) || (!path.empty() && path.front() != '/');
}

RouteMatch RouteTable::Match(absl::string_view verb, absl::string_view path) const {
  const auto found = by_path_.find(path);
  if (found == by_path_.end()) return {.skipped = SkippedServiceOf(path)};
  if (found->second >= routes_.size())
    return {.skipped = &skipped_[found->second - routes_.size()]};
  const Route& route = routes_[found->second];
  return {.route = &route, .allows_verb = route.Allows(verb)};
}

const SkippedMethod* RouteTable::SkippedServiceOf(absl::string_view path) const {
  const size_t slash = path.rfind('/');
  if (slash == absl::string_view::npos) return nullptr;
  const auto found = by_path_.find(path.substr(0, slash + 1));
  return found == by_path_.end() ? nullptr : &skipped_[found->second - routes_.size()];
}

RouteTableBuilder::RouteTableBuilder(std::shared_ptr<const Catalog> catalog)
    : catalog_(std::move(catalog)) {}

void RouteTableBuilder::AddRules(std::vector<RouteRule> rules) {
  for (RouteRule& rule : rules) rules_.push_back(std::move(rule));
}

void RouteTableBuilder::UsePaths(BrowserPaths paths, std::string where) {
  paths_ = std::move(paths);
  paths_where_ = std::move(where);
}

void RouteTableBuilder::ReportHealthPath(const RouteTable& table, Problems& problems) const {
  for (const Method& method : catalog_->methods()) {
    if (table.PathOf(method) != paths_.health) continue;
    problems.push_back(
        {paths_where_, absl::StrCat("health_path: ", method.full_name, " is at ", paths_.health,
                                    "; write another path, such as /healthz")});
  }
}

RouteTableBuilder::Result RouteTableBuilder::Build(Completeness completeness) const {
  Result result;
  std::vector<ParsedRule> rules = ParseRules(rules_, result.problems);
  auto table = std::make_shared<RouteTable>();
  table->catalog_ = catalog_;
  table->paths_ = paths_;
  ReportHealthPath(*table, result.problems);
  for (const SkippedMethod& skipped : catalog_->skipped()) {
    for (ParsedRule& rule : rules) {
      if (Means(rule.selector, skipped)) rule.matched = true;
    }
    table->skipped_.push_back(skipped);
  }
  for (const Method& method : catalog_->methods()) {
    RouteMaker maker(method, rules, result.problems);
    if (method.client_streaming()) {
      table->skipped_.push_back(
          maker.Skip("takes a stream of requests, which a browser cannot send; only unary and "
                     "server-streaming methods are exposed"));
    } else {
      table->routes_.push_back(maker.Make());
    }
  }
  for (const Route& route : table->routes_) {
    table->by_path_.emplace(table->PathOf(*route.method), table->by_path_.size());
  }
  for (const SkippedMethod& skipped : table->skipped_) {
    table->by_path_.emplace(absl::StrCat(paths_.base, skipped.path), table->by_path_.size());
  }
  for (const ParsedRule& rule : rules) {
    if (rule.matched || completeness == Completeness::kIncomplete) continue;
    ReportUnmatched(*catalog_, rule, result.problems);
  }
  RemoveRepeated(result.problems);
  if (result.problems.empty()) result.table = std::move(table);
  return result;
}

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/catalog.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/base/text/nearest_name.h"
#include "gateway/base/text/shown.h"
#include "gateway/schema/selector.h"
#include "gateway/schema/stream_option.h"

namespace sluice {
namespace {

using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

// gRPC's own services are for its tools, not for browsers.
bool IsOfGrpcItself(const std::string& service) {
  for (const char* prefix : {"grpc.reflection.", "grpc.health.", "grpc.channelz."}) {
    if (absl::StartsWith(service, prefix)) return true;
  }
  return false;
}

Method MethodOf(const std::string& upstream, const MethodDescriptor& descriptor) {
  Method method;
  method.full_name = descriptor.full_name();
  method.path = absl::StrCat("/", descriptor.service()->full_name(), "/", descriptor.name());
  method.upstream = upstream;
  method.descriptor = &descriptor;
  method.options = StreamOptionOf(descriptor);
  return method;
}

using ServiceSets = std::vector<std::shared_ptr<const ServiceSet>>;

// The services of one upstream. Of one that two of its sources have the first counts; where they
// differ, that is a problem.
std::vector<const ServiceDescriptor*> ExposableServices(const ServiceSets& sets,
                                                        const std::string& where,
                                                        Problems& problems) {
  std::vector<const ServiceDescriptor*> services;
  std::map<std::string, const ServiceDescriptor*> by_name;
  for (const std::shared_ptr<const ServiceSet>& set : sets) {
    for (const ServiceDescriptor* service : set->services()) {
      if (IsOfGrpcItself(service->full_name())) continue;
      const auto [at, is_new] = by_name.try_emplace(service->full_name(), service);
      if (is_new) {
        services.push_back(service);
      } else if (at->second->DebugString() != service->DebugString()) {
        problems.push_back({where, absl::StrCat("service ", service->full_name(), " is in ",
                                                Shown(at->second->file()->name()), " and in ",
                                                Shown(service->file()->name()),
                                                ", and differs; the first counts")});
      }
    }
  }
  return services;
}

// `/demo.v1.Ticker/Watch` ⇒ `demo.v1.Ticker`.
std::string ServiceOf(const SkippedMethod& method) {
  return method.path.substr(1, method.path.rfind('/') - 1);
}

// Whether the patterns, those that make sense, choose the service.
bool Chooses(const std::vector<std::string>& patterns, const std::string& service) {
  if (patterns.empty()) return true;
  return std::any_of(patterns.begin(), patterns.end(), [&service](const std::string& pattern) {
    const absl::StatusOr<Selector> selector = Selector::Parse(pattern);
    return selector.ok() && selector->Matches(service);
  });
}

std::string MatchesNothing(const std::string& pattern, const Selector& selector,
                           const std::vector<const ServiceDescriptor*>& services) {
  std::set<std::string> known;
  for (const ServiceDescriptor* service : services) {
    known.insert(service->full_name());
    known.insert(service->file()->package());
  }
  std::string text = absl::StrCat("services: \"", Shown(pattern), "\" matches no service");
  const std::string nearest =
      NearestName(selector.name(), std::vector<std::string>(known.begin(), known.end()));
  if (!nearest.empty()) {
    absl::StrAppend(&text, "; did you mean \"", nearest, selector.has_star() ? ".*" : "", "\"?");
  } else if (!services.empty()) {
    absl::StrAppend(&text, "; there is, for example, ", services.front()->full_name());
  }
  return text;
}

bool AnySkipped(const ServiceSets& sets, const Selector& selector) {
  return absl::c_any_of(sets, [&selector](const std::shared_ptr<const ServiceSet>& set) {
    return absl::c_any_of(set->skipped(), [&selector](const SkippedMethod& skipped) {
      return selector.Matches(ServiceOf(skipped));
    });
  });
}

// The services of one upstream that its patterns choose; each pattern that chooses none is a
// problem.
std::vector<const ServiceDescriptor*> Choose(const ServiceSets& sets,
                                             const std::vector<std::string>& patterns,
                                             const std::string& where, Problems& problems) {
  const std::vector<const ServiceDescriptor*> services = ExposableServices(sets, where, problems);
  if (patterns.empty()) return services;
  std::set<const ServiceDescriptor*> chosen;
  for (const std::string& pattern : patterns) {
    const absl::StatusOr<Selector> selector = Selector::Parse(pattern);
    if (!selector.ok()) {
      problems.push_back({where, absl::StrCat("services: ", selector.status().message())});
      continue;
    }
    bool matched = AnySkipped(sets, *selector);
    for (const ServiceDescriptor* service : services) {
      if (!selector->Matches(service->full_name())) continue;
      chosen.insert(service);
      matched = true;
    }
    if (!matched) problems.push_back({where, MatchesNothing(pattern, *selector, services)});
  }
  std::vector<const ServiceDescriptor*> in_order;
  for (const ServiceDescriptor* service : services) {
    if (chosen.count(service) > 0) in_order.push_back(service);
  }
  return in_order;
}

}  // namespace

void CatalogBuilder::Add(const std::string& upstream, std::shared_ptr<const ServiceSet> set,
                         const std::vector<std::string>& services) {
  if (sources_.empty() || sources_.back().upstream != upstream) {
    sources_.push_back({upstream, {}, services});
  }
  sources_.back().sets.push_back(std::move(set));
}

std::shared_ptr<const Catalog> CatalogBuilder::Build() {
  auto catalog = std::make_shared<Catalog>();
  std::map<std::string, std::string> upstream_of;  // by service
  for (const Source& source : sources_) {
    const std::string where = absl::StrCat("upstreams.", source.upstream);
    const size_t problems_before = catalog->problems_.size();
    for (const std::shared_ptr<const ServiceSet>& set : source.sets) {
      catalog->problems_.insert(catalog->problems_.end(), set->problems().begin(),
                                set->problems().end());
    }
    const std::vector<const ServiceDescriptor*> services =
        Choose(source.sets, source.services, where, catalog->problems_);
    if (services.empty() && catalog->problems_.size() == problems_before) {
      catalog->problems_.push_back({where, "has no service but those that gRPC's tools use"});
    }
    for (const ServiceDescriptor* service : services) {
      const auto [at, is_new] = upstream_of.try_emplace(service->full_name(), source.upstream);
      if (!is_new) {
        catalog->problems_.push_back(
            {where,
             absl::StrCat("service ", service->full_name(), " is that of upstreams.", at->second,
                          " already; choose with `services` which one is meant")});
        continue;
      }
      for (int i = 0; i < service->method_count(); ++i) {
        catalog->methods_.push_back(MethodOf(source.upstream, *service->method(i)));
      }
    }
    catalog->sets_.insert(catalog->sets_.end(), source.sets.begin(), source.sets.end());
  }
  std::sort(catalog->methods_.begin(), catalog->methods_.end(),
            [](const Method& a, const Method& b) { return a.full_name < b.full_name; });
  AddSkipped(*catalog);
  sources_.clear();
  return catalog;
}

void CatalogBuilder::AddSkipped(Catalog& catalog) const {
  std::set<std::string> seen;
  for (const Method& method : catalog.methods_) {
    seen.insert(method.full_name);
    seen.insert(method.descriptor->service()->full_name());
  }
  for (const Source& source : sources_) {
    for (const std::shared_ptr<const ServiceSet>& set : source.sets) {
      for (SkippedMethod skipped : set->skipped()) {
        const std::string service = ServiceOf(skipped);
        if (IsOfGrpcItself(service) || !Chooses(source.services, service)) continue;
        if (!seen.insert(skipped.full_name).second) continue;
        skipped.upstream = source.upstream;
        catalog.skipped_.push_back(std::move(skipped));
      }
    }
  }
  std::sort(
      catalog.skipped_.begin(), catalog.skipped_.end(),
      [](const SkippedMethod& a, const SkippedMethod& b) { return a.full_name < b.full_name; });
}

}  // namespace sluice

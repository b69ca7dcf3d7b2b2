// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "gateway/base/text/problem.h"
#include "gateway/route/stream_merge.h"
#include "gateway/route/stream_policy.h"
#include "gateway/schema/catalog.h"
#include "sluice/v1/stream.pb.h"

namespace sluice {

// What the operator says about the methods that a selector names (`routes:` of the configuration).
struct RouteRule {
  std::string where;     // in the configuration, for problems: `sluice.yaml:12:5`
  std::string selector;  // `demo.v1.Ticker.Watch`, `demo.v1.Ticker.*`, `*`
  sluice::v1::StreamOptions stream;
  std::vector<std::string> forward_headers;  // empty: not said
  std::vector<std::string> query_metadata;   // empty: not said
};

// Where browsers find what is served.
struct BrowserPaths {
  std::string base;    // `/api`, before the path of every method; empty: nothing
  std::string health;  // `/healthz`, as a whole; empty: none
};

// A query parameter that becomes metadata.
struct QueryMetadata {
  std::string parameter;  // as it is written in a query
  std::string key;        // the same in lower case
};

// A method as browsers see it.
struct Route {
  const Method* method = nullptr;
  bool streaming = false;
  bool allows_get = false;  // POST is always allowed
  StreamPolicy policy;
  StreamMerge said;                          // of which `policy` was made, for those who print it
  std::vector<std::string> forward_headers;  // lower case
  std::vector<QueryMetadata> query_metadata;
  std::string share_identity;  // of a shared stream: see ShareIdentity

  bool Allows(absl::string_view verb) const {
    return verb == "POST" || (verb == "GET" && allows_get);
  }

  // For the Allow header: `GET, POST, OPTIONS`.
  absl::string_view allowed_methods() const;
};

// What stands at a path: a route, a method that is not exposed, or neither.
struct RouteMatch {
  const Route* route = nullptr;
  bool allows_verb = false;  // the route takes the request's HTTP method
  // Of a service none of whose methods is known, every path is skipped.
  const SkippedMethod* skipped = nullptr;
};

// Verb and path of a request ⇒ Route: the one index there is. Immutable; keeps the catalog alive.
class RouteTable final {
 public:
  const BrowserPaths& paths() const { return paths_; }
  // The path by which browsers ask for a method: `/api/demo.v1.Ticker/Watch`.
  std::string PathOf(const Method& method) const;
  // True if a path is not under the base path, where there is nothing but the path for health.
  bool IsOutside(absl::string_view path) const;

  // By the exact path of a request, without its query: `/demo.v1.Ticker/Watch`.
  RouteMatch Match(absl::string_view verb, absl::string_view path) const;

  // The place of a route in `routes()`. REQUIRES: it is one of them.
  size_t IndexOf(const Route& route) const { return static_cast<size_t>(&route - routes_.data()); }

  const std::vector<Route>& routes() const { return routes_; }
  const std::vector<SkippedMethod>& skipped() const { return skipped_; }

 private:
  const SkippedMethod* SkippedServiceOf(absl::string_view path) const;

  friend class RouteTableBuilder;
  std::shared_ptr<const Catalog> catalog_;
  BrowserPaths paths_;
  std::vector<Route> routes_;
  std::vector<SkippedMethod> skipped_;
  // A number below the size of `routes_` is a route; what is above, counted from there, is skipped.
  absl::flat_hash_map<std::string, size_t> by_path_;
};

// Catalog and rules ⇒ RouteTable, or every reason why not.
class RouteTableBuilder final {
 public:
  explicit RouteTableBuilder(std::shared_ptr<const Catalog> catalog);

  void AddRules(std::vector<RouteRule> rules);
  // `where`: of the health path, for problems. Both paths are right by themselves.
  void UsePaths(BrowserPaths paths, std::string where);

  // Null if there are problems. `problems` gets all of them: bad options, selectors that match
  // nothing (named with the nearest method), header names that gRPC does not take, a method at the
  // path for health. Routes whose upstream has not been heard of yet make a selector that matches
  // nothing no problem: say so with `incomplete`.
  struct Result {
    std::shared_ptr<const RouteTable> table;
    Problems problems;
  };
  enum class Completeness { kComplete, kIncomplete };
  Result Build(Completeness completeness) const;

 private:
  void ReportHealthPath(const RouteTable& table, Problems& problems) const;

  std::shared_ptr<const Catalog> catalog_;
  std::vector<RouteRule> rules_;
  BrowserPaths paths_;
  std::string paths_where_;
};

}  // namespace sluice

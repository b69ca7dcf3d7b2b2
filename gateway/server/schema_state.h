// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gateway/base/text/problem.h"
#include "gateway/config/config_loader.h"
#include "gateway/route/route_table.h"
#include "gateway/schema/schema_files.h"
#include "gateway/schema/service_set.h"

namespace sluice {

// What is known of the services of each configured upstream, and the routes that follow from it.
// Grows as services that are asked by reflection answer.
//
// A copy shares what has been read, and can be asked without touching the original.
//
// Threads: one.
class SchemaState final {
 public:
  explicit SchemaState(EffectiveConfig config);

  // Reads the schemas that are in files.
  void ReadFiles();

  struct Asking {
    absl::Duration answer_timeout = absl::Seconds(5);  // for each answer
    std::function<bool()> stopped;                     // true ends it; empty: never
  };
  // Asks one of the pending upstreams. Blocks while it goes on answering, for its `timeout` at
  // most. Errors: why it could not be asked.
  absl::Status Ask(const std::string& upstream, const Asking& asking);

  // What the services of an earlier book said counts for those of this one that have the same name
  // and target, are asked with the same metadata, and have not answered. Returns the names of
  // these.
  std::vector<std::string> Inherit(const SchemaState& earlier);

  // Makes pending again who was asked: a service whose schema cannot be served may be mended.
  void ForgetAnswer(const std::string& upstream);

  // Names of upstreams that have neither files nor answered yet.
  std::vector<std::string> Pending() const;

  // Names of upstreams whose schema they were asked for themselves, and have told.
  std::vector<std::string> Answered() const;

  // Whether one of these has told the same as in another state, byte for byte, in any order.
  bool SaidTheSame(const std::string& upstream, const SchemaState& other) const;

  struct Routes {
    std::shared_ptr<const RouteTable> table;  // null if there are `errors`
    Problems errors;                          // nothing can be served before they are mended
    Problems left_out;                        // what is not served, and why
    Problems warnings;                        // what is served, but not as its author may think
  };
  Routes BuildRoutes() const;

  // Problems where `routes` has no method, and no service that is pending could bring one: what was
  // left out, and that. REQUIRES: `routes` is of this book, without errors.
  Problems NothingToServe(const Routes& routes) const;

 private:
  using ServiceSets = std::vector<std::shared_ptr<const ServiceSet>>;

  // What has been told may be what another one misses.
  void Assemble(const std::string& upstream);
  void AssembleThoseThatMissNames();

  const EffectiveConfig config_;
  std::map<std::string, ServiceSets> sets_;                         // by upstream
  std::map<std::string, std::shared_ptr<const SchemaFiles>> told_;  // by upstream, by reflection
  std::map<std::string, uint64_t> fingerprints_;                    // by upstream: of what it told
};

}  // namespace sluice

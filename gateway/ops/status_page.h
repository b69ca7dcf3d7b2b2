// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "gateway/base/observe/metrics.h"
#include "gateway/base/text/problem.h"
#include "gateway/hub/hub.h"
#include "gateway/route/route_table.h"

namespace sluice {

// What the control thread has published of the process, copied for a page.
struct GatewayStatus {
  struct Upstream {
    std::string name;
    std::string target;
    bool schema_known = false;
    // Of one that was asked for its schema: signs that it has another now, and not asked about yet.
    std::vector<std::string> schema_doubts;
    // When it was last asked again for such signs, and what came of it.
    struct AskedAgain {
      absl::Duration age;
      std::string result;
    };
    std::optional<AskedAgain> asked_again;
  };
  struct InForce {
    // 1 for the first; one more for each reload, and for each schema that comes later.
    uint64_t number = 0;
    absl::Duration age;
    size_t methods = 0;
    size_t skipped = 0;
  };
  struct Refused {
    absl::Duration age;
    Problems reasons;
  };

  std::string version;
  absl::Duration uptime;
  std::string phase;                   // starting, active, draining
  std::vector<std::string> not_ready;  // reasons; empty: ready
  std::vector<Upstream> upstreams;
  // What is wrong with the schemas: with those in force, and why one that has come is not.
  std::vector<std::string> schema_problems;
  // What is served, but not as its author may think.
  std::vector<std::string> schema_warnings;
  std::vector<SkippedMethod> left_out;  // for what is wrong with their schema
  std::vector<Hub::Shown> topics;
  InForce snapshot;
  std::optional<Refused> refused_reload;                    // the last
  std::vector<std::pair<std::string, std::string>> limits;  // as they would be written
};

// `/readyz`: `{"ready":false,"reasons":["..."]}`, and in `left_out` what of the services is not
// served and why, however ready.
//
// Bounds: kMostLeftOut of these.
std::string ReadinessJson(const GatewayStatus& status);
inline constexpr size_t kMostLeftOut = 20;

// `/status`: the process, its streams and upstreams, on one page.
std::string StatusJson(const GatewayStatus& status, const Metrics& metrics);

// `/routes`: what is exposed where, and what is not and why.
std::string RoutesJson(const RouteTable& routes);

}  // namespace sluice

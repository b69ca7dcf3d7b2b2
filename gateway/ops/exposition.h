// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include "absl/time/time.h"
#include "gateway/base/observe/metrics.h"
#include "gateway/hub/hub.h"

namespace sluice {

// What the process counts, as families of Prometheus.
//
// Bounds:  a row a method that was asked for, and a few for each; nothing of what a request says.
// Threads: any. Reads what the loops write, and makes nobody wait.
class Exposition final : public prometheus::Collectable {
 public:
  // What is not counted but so.
  struct Process {
    bool ready = false;
    bool draining = false;
    bool last_reload_successful = true;
    absl::Duration snapshot_age;
    size_t left_out_services = 0;
    size_t left_out_methods = 0;
    std::string version;
    std::vector<Hub::Shown> topics;
  };

  // `metrics` must outlive the exposition; `process` is called for each collection.
  Exposition(const Metrics& metrics, std::function<Process()> process);

  std::vector<prometheus::MetricFamily> Collect() const override;

  // In the text format that Prometheus reads, of this content type.
  std::string ToText() const;
  static constexpr char kContentType[] = "text/plain; version=0.0.4; charset=utf-8";

 private:
  const Metrics& metrics_;
  const std::function<Process()> process_;
};

}  // namespace sluice

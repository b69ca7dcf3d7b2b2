// SPDX-License-Identifier: Apache-2.0
// docs/metrics.md is made of what the families say of themselves. This test makes it anew and
// compares; with SLUICE_UPDATE_GOLDEN=1 it writes it.
#include "gateway/ops/metric_families.h"

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/ops/exposition.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

constexpr const char* kPage = "docs/metrics.md";

constexpr absl::string_view kOpening = R"(# Metrics

Somebody who is woken at night wants to know which of three is ill: the browsers' side, the gateway, or a
service. `/metrics` on the operators' port says so in the text format of Prometheus.

This page is made of the descriptions in `gateway/ops/metric_families.cc` by a unit test. What to alert on
stands in [operations.md](operations.md#what-to-alert-on).

- Names are kept once released. Units are seconds and bytes.
- `method` is the full name of a method of the schema, `demo.v1.Ticker.Watch`; never a path or anything
  else that a request says. A method has rows once it was asked for.
- Counters begin at 0 with the process, and a loop counts for itself: a page is read while they go on, so
  two rows may differ by what happened in between.

| Family | Type | Labels | Meaning |
|---|---|---|---|
)";

constexpr absl::string_view kClosing = R"(
## How to verify it

    curl -s http://127.0.0.1:9090/metrics | grep -A2 '^# HELP sluice_streams_open '
)";

std::string TypeName(MetricFamilyText::Type type) {
  if (type == MetricFamilyText::Type::kGauge) return "gauge";
  return type == MetricFamilyText::Type::kCounter ? "counter" : "histogram";
}

std::string MakePage() {
  std::string page(kOpening);
  for (const MetricFamilyText* family : AllMetricFamilies()) {
    absl::StrAppend(&page, "| `", family->name, "` | ", TypeName(family->type), " | ",
                    family->labels, " | ", family->help, " |\n");
  }
  return absl::StrCat(page, kClosing);
}

TEST(MetricsReference, IsWhatTheFamiliesSay) {
  const std::string wanted = MakePage();
  if (std::getenv("SLUICE_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(kPage, std::ios::binary) << wanted;
  }
  std::ifstream file(kPage, std::ios::binary);
  std::ostringstream found;
  found << file.rdbuf();
  EXPECT_EQ(found.str(), wanted) << "Make it anew: SLUICE_UPDATE_GOLDEN=1 and run this test.";
}

TEST(MetricFamilies, KeepTheConventionsOfPrometheus) {
  std::set<absl::string_view> names;
  for (const MetricFamilyText* family : AllMetricFamilies()) {
    EXPECT_TRUE(names.insert(family->name).second) << family->name;
    EXPECT_TRUE(absl::StartsWith(family->name, "sluice_")) << family->name;
    EXPECT_TRUE(absl::EndsWith(family->help, ".")) << family->name;
    EXPECT_EQ(absl::EndsWith(family->name, "_total"),
              family->type == MetricFamilyText::Type::kCounter)
        << family->name;
  }
}

TEST(MetricFamilies, DescribeAllThatIsCollected) {
  std::set<absl::string_view> described;
  for (const MetricFamilyText* family : AllMetricFamilies()) described.insert(family->name);
  const Metrics metrics;
  const Exposition exposition(metrics, [] { return Exposition::Process(); });
  for (const prometheus::MetricFamily& family : exposition.Collect()) {
    EXPECT_TRUE(described.contains(family.name)) << family.name;
  }
}

}  // namespace
}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace sluice {

// What `/metrics` says of one family, and where its values come from. docs/metrics.md is made of
// these.
struct MetricFamilyText {
  enum class Type { kCounter, kGauge, kHistogram };

  absl::string_view name;  // `sluice_streams_opened_total`
  Type type = Type::kCounter;
  absl::string_view labels;  // `method, reason`; empty for none
  absl::string_view help;
};

// Those that are not made of one named counter.
struct MetricFamilies {
  static const MetricFamilyText kStreamsOpen;
  static const MetricFamilyText kStreamsOpened;
  static const MetricFamilyText kStreamsEnded;
  static const MetricFamilyText kEvents;
  static const MetricFamilyText kEventBytes;
  static const MetricFamilyText kFirstEvent;
  static const MetricFamilyText kUpstreamCalls;
  static const MetricFamilyText kUnaryCalls;
  static const MetricFamilyText kTopics;
  static const MetricFamilyText kTopicSubscribers;
  static const MetricFamilyText kEventSize;
  static const MetricFamilyText kLoopLag;
  static const MetricFamilyText kEventLogBytes;
  static const MetricFamilyText kConnections;
  static const MetricFamilyText kLogLinesLost;
  static const MetricFamilyText kReady;
  static const MetricFamilyText kDraining;
  static const MetricFamilyText kReloadSuccessful;
  static const MetricFamilyText kSnapshotAge;
  static const MetricFamilyText kSchemaLeftOut;
  static const MetricFamilyText kBuild;
};

// A counter of the code (Metrics::GetCounter) and its family.
struct NamedCounterText {
  absl::string_view counter;  // `edge_refused`
  // Of the counter's label; empty where it has none.
  absl::string_view label;
  // One label more, of one value, where a family has several counters: `stage` and `edge`.
  absl::string_view fixed_label;
  absl::string_view fixed_value;
  const MetricFamilyText* family;
};

// Null for a counter that nobody has described here.
const NamedCounterText* FindNamedCounter(absl::string_view counter);

// Every family, in the order of the page.
std::vector<const MetricFamilyText*> AllMetricFamilies();

}  // namespace sluice

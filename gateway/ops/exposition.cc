// SPDX-License-Identifier: Apache-2.0
#include "gateway/ops/exposition.h"

#include <prometheus/text_serializer.h>

#include <array>
#include <limits>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gateway/base/observe/log.h"
#include "gateway/base/rpc_status.h"
#include "gateway/ops/metric_families.h"

namespace sluice {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using Labels = std::vector<ClientMetric::Label>;

constexpr double kMicrosPerSecond = 1e6;

prometheus::MetricType TypeOf(MetricFamilyText::Type type) {
  switch (type) {
    case MetricFamilyText::Type::kCounter:
      return prometheus::MetricType::Counter;
    case MetricFamilyText::Type::kGauge:
      return prometheus::MetricType::Gauge;
    case MetricFamilyText::Type::kHistogram:
      break;
  }
  return prometheus::MetricType::Histogram;
}

// The sum of the same histogram on several loops.
struct Ranges {
  std::vector<int64_t> counts;
  absl::Span<const int64_t> bounds;
  int64_t sum = 0;

  void Add(const Histogram& histogram) {
    bounds = histogram.bounds();
    counts.resize(bounds.size() + 1);
    for (size_t i = 0; i < counts.size(); ++i) counts[i] += histogram.count(i);
    sum += histogram.sum();
  }
};

// The rows of one family as they come.
class Rows final {
 public:
  explicit Rows(const MetricFamilyText& text) {
    family_.name = std::string(text.name);
    family_.help = std::string(text.help);
    family_.type = TypeOf(text.type);
  }

  void Add(Labels labels, double value) {
    ClientMetric row;
    row.label = std::move(labels);
    row.counter.value = value;
    row.gauge.value = value;
    family_.metric.push_back(std::move(row));
  }

  // `unit`: how many of the histogram's make one of the family's.
  void Add(Labels labels, const Ranges& ranges, double unit) {
    ClientMetric row;
    row.label = std::move(labels);
    uint64_t below = 0;
    for (size_t i = 0; i < ranges.counts.size(); ++i) {
      below += static_cast<uint64_t>(ranges.counts[i]);
      const bool last = i == ranges.bounds.size();
      const double bound = last ? std::numeric_limits<double>::infinity()
                                : static_cast<double>(ranges.bounds[i]) / unit;
      row.histogram.bucket.push_back({below, bound});
    }
    row.histogram.sample_count = below;
    row.histogram.sample_sum = static_cast<double>(ranges.sum) / unit;
    family_.metric.push_back(std::move(row));
  }

  MetricFamily Take() { return std::move(family_); }

 private:
  MetricFamily family_;
};

// The sum of one method's counts over the loops.
struct MethodSums {
  std::array<int64_t, kStreamEnds> ended{};
  int64_t events = 0;
  int64_t bytes = 0;
  Ranges first_event;
  std::array<int64_t, kRpcCodes> calls{};

  void Add(const MethodCounts& counts) {
    for (size_t i = 0; i < kStreamEnds; ++i) ended[i] += counts.ended[i].value();
    events += counts.events.value();
    bytes += counts.bytes.value();
    first_event.Add(counts.first_event_micros);
    for (size_t i = 0; i < kRpcCodes; ++i) calls[i] += counts.calls[i].value();
  }
};

class MethodRows final {
 public:
  void Add(const MethodMeter& meter) {
    const MethodMeter::Totals totals = meter.totals();
    if (totals.opened == 0) return;
    MethodSums sums;
    meter.ForEachLoop([&sums](const MethodCounts& counts) { sums.Add(counts); });
    const Labels method = {{"method", meter.full_name()}};
    const bool stream = meter.kind() == MethodMeter::Kind::kStream;
    if (stream) AddStream(method, totals, sums);
    for (size_t i = 0; i < kStreamEnds; ++i) {
      const Labels labels = {method[0], {"reason", std::string(NameOf(static_cast<StreamEnd>(i)))}};
      if (sums.ended[i] > 0) {
        (stream ? ended_ : unary_).Add(labels, static_cast<double>(sums.ended[i]));
      }
    }
    for (size_t i = 0; i < kRpcCodes; ++i) {
      const Labels labels = {method[0], {"code", CodeName(static_cast<absl::StatusCode>(i))}};
      if (sums.calls[i] > 0) calls_.Add(labels, static_cast<double>(sums.calls[i]));
    }
    first_event_.Add(method, sums.first_event, kMicrosPerSecond);
  }

  void TakeInto(std::vector<MetricFamily>& families) {
    for (Rows* rows :
         {&open_, &opened_, &ended_, &events_, &bytes_, &first_event_, &calls_, &unary_}) {
      families.push_back(rows->Take());
    }
  }

 private:
  void AddStream(const Labels& method, const MethodMeter::Totals& totals, const MethodSums& sums) {
    open_.Add(method, static_cast<double>(totals.open()));
    opened_.Add(method, static_cast<double>(totals.opened));
    events_.Add(method, static_cast<double>(sums.events));
    bytes_.Add(method, static_cast<double>(sums.bytes));
  }

  Rows open_{MetricFamilies::kStreamsOpen};
  Rows opened_{MetricFamilies::kStreamsOpened};
  Rows ended_{MetricFamilies::kStreamsEnded};
  Rows events_{MetricFamilies::kEvents};
  Rows bytes_{MetricFamilies::kEventBytes};
  Rows first_event_{MetricFamilies::kFirstEvent};
  Rows calls_{MetricFamilies::kUpstreamCalls};
  Rows unary_{MetricFamilies::kUnaryCalls};
};

// By method, which is all that the name of a topic says: its key must be nobody's label.
void CollectTopics(const std::vector<Hub::Shown>& topics, std::vector<MetricFamily>& families) {
  struct Sums {
    size_t topics = 0;
    size_t subscribers = 0;
  };
  std::map<std::string, Sums> by_stream;
  for (const Hub::Shown& topic : topics) {
    Sums& sums = by_stream[topic.name];
    ++sums.topics;
    sums.subscribers += topic.subscribers;
  }
  Rows count(MetricFamilies::kTopics);
  Rows subscribers(MetricFamilies::kTopicSubscribers);
  for (const auto& [stream, sums] : by_stream) {
    const std::string method = absl::StrReplaceAll(stream, {{"/", "."}});
    count.Add({{"method", method}}, static_cast<double>(sums.topics));
    subscribers.Add({{"method", method}}, static_cast<double>(sums.subscribers));
  }
  families.push_back(count.Take());
  families.push_back(subscribers.Take());
}

void CollectLoops(const Metrics& metrics, const std::vector<Hub::Shown>& topics,
                  std::vector<MetricFamily>& families) {
  Rows lag(MetricFamilies::kLoopLag);
  Ranges event_bytes;
  int64_t held = 0;
  int64_t connections = 0;
  for (const LoopMeter* loop : metrics.Loops()) {
    Ranges lag_micros;
    lag_micros.Add(loop->lag_micros);
    lag.Add({{"loop", absl::StrCat(loop->number)}}, lag_micros, kMicrosPerSecond);
    event_bytes.Add(loop->event_bytes);
    held += loop->log_bytes_held.value();
    connections += loop->connections.value();
  }
  Rows size(MetricFamilies::kEventSize);
  size.Add({}, event_bytes, 1);
  uint64_t kept = 0;
  for (const Hub::Shown& topic : topics) kept += topic.bytes;
  Rows log_bytes(MetricFamilies::kEventLogBytes);
  log_bytes.Add({{"streams", "private"}}, static_cast<double>(held));
  log_bytes.Add({{"streams", "shared"}}, static_cast<double>(kept));
  Rows open(MetricFamilies::kConnections);
  open.Add({}, static_cast<double>(connections));
  for (Rows* rows : {&size, &log_bytes, &open, &lag}) families.push_back(rows->Take());
}

void CollectProcess(const Exposition::Process& process, std::vector<MetricFamily>& families) {
  const auto add = [&families](const MetricFamilyText& text, Labels labels, double value) {
    Rows rows(text);
    rows.Add(std::move(labels), value);
    families.push_back(rows.Take());
  };
  add(MetricFamilies::kLogLinesLost, {}, static_cast<double>(LostLogLines()));
  add(MetricFamilies::kReady, {}, process.ready ? 1 : 0);
  add(MetricFamilies::kDraining, {}, process.draining ? 1 : 0);
  add(MetricFamilies::kSnapshotAge, {}, absl::ToDoubleSeconds(process.snapshot_age));
  Rows left_out(MetricFamilies::kSchemaLeftOut);
  left_out.Add({{"kind", "service"}}, static_cast<double>(process.left_out_services));
  left_out.Add({{"kind", "method"}}, static_cast<double>(process.left_out_methods));
  families.push_back(left_out.Take());
  add(MetricFamilies::kBuild, {{"version", process.version}}, 1);
  add(MetricFamilies::kReloadSuccessful, {}, process.last_reload_successful ? 1 : 0);
}

// A counter that nobody has described is shown all the same; a test finds it.
void CollectCounters(const Metrics& metrics, std::vector<MetricFamily>& families) {
  std::map<std::string, Rows> by_family;
  for (const Metrics::NamedCounter& counter : metrics.Counters()) {
    const std::string plain_name = absl::StrCat("sluice_", counter.name, "_total");
    const MetricFamilyText plain{.name = plain_name, .help = "Not described."};
    const NamedCounterText* const text = FindNamedCounter(counter.name);
    const MetricFamilyText& family = text == nullptr ? plain : *text->family;
    Rows& rows = by_family.try_emplace(std::string(family.name), family).first->second;
    // A catalog may have thousands of methods, each with counters that are there to be looked up.
    if (text != nullptr && text->label == "method" && counter.counter->value() == 0) continue;
    Labels labels;
    if (text != nullptr && !text->fixed_label.empty()) {
      labels.push_back({std::string(text->fixed_label), std::string(text->fixed_value)});
    }
    if (!counter.label.empty()) {
      labels.push_back(
          {text == nullptr ? "label" : std::string(text->label), std::string(counter.label)});
    }
    rows.Add(std::move(labels), static_cast<double>(counter.counter->value()));
  }
  for (auto& [name, rows] : by_family) families.push_back(rows.Take());
}

}  // namespace

Exposition::Exposition(const Metrics& metrics, std::function<Process()> process)
    : metrics_(metrics), process_(std::move(process)) {}

std::vector<MetricFamily> Exposition::Collect() const {
  std::vector<MetricFamily> families;
  MethodRows methods;
  for (const MethodMeter* meter : metrics_.Methods()) methods.Add(*meter);
  methods.TakeInto(families);
  const Process process = process_();
  CollectTopics(process.topics, families);
  CollectLoops(metrics_, process.topics, families);
  CollectProcess(process, families);
  CollectCounters(metrics_, families);
  return families;
}

std::string Exposition::ToText() const { return prometheus::TextSerializer().Serialize(Collect()); }

}  // namespace sluice

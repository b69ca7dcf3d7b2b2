// SPDX-License-Identifier: Apache-2.0
#include "gateway/ops/metric_families.h"

#include <array>

namespace sluice {
namespace {

using Type = MetricFamilyText::Type;

}  // namespace

const MetricFamilyText MetricFamilies::kStreamsOpen = {"sluice_streams_open", Type::kGauge,
                                                       "method", "Streams that are open now."};
const MetricFamilyText MetricFamilies::kStreamsOpened = {
    "sluice_streams_opened_total", Type::kCounter, "method",
    "Streams that were asked for and had an RPC opened, or were given a place in a shared one."};
const MetricFamilyText MetricFamilies::kStreamsEnded = {
    "sluice_streams_ended_total", Type::kCounter, "method, reason",
    "Streams that have ended: ok and failed as the service said, refused by it before the first "
    "byte, gone with the browser, drain, max_age, slow_consumer, overload, or stopped with the "
    "process."};
const MetricFamilyText MetricFamilies::kEvents = {"sluice_events_total", Type::kCounter, "method",
                                                  "Events written for browsers; that of a shared "
                                                  "stream once for each that it is sent to."};
const MetricFamilyText MetricFamilies::kEventBytes = {
    "sluice_event_bytes_total", Type::kCounter, "method",
    "Bytes of these events, framed as they are sent."};
const MetricFamilyText MetricFamilies::kFirstEvent = {
    "sluice_first_event_seconds", Type::kHistogram, "method",
    "Time from a request to the first event of its service, or to the answer of a unary call."};
const MetricFamilyText MetricFamilies::kUpstreamCalls = {
    "sluice_upstream_calls_total", Type::kCounter, "method, code",
    "RPCs that have ended, by status code; CANCELLED where the gateway or a browser ended it."};
const MetricFamilyText MetricFamilies::kUnaryCalls = {
    "sluice_unary_calls_total", Type::kCounter, "method, reason",
    "Unary calls that have ended: ok, failed, gone, stopped."};
const MetricFamilyText MetricFamilies::kTopics = {
    "sluice_topics", Type::kGauge, "method",
    "Different shared streams that are kept, with or without subscribers; as of the last second."};
const MetricFamilyText MetricFamilies::kTopicSubscribers = {
    "sluice_topic_subscribers", Type::kGauge, "method",
    "Browsers that have a place in one of these; as of the last second."};
const MetricFamilyText MetricFamilies::kEventSize = {
    "sluice_event_size_bytes", Type::kHistogram, "",
    "Size of events, framed as they are sent; once, however many browsers get one."};
const MetricFamilyText MetricFamilies::kLoopLag = {
    "sluice_loop_lag_seconds", Type::kHistogram, "loop",
    "How late a timer of each event loop came; up to 5 ms are its precision."};
const MetricFamilyText MetricFamilies::kEventLogBytes = {
    "sluice_event_log_bytes", Type::kGauge, "streams",
    "Bytes of events that are kept in memory: private, because a browser has not taken them yet; "
    "shared, as the histories of shared streams."};
const MetricFamilyText MetricFamilies::kConnections = {
    "sluice_connections_open", Type::kGauge, "", "Connections of browsers that are open now."};
const MetricFamilyText MetricFamilies::kLogLinesLost = {
    "sluice_log_lines_lost_total", Type::kCounter, "",
    "Lines of log that were lost, because nobody took those before them."};
const MetricFamilyText MetricFamilies::kReady = {"sluice_ready", Type::kGauge, "",
                                                 "1 while /readyz answers 200, else 0."};
const MetricFamilyText MetricFamilies::kDraining = {
    "sluice_draining", Type::kGauge, "", "1 from the signal that ends the process on, else 0."};
const MetricFamilyText MetricFamilies::kReloadSuccessful = {
    "sluice_last_reload_successful", Type::kGauge, "",
    "0 while the newest reload of the configuration is one that was refused, else 1."};
const MetricFamilyText MetricFamilies::kSnapshotAge = {
    "sluice_snapshot_age_seconds", Type::kGauge, "",
    "Time since the configuration and schema in force were taken in."};
const MetricFamilyText MetricFamilies::kSchemaLeftOut = {
    "sluice_schema_left_out", Type::kGauge, "kind",
    "Whole services, and single methods of others, that are not served because something is wrong "
    "with their schema; /status says what."};
const MetricFamilyText MetricFamilies::kBuild = {"sluice_build_info", Type::kGauge, "version",
                                                 "1; its label says what runs."};

namespace {

const MetricFamilyText kRefused = {
    "sluice_requests_refused_total", Type::kCounter, "stage, reason",
    "Requests that were refused, and connections that were closed for their slowness: by the edge, "
    "which knows connections, or the relay, which knows routes."};
const MetricFamilyText kAcceptPauses = {
    "sluice_accept_pauses_total", Type::kCounter, "",
    "Times that accepting connections paused, because descriptors or memory had run out."};
const MetricFamilyText kEndedStreams = {
    "sluice_ended_streams_not_run_again_total", Type::kCounter, "",
    "Browsers that came back to a stream that has ended, and were told so without an RPC."};
const MetricFamilyText kWithoutId = {
    "sluice_events_without_id_total", Type::kCounter, "method",
    "Events whose id was too long, so that they were sent without one."};
const MetricFamilyText kLarge = {"sluice_large_events_total", Type::kCounter, "method",
                                 "Events over 64 KiB, at which common clients of Go stop."};
const MetricFamilyText kUnreadable = {
    "sluice_unreadable_events_total", Type::kCounter, "method, kind",
    "Messages of services that have no JSON, by what is wrong: malformed, too_deep, too_large, "
    "not_utf8, missing_field, unknown_type, out_of_range, field_mask, value, http_body. A gap "
    "stood "
    "in their place, or their stream or call ended."};
const MetricFamilyText kReloads = {"sluice_reloads_total", Type::kCounter, "result",
                                   "Reloads of configuration and schema: applied or refused."};

const MetricFamilyText kUnknownFields = {
    "sluice_events_with_unknown_fields_total", Type::kCounter, "method",
    "Events, and answers of unary calls, with fields that the schema does not know; they were sent "
    "without them."};
const MetricFamilyText kSchemaDoubts = {
    "sluice_schema_doubts_total", Type::kCounter, "sign",
    "Signs that a service has another schema than it told, for which it was asked again: events "
    "with unknown_fields, methods that are unimplemented, reconnected to it, a request for what is "
    "not_served."};
const MetricFamilyText kSchemaAskedAgain = {
    "sluice_schema_asked_again_total", Type::kCounter, "result",
    "Times that a service was asked for its schema again for such signs: changed, and in force; "
    "unchanged; refused, since it could not be served; failed, so that nobody knows."};

// One row for every name that the code gives to Metrics::GetCounter.
constexpr std::array<NamedCounterText, 20> kCounters = {{
    {"edge_refused", "reason", "stage", "edge", &kRefused},
    {"relay_refused", "reason", "stage", "relay", &kRefused},
    {"edge_accept_pauses", "", "", "", &kAcceptPauses},
    {"ended_streams_not_run_again", "", "", "", &kEndedStreams},
    {"events_without_id", "method", "", "", &kWithoutId},
    {"large_events", "method", "", "", &kLarge},
    {"unreadable_malformed", "method", "kind", "malformed", &kUnreadable},
    {"unreadable_too_deep", "method", "kind", "too_deep", &kUnreadable},
    {"unreadable_too_large", "method", "kind", "too_large", &kUnreadable},
    {"unreadable_not_utf8", "method", "kind", "not_utf8", &kUnreadable},
    {"unreadable_missing_field", "method", "kind", "missing_field", &kUnreadable},
    {"unreadable_unknown_type", "method", "kind", "unknown_type", &kUnreadable},
    {"unreadable_out_of_range", "method", "kind", "out_of_range", &kUnreadable},
    {"unreadable_field_mask", "method", "kind", "field_mask", &kUnreadable},
    {"unreadable_value", "method", "kind", "value", &kUnreadable},
    {"unreadable_http_body", "method", "kind", "http_body", &kUnreadable},
    {"reloads", "result", "", "", &kReloads},
    {"events_with_unknown_fields", "method", "", "", &kUnknownFields},
    {"schema_doubts", "sign", "", "", &kSchemaDoubts},
    {"schema_asked_again", "result", "", "", &kSchemaAskedAgain},
}};

}  // namespace

const NamedCounterText* FindNamedCounter(absl::string_view counter) {
  for (const NamedCounterText& text : kCounters) {
    if (text.counter == counter) return &text;
  }
  return nullptr;
}

std::vector<const MetricFamilyText*> AllMetricFamilies() {
  using F = MetricFamilies;
  std::vector<const MetricFamilyText*> all = {
      &F::kStreamsOpen,      &F::kStreamsOpened,    &F::kStreamsEnded,  &F::kEvents,
      &F::kEventBytes,       &F::kFirstEvent,       &F::kUpstreamCalls, &F::kUnaryCalls,
      &F::kTopics,           &F::kTopicSubscribers, &F::kEventSize,     &F::kEventLogBytes,
      &F::kConnections,      &F::kLoopLag,          &F::kLogLinesLost,  &F::kReady,
      &F::kDraining,         &F::kSnapshotAge,      &F::kSchemaLeftOut, &F::kBuild,
      &F::kReloadSuccessful,
  };
  for (const NamedCounterText& counter : kCounters) {
    if (all.back() != counter.family) all.push_back(counter.family);
  }
  return all;
}

}  // namespace sluice

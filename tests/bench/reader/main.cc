// SPDX-License-Identifier: Apache-2.0
// bench-reader: the browsers. Prints what it counted as one JSON object.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/bench/net/socket.h"
#include "tests/bench/reader/reader.h"

namespace sluice::bench {
namespace {

// Nearest rank. REQUIRES: sorted, not empty.
double Microseconds(const std::vector<int64_t>& sorted_ns, double quantile) {
  const auto rank = static_cast<size_t>(quantile * static_cast<double>(sorted_ns.size()));
  return static_cast<double>(sorted_ns[std::min(rank, sorted_ns.size() - 1)]) / 1e3;
}

nlohmann::json ToJson(Reading reading) {
  nlohmann::json out = {{"opened", reading.opened},
                        {"failed", reading.failed},
                        {"ended", reading.ended},
                        {"seconds", reading.seconds},
                        {"events", reading.tally.events},
                        {"bytes", reading.tally.bytes},
                        {"cpu_ns", reading.observed_cpu_ns},
                        {"rss_kb", reading.observed_rss_kb},
                        {"peak_rss_kb", reading.observed_peak_rss_kb},
                        {"fewest_events", reading.fewest_events},
                        {"most_events", reading.most_events},
                        {"first_failure", reading.first_failure}};
  std::vector<int64_t>& latencies = reading.tally.latencies_ns;
  if (!latencies.empty()) {
    std::sort(latencies.begin(), latencies.end());
    out["p50_us"] = Microseconds(latencies, 0.50);
    out["p90_us"] = Microseconds(latencies, 0.90);
    out["p99_us"] = Microseconds(latencies, 0.99);
  }
  return out;
}

int Main(int argc, char** argv) {
  ReaderOptions options;
  bool stall = false;
  CLI::App app{"Opens streams of Server-Sent Events and counts what arrives"};
  app.add_option("--address", options.address, "HOST:PORT of the server")->required();
  app.add_option("--path", options.path, "path and query")->required();
  app.add_option("--body", options.body, "JSON; the request is a POST then");
  app.add_option("--connections", options.connections, "streams at a time")->capture_default_str();
  app.add_option("--sources", options.sources, "addresses they come from: 127.0.0.1 and so on")
      ->capture_default_str()
      ->check(CLI::Range(1, 254));
  app.add_option("--at-once", options.at_once, "streams that are being opened at a time")
      ->capture_default_str();
  app.add_flag("--open-at-head", options.open_at_head,
               "a stream is open with its head, not with its first event");
  app.add_option("--last-event-id", options.last_event_id, "the header of this name");
  app.add_option("--receive-buffer", options.receive_buffer_bytes, "bytes a socket; 0: default")
      ->capture_default_str();
  app.add_option("--warmup", options.warmup_seconds, "seconds before it counts")
      ->capture_default_str();
  app.add_option("--seconds", options.seconds, "seconds for which it counts")
      ->capture_default_str();
  app.add_option("--open-within", options.open_seconds, "seconds for the first events")
      ->capture_default_str();
  app.add_option("--observe", options.observed_pid, "process whose CPU and memory to report");
  app.add_flag("--latency", options.latency, "report the time from the source to here");
  app.add_flag("--stall", stall, "open the streams and read nothing");
  app.add_option("--herd", options.replay_events,
                 "read until each stream had so many events; opening is measured, too");
  CLI11_PARSE(app, argc, argv);

  AllowManyDescriptors();
  Reader reader(options);
  const bool is_herd = options.replay_events > 0;
  const Reading reading = stall ? reader.Stall() : is_herd ? reader.Herd() : reader.Run();
  std::printf("%s\n", ToJson(reading).dump().c_str());
  return 0;
}

}  // namespace
}  // namespace sluice::bench

int main(int argc, char** argv) { return sluice::bench::Main(argc, argv); }

// SPDX-License-Identifier: Apache-2.0
#include "services/clock_service.h"

namespace sluice::demo {
namespace {

using ::demo::v1::GetWatchesRequest;
using ::demo::v1::Time;
using ::demo::v1::WatchClockRequest;
using ::demo::v1::Watches;

constexpr char kWatch[] = "/demo.v1.Clock/Watch";

constexpr DurationRange kInterval = {"interval", absl::Milliseconds(10), absl::Hours(24),
                                     absl::Seconds(1)};

}  // namespace

Source<Time> ClockSource(const WatchClockRequest& request) {
  const absl::StatusOr<absl::Duration> interval = ReadDuration(request.interval(), kInterval);
  if (!interval.ok()) return RefusedSource<Time>(interval.status());
  return [tempo = Tempo(*interval), sequence = int64_t{0}](absl::Time now) mutable -> Step<Time> {
    if (tempo.Due(now) > now) return Wait{tempo.Due(now)};
    tempo.Beat(now);
    Time time;
    time.set_now(absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::Now(), absl::UTCTimeZone()));
    time.set_sequence(++sequence);
    return time;
  };
}

grpc::ServerWriteReactor<Time>* ClockService::Watch(grpc::CallbackServerContext*,
                                                    const WatchClockRequest* request) {
  return Feed<Time>::Open(stage_, {.method = kWatch},
                          [&](const Wake&) { return ClockSource(*request); });
}

grpc::ServerUnaryReactor* ClockService::GetWatches(grpc::CallbackServerContext* context,
                                                   const GetWatchesRequest*, Watches* response) {
  stage_.tally.CountCall("/demo.v1.Clock/GetWatches");
  response->set_running(stage_.tally.running(kWatch));
  response->set_total(stage_.tally.calls(kWatch));
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

}  // namespace sluice::demo

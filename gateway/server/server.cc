// SPDX-License-Identifier: Apache-2.0
#include "gateway/server/server.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/time/clock.h"
#include "gateway/base/observe/log.h"
#include "gateway/config/config_values.h"
#include "gateway/ops/exposition.h"
#include "gateway/ops/ops_server.h"
#include "gateway/ops/status_page.h"
#include "gateway/server/control.h"
#include "gateway/server/service_notice.h"
#include "gateway/server/status_board.h"
#include "gateway/server/upstream_pool.h"
#include "gateway/server/worker.h"

namespace sluice {
namespace {

constexpr absl::Duration kLongestTurn = absl::Seconds(2);
constexpr absl::Duration kStuckLoop = absl::Seconds(10);
// Beyond the window, for answers that are on their way and readers that have stalled.
constexpr absl::Duration kDrainReserve = absl::Seconds(4);
constexpr absl::Duration kDrainLook = absl::Milliseconds(10);
constexpr int kUnavailable = 503;

// The cores that this process may use: a container or taskset may leave it fewer than there are.
size_t UsableCores() {
  cpu_set_t cores;
  if (sched_getaffinity(0, sizeof cores, &cores) != 0) return 1;
  return std::clamp<size_t>(CPU_COUNT(&cores), 1, MethodMeter::kMaxLoops);
}

}  // namespace

class Server::Parts final {
 public:
  explicit Parts(const EffectiveConfig& config)
      : config_(config.config),
        upstreams_(TransportOptionsFrom(config.config)),
        board_(clock_),
        control_(std::make_unique<Control>(
            config,
            Control::Parts{
                .upstreams = upstreams_, .board = board_, .metrics = metrics_, .clock = clock_})),
        exposition_(metrics_, [this] { return ProcessFacts(); }) {}

  // The streams go before the upstreams that they call.
  ~Parts() {
    ops_.reset();
    control_.reset();
    // A loop's work may concern another's topics: all stand still before the first goes.
    for (const std::unique_ptr<Worker>& worker : workers_) worker->Stop();
    workers_.clear();
  }

  absl::Status Start() {
    absl::StatusOr<std::shared_ptr<const Snapshot>> snapshot = control_->LoadFirst();
    if (!snapshot.ok()) return snapshot.status();
    absl::Status listening = Listen(*snapshot);
    if (!listening.ok()) return listening;
    absl::Status ops = StartOps();
    if (!ops.ok()) return ops;
    for (const std::unique_ptr<Worker>& worker : workers_) worker->Start();
    WaitForTurn();
    board_.SetPhase(StatusBoard::Phase::kActive);
    control_->Run([this](const std::shared_ptr<const Snapshot>& newer) { Publish(newer); });
    TellServiceHost(ServiceNotice::kReady);
    return absl::OkStatus();
  }

  void Drain(const DrainTimes& times) {
    board_.SetPhase(StatusBoard::Phase::kDraining);
    TellServiceHost(ServiceNotice::kStopping);
    control_->Stop();
    absl::SleepFor(times.delay);
    // The last goodbye leaves its stream the time to end within the window.
    const absl::Duration grace = board_.snapshot()->options().close_grace;
    const absl::Duration spread = std::max(times.window - grace, absl::ZeroDuration());
    for (const std::unique_ptr<Worker>& worker : workers_) worker->Drain(spread);
    const absl::Time deadline = clock_.Now() + spread + grace + kDrainReserve;
    while (AnyActive(deadline)) absl::SleepFor(kDrainLook);
  }

  uint16_t port() const { return workers_.front()->port(); }
  uint16_t ops_port() const { return ops_->port(); }
  Metrics& metrics() { return metrics_; }
  Control& control() { return *control_; }

 private:
  absl::Status Listen(const std::shared_ptr<const Snapshot>& snapshot) {
    absl::StatusOr<Listener::Options> parsed = ListenerOptionsFrom(config_);
    if (!parsed.ok()) return parsed.status();
    Listener::Options options = *parsed;
    const size_t workers = UsableCores();
    options.max_connections = std::max<size_t>(1, options.max_connections);
    options.connection_count = std::make_shared<std::atomic<size_t>>(0);
    const size_t max_topics = std::max<size_t>(1, config_.limits().topics() / workers);
    for (size_t i = 0; i < workers; ++i) {
      workers_.push_back(std::make_unique<Worker>(clock_, metrics_, max_topics, board_.ready()));
      absl::Status listening = workers_.back()->Listen(options, snapshot);
      if (!listening.ok()) return listening;
      options.port = workers_.back()->port();
      options.place = Listener::Place::kFurther;
    }
    Worker::Introduce(workers_);
    return absl::OkStatus();
  }

  absl::Status StartOps() {
    const absl::StatusOr<HostPort> listen = ParseHostPort(config_.ops().listen());
    if (!listen.ok()) return listen.status();
    absl::StatusOr<std::unique_ptr<OpsServer>> ops =
        OpsServer::Start({.host = listen->host, .port = listen->port}, Pages());
    if (!ops.ok()) return ops.status();
    ops_ = *std::move(ops);
    return absl::OkStatus();
  }

  // None of them waits for a loop: what a page needs was published, or is an atomic.
  OpsServer::Pages Pages() {
    using Answer = OpsServer::Answer;
    return {{"/livez", [this] { return Live(); }},
            {"/startupz", [this] { return Started(); }},
            {"/readyz", [this] { return Ready(); }},
            {"/metrics",
             [this] {
               return Answer{200, exposition_.ToText(), Exposition::kContentType};
             }},
            {"/status",
             [this] {
               GatewayStatus status = board_.Read();
               status.topics = Topics();
               return Answer{200, StatusJson(status, metrics_)};
             }},
            {"/routes", [this] {
               return Answer{200, RoutesJson(board_.snapshot()->routes())};
             }}};
  }

  OpsServer::Answer Live() const {
    for (const std::unique_ptr<Worker>& worker : workers_) {
      if (clock_.Now() - worker->last_turn() > kStuckLoop) {
        return {kUnavailable, "{\"live\":false,\"reasons\":[\"a loop is stuck\"]}\n"};
      }
    }
    return {200, "{\"live\":true}\n"};
  }

  // Once started, started: whatever the services do, a restart would not help.
  OpsServer::Answer Started() const {
    const bool started = board_.phase() != StatusBoard::Phase::kStarting;
    return {started ? 200 : kUnavailable,
            started ? "{\"started\":true}\n" : "{\"started\":false}\n"};
  }

  OpsServer::Answer Ready() const {
    const GatewayStatus status = board_.Read();
    return {status.not_ready.empty() ? 200 : kUnavailable, ReadinessJson(status)};
  }

  Exposition::Process ProcessFacts() const {
    const GatewayStatus status = board_.Read();
    const auto services = static_cast<size_t>(absl::c_count_if(
        status.left_out, [](const SkippedMethod& skipped) { return skipped.is_service(); }));
    return {.ready = status.not_ready.empty(),
            .draining = board_.phase() == StatusBoard::Phase::kDraining,
            .last_reload_successful = board_.last_reload_successful(),
            .snapshot_age = status.snapshot.age,
            .left_out_services = services,
            .left_out_methods = status.left_out.size() - services,
            .version = status.version,
            .topics = Topics()};
  }

  // On the control's thread.
  void Publish(const std::shared_ptr<const Snapshot>& snapshot) {
    for (const std::unique_ptr<Worker>& worker : workers_) worker->UseSnapshot(snapshot);
    WaitForTurn();  // then every loop has it
  }

  std::vector<Hub::Shown> Topics() const {
    std::vector<Hub::Shown> topics;
    for (const std::unique_ptr<Worker>& worker : workers_) {
      const auto here = worker->topics();
      topics.insert(topics.end(), here->begin(), here->end());
    }
    return topics;
  }

  void WaitForTurn() {
    for (const std::unique_ptr<Worker>& worker : workers_) worker->CountActive(kLongestTurn);
  }

  // False from `deadline` on. A loop that is late counts as active: nobody was told goodbye there.
  bool AnyActive(absl::Time deadline) {
    for (const std::unique_ptr<Worker>& worker : workers_) {
      const absl::Duration left = deadline - clock_.Now();
      if (left <= absl::ZeroDuration()) return false;
      if (worker->CountActive(std::min(kLongestTurn, left)).value_or(1) > 0) return true;
    }
    return false;
  }

  // Constant after construction.
  const MonotonicClock clock_;
  const sluice::config::v1::Config config_;  // the first: what listens is for good

  // Own synchronisation, or a thread of its own. The order matters: see the destructor.
  Metrics metrics_;
  UpstreamPool upstreams_;
  StatusBoard board_;
  std::unique_ptr<Control> control_;
  std::vector<std::unique_ptr<Worker>> workers_;
  Exposition exposition_;
  std::unique_ptr<OpsServer> ops_;
};

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const EffectiveConfig& config) {
  auto parts = std::make_unique<Parts>(config);
  absl::Status started = parts->Start();
  if (!started.ok()) return started;
  return std::unique_ptr<Server>(new Server(std::move(parts)));
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Server::~Server() = default;

uint16_t Server::port() const { return parts_->port(); }
uint16_t Server::ops_port() const { return parts_->ops_port(); }
Metrics& Server::metrics() { return parts_->metrics(); }
DrainTimes Server::drain_times() const { return parts_->control().drain_times(); }
void Server::Drain(const DrainTimes& times) { parts_->Drain(times); }
void Server::RequestReload(ConfigSources sources) {
  parts_->control().RequestReload(std::move(sources));
}

}  // namespace sluice

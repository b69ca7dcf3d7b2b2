// SPDX-License-Identifier: Apache-2.0
#include "gateway/server/server.h"

#include <sched.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/rpc_status.h"
#include "gateway/config/config_values.h"
#include "gateway/ops/ops_server.h"
#include "gateway/server/relay_options.h"
#include "gateway/server/schema_book.h"
#include "gateway/server/worker.h"
#include "gateway/upstream/grpc_transport.h"

namespace sluice {
namespace {

constexpr absl::Duration kReflectionTimeout = absl::Seconds(5);
constexpr absl::Duration kFirstAskAgain = absl::Milliseconds(100);
constexpr absl::Duration kLastAskAgain = absl::Seconds(5);
constexpr absl::Duration kStuckLoop = absl::Seconds(10);
// Beyond `close_grace`, for answers that are on their way.
constexpr absl::Duration kDrainReserve = absl::Seconds(4);
constexpr absl::Duration kDrainLook = absl::Milliseconds(10);

// The cores that this process may use: a container or taskset may leave it fewer than there are.
size_t UsableCores() {
  cpu_set_t cores;
  if (sched_getaffinity(0, sizeof cores, &cores) != 0) return 1;
  return std::max(1, CPU_COUNT(&cores));
}

}  // namespace

class Server::Parts final {
 public:
  explicit Parts(const EffectiveConfig& config)
      : config_(config.config),
        options_(RelayOptionsFrom(config.config)),
        book_(config),
        transport_(TransportOptionsFrom(config.config)) {
    for (const auto& [name, upstream] : config_.upstreams()) {
      upstreams_[name] = transport_.Connect(upstream.target());
    }
  }

  ~Parts() {
    StopAsking();
    if (asker_.joinable()) asker_.join();
    ops_.reset();
    // A loop's work may concern another's topics: all stand still before the first goes.
    for (const std::unique_ptr<Worker>& worker : workers_) worker->Stop();
    workers_.clear();
  }

  absl::Status Start() {
    book_.ReadFiles();
    const SchemaBook::Routes routes = book_.BuildRoutes();
    for (const Problem& problem : routes.left_out) LogOnce(LogLevel::kWarning, problem);
    if (routes.table == nullptr) return absl::InvalidArgumentError(ToText(routes.errors));
    const bool nothing_to_serve = routes.table->routes().empty() && book_.Pending().empty();
    if (nothing_to_serve) {
      return absl::InvalidArgumentError(
          absl::StrCat(ToText(routes.left_out), "there is no method to serve"));
    }
    absl::Status listening = Listen(MakeSnapshot(routes));
    if (!listening.ok()) return listening;
    TellReadiness();
    absl::Status ops = StartOps();
    if (!ops.ok()) return ops;
    for (const std::unique_ptr<Worker>& worker : workers_) worker->Start();
    if (!book_.Pending().empty()) asker_ = std::thread([this] { AskUntilAllAnswered(); });
    return absl::OkStatus();
  }

  void Drain() {
    StopAsking();
    for (const std::unique_ptr<Worker>& worker : workers_) worker->Drain();
    const absl::Time deadline = absl::Now() + options_.close_grace + kDrainReserve;
    while (absl::Now() < deadline && CountActive() > 0) absl::SleepFor(kDrainLook);
  }

  uint16_t port() const { return workers_.front()->port(); }
  uint16_t ops_port() const { return ops_->port(); }
  Metrics& metrics() { return metrics_; }

 private:
  absl::Status Listen(std::shared_ptr<const Snapshot> snapshot) {
    absl::StatusOr<Listener::Options> parsed = ListenerOptionsFrom(config_);
    if (!parsed.ok()) return parsed.status();
    Listener::Options options = *parsed;
    const size_t workers = UsableCores();
    options.max_connections = std::max<size_t>(1, options.max_connections / workers);
    const size_t max_topics = std::max<size_t>(1, config_.limits().topics() / workers);
    for (size_t i = 0; i < workers; ++i) {
      workers_.push_back(std::make_unique<Worker>(clock_, metrics_, max_topics));
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
        OpsServer::Start({.host = listen->host, .port = listen->port},
                         {.live = [this] { return Live(); }, .ready = [this] { return Ready(); }});
    if (!ops.ok()) return ops.status();
    ops_ = *std::move(ops);
    return absl::OkStatus();
  }

  std::shared_ptr<const Snapshot> MakeSnapshot(const SchemaBook::Routes& routes) {
    std::vector<std::string> pending = book_.Pending();
    return std::make_shared<const Snapshot>(Snapshot::Parts{.options = options_,
                                                            .routes = routes.table,
                                                            .upstreams = upstreams_,
                                                            .pending = std::move(pending)},
                                            metrics_);
  }

  // Ready once anything can be served: one service that is away must not take down the rest.
  void TellReadiness() {
    const std::vector<std::string> pending = book_.Pending();
    std::lock_guard lock(mu_);
    not_ready_reasons_.clear();
    if (pending.size() < upstreams_.size()) return;
    for (const std::string& name : pending) {
      not_ready_reasons_.push_back(absl::StrCat("the schema of ", name, " is not known yet"));
    }
  }

  // On its own thread: asking blocks.
  void AskUntilAllAnswered() {
    absl::BitGen random;
    absl::Duration wait = kFirstAskAgain;
    while (true) {
      AskOnce();
      if (book_.Pending().empty()) return;
      const absl::Duration jittered = wait * absl::Uniform(random, 0.75, 1.25);
      std::unique_lock lock(mu_);
      stopping_.wait_for(lock, absl::ToChronoNanoseconds(jittered),
                         [this]() { return stop_asking_; });
      if (stop_asking_) return;
      wait = std::min(wait * 2, kLastAskAgain);
    }
  }

  void AskOnce() {
    bool heard = false;
    for (const std::string& name : book_.Pending()) {
      {
        std::lock_guard lock(mu_);
        if (stop_asking_) return;
      }
      const absl::Status asked = book_.Ask(name, kReflectionTimeout);
      heard = heard || asked.ok();
      if (!asked.ok()) {
        LogOnce(LogLevel::kWarning,
                {name, absl::StrCat("its schema could not be had; asking again until it can: ",
                                    asked.message())});
      }
    }
    if (heard) TakeInNewSchema();
  }

  // Asking goes on for as long as a service is away, but what is new is worth a line only once.
  void LogOnce(LogLevel level, const Problem& problem) {
    if (told_[problem.where] == problem.what) return;
    told_[problem.where] = problem.what;
    LogLine(level, absl::StrCat(problem.where, ": ", problem.what));
  }

  void TakeInNewSchema() {
    const SchemaBook::Routes routes = book_.BuildRoutes();
    for (const Problem& problem : routes.left_out) LogOnce(LogLevel::kWarning, problem);
    if (routes.table == nullptr) {
      for (const Problem& problem : routes.errors) LogOnce(LogLevel::kError, problem);
      book_.ForgetAnswers();
      std::lock_guard lock(mu_);
      not_ready_reasons_.clear();
      for (const Problem& problem : routes.errors) {
        not_ready_reasons_.push_back(absl::StrCat(problem.where, ": ", problem.what));
      }
      return;
    }
    const std::shared_ptr<const Snapshot> snapshot = MakeSnapshot(routes);
    for (const std::unique_ptr<Worker>& worker : workers_) worker->UseSnapshot(snapshot);
    CountActive();  // returns when every loop has it
    TellReadiness();
    LogInfo(absl::StrCat("serving ", routes.table->routes().size(), " methods"));
  }

  void StopAsking() {
    std::lock_guard lock(mu_);
    stop_asking_ = true;
    stopping_.notify_all();
  }

  OpsServer::Answer Live() const {
    for (const std::unique_ptr<Worker>& worker : workers_) {
      if (clock_.Now() - worker->last_turn() > kStuckLoop) {
        return {.fine = false, .json = R"({"live":false,"reasons":["a loop is stuck"]})"};
      }
    }
    return {.fine = true, .json = R"({"live":true})"};
  }

  OpsServer::Answer Ready() {
    std::lock_guard lock(mu_);
    if (stop_asking_) return {.fine = false, .json = R"({"ready":false,"reasons":["draining"]})"};
    if (not_ready_reasons_.empty()) return {.fine = true, .json = R"({"ready":true})"};
    const std::string reasons =
        absl::StrJoin(not_ready_reasons_, ",", [](std::string* out, const std::string& reason) {
          absl::StrAppend(out, JsonString(reason));
        });
    return {.fine = false, .json = absl::StrCat("{\"ready\":false,\"reasons\":[", reasons, "]}")};
  }

  size_t CountActive() {
    size_t active = 0;
    for (const std::unique_ptr<Worker>& worker : workers_) active += worker->CountActive();
    return active;
  }

  // Constant after construction.
  const MonotonicClock clock_;
  const sluice::config::v1::Config config_;
  const RelayOptions options_;

  // Own synchronisation.
  Metrics metrics_;

  // Of the caller until `asker_` runs, then of that thread.
  SchemaBook book_;
  std::map<std::string, std::string> told_;  // by where: the newest problem that was logged

  // The order in which these are destroyed matters: streams before upstreams before the transport.
  GrpcTransport transport_;
  std::map<std::string, std::shared_ptr<Upstream>> upstreams_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::unique_ptr<OpsServer> ops_;
  std::thread asker_;

  // std::mutex, not absl's: the thread sanitizer sees what it orders, where Debian's Abseil was
  // built without it.
  std::mutex mu_;
  std::condition_variable stopping_;
  bool stop_asking_ ABSL_GUARDED_BY(mu_) = false;
  std::vector<std::string> not_ready_reasons_ ABSL_GUARDED_BY(mu_);
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
void Server::Drain() { parts_->Drain(); }

}  // namespace sluice

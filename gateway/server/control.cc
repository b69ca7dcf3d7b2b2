// SPDX-License-Identifier: Apache-2.0
#include "gateway/server/control.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "gateway/config/field_value.h"
#include "gateway/server/restart_keys.h"
#include "gateway/server/service_notice.h"

namespace sluice {
namespace {

// Services are asked one after the other: where some say nothing, the others wait little at first.
constexpr absl::Duration kFirstAskTimeout = absl::Seconds(1);
constexpr absl::Duration kLastAskTimeout = absl::Seconds(5);
constexpr absl::Duration kFirstAskAgain = absl::Milliseconds(100);
constexpr absl::Duration kLastAskAgain = absl::Seconds(5);
// So often the thread looks whether anything can be freed.
constexpr absl::Duration kLook = absl::Seconds(1);

std::vector<std::pair<std::string, std::string>> LimitsOf(
    const sluice::config::v1::Config& config) {
  std::vector<std::pair<std::string, std::string>> limits;
  const google::protobuf::Descriptor& type = *config.limits().GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    limits.emplace_back(type.field(i)->name(), GetText(config.limits(), *type.field(i)));
  }
  return limits;
}

std::vector<GatewayStatus::Upstream> UpstreamsOf(const sluice::config::v1::Config& config,
                                                 const std::vector<std::string>& pending) {
  std::vector<GatewayStatus::Upstream> upstreams;
  for (const auto& [name, upstream] : std::map<std::string, sluice::config::v1::Upstream>(
           config.upstreams().begin(), config.upstreams().end())) {
    const bool known = !absl::c_linear_search(pending, name);
    upstreams.push_back({.name = name, .target = upstream.target(), .schema_known = known});
  }
  return upstreams;
}

// A service that was left out before may stay so; one that would be left out anew is a mistake.
Problems Added(const Problems& now, const Problems& before) {
  Problems added;
  for (const Problem& problem : now) {
    if (std::find(before.begin(), before.end(), problem) == before.end()) added.push_back(problem);
  }
  return added;
}

}  // namespace

Control::Control(EffectiveConfig config, const Parts& parts)
    : upstreams_(parts.upstreams),
      board_(parts.board),
      metrics_(parts.metrics),
      applied_(metrics_.GetCounter("reloads", "applied")),
      refused_(metrics_.GetCounter("reloads", "refused")),
      config_(std::move(config)),
      book_(std::make_unique<SchemaState>(config_)),
      watch_(parts.clock, metrics_),
      drain_times_(DrainTimesFrom(config_.config)) {}

Control::~Control() {
  Stop();
  if (thread_.joinable()) thread_.join();
}

absl::StatusOr<std::shared_ptr<const Snapshot>> Control::LoadFirst() {
  book_->ReadFiles();
  const SchemaState::Routes routes = book_->BuildRoutes();
  TellNew(routes);
  Problems problems = routes.errors;
  if (problems.empty()) problems = book_->NothingToServe(routes);
  if (!problems.empty()) return absl::InvalidArgumentError(ToText(problems));
  const std::shared_ptr<const Snapshot> snapshot = MakeSnapshot(routes);
  TellBoard();
  return snapshot;
}

void Control::Run(Publish publish) {
  publish_ = std::move(publish);
  thread_ = std::thread([this] { Work(); });
}

void Control::RequestReload(ConfigSources sources) {
  std::lock_guard lock(mu_);
  wanted_ = std::move(sources);
  changed_.notify_all();
}

void Control::Stop() {
  std::lock_guard lock(mu_);
  stopped_ = true;
  changed_.notify_all();
}

DrainTimes Control::drain_times() const {
  std::lock_guard lock(mu_);
  return drain_times_;
}

bool Control::stopped() const {
  std::lock_guard lock(mu_);
  return stopped_;
}

bool Control::interrupted() const {
  std::lock_guard lock(mu_);
  return stopped_ || wanted_.has_value();
}

// ---- The thread ----

void Control::Work() {
  absl::BitGen random;
  absl::Duration ask_again = kFirstAskAgain;
  absl::Duration timeout = kFirstAskTimeout;
  absl::Duration wait = absl::ZeroDuration();
  std::optional<ConfigSources> reload;
  while (WaitForWork(wait, reload)) {
    if (reload.has_value()) {
      Reload(*reload);
      ask_again = kFirstAskAgain;
      timeout = kFirstAskTimeout;
    } else if (!book_->Pending().empty()) {
      AskOnce(timeout);
      timeout = std::min(timeout * 2, kLastAskTimeout);
    }
    AskDoubted();
    FreeUnused();
    wait = kLook;
    if (!book_->Pending().empty()) {
      wait = ask_again * absl::Uniform(random, 0.75, 1.25);
      ask_again = std::min(ask_again * 2, kLastAskAgain);
    }
  }
}

bool Control::WaitForWork(absl::Duration at_most, std::optional<ConfigSources>& reload) {
  std::unique_lock lock(mu_);
  changed_.wait_for(lock, absl::ToChronoNanoseconds(at_most),
                    [this]() { return stopped_ || wanted_.has_value(); });
  reload = std::exchange(wanted_, std::nullopt);
  return !stopped_;
}

void Control::Reload(const ConfigSources& sources) {
  LogInfo("reloading configuration and schema");
  TellServiceHost(ServiceNotice::kReloading);
  Problems problems = TryReload(sources);
  if (problems.empty()) {
    board_.SetAppliedReload();
    applied_.Add();
    LogInfo(absl::StrCat("the reload is in force: serving ",
                         snapshots_.back()->routes().routes().size(), " methods"));
  } else {
    for (const Problem& problem : problems) {
      LogError(absl::StrCat("the reload is refused: ", problem.where, ": ", problem.what));
    }
    LogWarning("the configuration from before the reload stays in force");
    board_.SetRefusedReload(std::move(problems));
    refused_.Add();
  }
  TellServiceHost(ServiceNotice::kReady);
}

// Changes nothing before everything is known to be right.
Problems Control::TryReload(const ConfigSources& sources) {
  Problems problems;
  std::optional<EffectiveConfig> config = LoadConfig(sources, problems);
  if (!config.has_value()) return problems;
  problems = KeysThatNeedARestart(config_.config, *config);
  if (!problems.empty()) return problems;

  auto book = std::make_unique<SchemaState>(*config);
  book->ReadFiles();
  const AskFailures failures = AskPending(*book);
  if (stopped()) return {{"reload", "the process is going down"}};
  for (const std::string& name : book->Inherit(*book_)) {
    LogWarning(absl::StrCat(name, ": its schema stays as it was: it could not be asked again: ",
                            failures.at(name).message()));
  }
  problems = Lost(*book, *config, failures);
  if (!problems.empty()) return problems;
  const SchemaState::Routes routes = book->BuildRoutes();
  problems = routes.errors;
  if (problems.empty()) problems = book->NothingToServe(routes);
  if (problems.empty()) problems = Added(routes.left_out, left_out_);
  if (!problems.empty()) return problems;

  const bool log_changed =
      config->config.log().SerializeAsString() != config_.config.log().SerializeAsString();
  if (log_changed) StartLog(LogOptionsFrom(config->config.log()));
  {
    std::lock_guard lock(mu_);
    drain_times_ = DrainTimesFrom(config->config);
  }
  config_ = *std::move(config);
  book_ = std::move(book);
  told_.clear();
  told_away_.clear();
  TellNew(routes);
  TellPending(failures);
  Apply(routes);
  return {};
}

bool Control::Knows(const std::string& upstream) const {
  return config_.config.upstreams().contains(upstream) &&
         !absl::c_linear_search(book_->Pending(), upstream);
}

// Who was not known before is asked again soon, and is not waited for.
Control::AskFailures Control::AskPending(SchemaState& book) {
  AskFailures failures;
  for (const std::string& name : book.Pending()) {
    if (stopped()) break;
    absl::Status asked =
        book.Ask(name, {.answer_timeout = Knows(name) ? kLastAskTimeout : kFirstAskTimeout,
                        .stopped = [this] { return stopped(); }});
    if (!asked.ok()) failures[name] = std::move(asked);
  }
  return failures;
}

void Control::TellPending(const AskFailures& failures) {
  for (const std::string& name : book_->Pending()) {
    const auto failure = failures.find(name);
    if (failure == failures.end()) continue;
    std::string& told = told_away_[name];
    if (told == failure->second.message()) continue;
    told = std::string(failure->second.message());
    LogWarning(
        absl::StrCat(name, ": its schema could not be had; asking again until it can: ", told));
  }
}

// A service that is new may be away still; one whose schema is known is not given up for a target
// at which there is none.
Problems Control::Lost(const SchemaState& book, const EffectiveConfig& config,
                       const AskFailures& failures) const {
  Problems problems;
  for (const auto& [name, failure] : failures) {
    if (!Knows(name) || !absl::c_linear_search(book.Pending(), name)) continue;
    const std::string path = absl::StrCat("upstreams.", name, ".target");
    const auto origin = config.origins.find(path);
    problems.push_back({origin == config.origins.end() ? path : origin->second,
                        absl::StrCat(path, ": ", config.config.upstreams().at(name).target(),
                                     " could not be asked for its schema: ", failure.message(),
                                     "; what was served before stays")});
  }
  return problems;
}

void Control::AskOnce(absl::Duration timeout) {
  for (const std::string& name : book_->Pending()) {
    if (interrupted()) return;
    const absl::Status asked =
        book_->Ask(name, {.answer_timeout = timeout, .stopped = [this] { return interrupted(); }});
    if (asked.ok()) {
      TakeInNewSchema(name);
    } else {
      TellPending({{name, asked}});
    }
  }
}

// What is refused concerns who has just answered: the others are in force and stay.
void Control::TakeInNewSchema(const std::string& answered) {
  const SchemaState::Routes routes = book_->BuildRoutes();
  TellNew(routes);
  if (routes.table == nullptr) {
    for (const Problem& problem : routes.errors) LogOnce(LogLevel::kError, problem);
    book_->ForgetAnswer(answered);
    board_.SetSchemaProblems(routes.errors);
    return;
  }
  Apply(routes);
  LogInfo(absl::StrCat("serving ", routes.table->routes().size(), " methods"));
}

void Control::AskDoubted() {
  const auto is_connected = [this](const std::string& name) {
    return upstreams_.IsConnected(name);
  };
  for (const std::string& name : watch_.Due(book_->Answered(), is_connected)) {
    watch_.Answered(name, interrupted() ? SchemaWatch::Result::kFailed : AskAgain(name));
  }
  board_.SetSchemaChecks(watch_.Show());
}

SchemaWatch::Result Control::AskAgain(const std::string& upstream) {
  using Result = SchemaWatch::Result;
  auto book = std::make_unique<SchemaState>(*book_);
  const absl::Status asked = book->Ask(
      upstream, {.answer_timeout = kLastAskTimeout, .stopped = [this] { return interrupted(); }});
  if (!asked.ok()) {
    LogInfo(absl::StrCat(
        upstream, ": may have another schema now, and could not be asked: ", asked.message()));
    return Result::kFailed;
  }
  if (refused_upstream_ == upstream) {
    refused_upstream_.clear();
    board_.SetSchemaProblems({});
  }
  if (book->SaidTheSame(upstream, *book_)) return Result::kUnchanged;
  const SchemaState::Routes routes = book->BuildRoutes();
  const Problems problems = WorseThanBefore(*book, routes);
  if (!problems.empty()) {
    for (const Problem& problem : problems) {
      LogOnce(LogLevel::kError,
              {upstream, absl::StrCat("the schema that it has now cannot be served, the one from "
                                      "before stays in force: ",
                                      problem.where, ": ", problem.what)});
    }
    refused_upstream_ = upstream;
    board_.SetSchemaProblems(problems);
    return Result::kRefused;
  }
  book_ = std::move(book);
  watch_.Renew(upstream);
  TellNew(routes);
  Apply(routes);
  LogInfo(absl::StrCat(upstream, ": has another schema now, which is in force: serving ",
                       routes.table->routes().size(), " methods"));
  return Result::kChanged;
}

// Methods that are gone from the schema are gone; those that it has and that could be served before
// must not be lost for something that is wrong with it.
Problems Control::WorseThanBefore(const SchemaState& book,
                                  const SchemaState::Routes& routes) const {
  if (!routes.errors.empty()) return routes.errors;
  Problems problems = book.NothingToServe(routes);
  for (const Route& route : snapshots_.back()->routes().routes()) {
    const std::string path = routes.table->PathOf(*route.method);
    const SkippedMethod* const skipped = routes.table->Match("POST", path).skipped;
    if (skipped == nullptr) continue;
    problems.push_back({route.method->full_name, skipped->reason});
  }
  return problems;
}

void Control::Apply(const SchemaState::Routes& routes) {
  publish_(MakeSnapshot(routes));
  TellBoard();  // ready only when every loop serves it
}

std::shared_ptr<const Snapshot> Control::MakeSnapshot(const SchemaState::Routes& routes) {
  left_out_ = routes.left_out;
  warnings_ = routes.warnings;
  std::map<std::string, std::string> targets;
  for (const auto& [name, upstream] : config_.config.upstreams()) targets[name] = upstream.target();
  std::map<std::string, std::shared_ptr<SchemaDoubt>> doubts;
  for (const std::string& name : book_->Answered()) doubts[name] = watch_.DoubtOf(name);
  snapshots_.push_back(
      std::make_shared<const Snapshot>(Snapshot::Parts{.options = RelayOptionsFrom(config_.config),
                                                       .routes = routes.table,
                                                       .upstreams = upstreams_.Take(config_.config),
                                                       .targets = std::move(targets),
                                                       .doubts = std::move(doubts),
                                                       .pending = book_->Pending(),
                                                       .retries = retries_},
                                       metrics_));
  return snapshots_.back();
}

void Control::TellBoard() {
  board_.Publish({.snapshot = snapshots_.back(),
                  .upstreams = UpstreamsOf(config_.config, book_->Pending()),
                  .limits = LimitsOf(config_.config),
                  .methods = snapshots_.back()->routes().routes().size(),
                  .schema_problems = left_out_,
                  .schema_warnings = warnings_});
}

void Control::FreeUnused() {
  const auto unused = [](const auto& snapshot) { return snapshot.use_count() == 1; };
  snapshots_.erase(std::remove_if(snapshots_.begin(), snapshots_.end(), unused), snapshots_.end());
}

void Control::TellNew(const SchemaState::Routes& routes) {
  for (const Problem& problem : routes.left_out) LogOnce(LogLevel::kWarning, problem);
  for (const Problem& problem : routes.warnings) LogOnce(LogLevel::kWarning, problem);
}

// Asking goes on for as long as a service is away, but what is new is worth a line only once.
void Control::LogOnce(LogLevel level, const Problem& problem) {
  if (told_.size() >= kMostTold) told_.clear();
  if (!told_.emplace(problem.where, problem.what).second) return;
  LogLine(level, absl::StrCat(problem.where, ": ", problem.what));
}

}  // namespace sluice

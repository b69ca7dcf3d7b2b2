// SPDX-License-Identifier: Apache-2.0
#include "gateway/server/status_board.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"

namespace sluice {
namespace {

absl::string_view NameOf(StatusBoard::Phase phase) {
  switch (phase) {
    case StatusBoard::Phase::kStarting:
      return "starting";
    case StatusBoard::Phase::kActive:
      return "active";
    case StatusBoard::Phase::kDraining:
      break;
  }
  return "draining";
}

bool IsLeftOut(const SkippedMethod& skipped) {
  return skipped.cause == SkippedMethod::Cause::kSchema;
}

// A probe's answer is no place for the thousand problems that a schema may have.
constexpr size_t kMostReasons = 20;

void AppendLines(const Problems& problems, std::vector<std::string>& lines) {
  for (const Problem& problem : problems) {
    lines.push_back(absl::StrCat(problem.where, ": ", problem.what));
  }
}

}  // namespace

StatusBoard::StatusBoard(const Clock& clock) : clock_(clock), begin_(clock.Now()) {}

void StatusBoard::Publish(Published published) {
  std::lock_guard lock(mu_);
  std::swap(published_, published);  // what was in force goes when the lock is free again
  published_at_ = clock_.Now();
  refused_schema_.clear();
  ++number_;
  UpdateReady();
}

void StatusBoard::SetSchemaProblems(const Problems& problems) {
  std::lock_guard lock(mu_);
  refused_schema_ = problems;
  UpdateReady();
}

void StatusBoard::SetSchemaChecks(std::map<std::string, SchemaWatch::Shown> checks) {
  std::lock_guard lock(mu_);
  schema_checks_.swap(checks);
}

void StatusBoard::SetRefusedReload(Problems reasons) {
  std::lock_guard lock(mu_);
  refused_ = {clock_.Now(), std::move(reasons)};
  last_reload_successful_ = false;
}

void StatusBoard::SetAppliedReload() {
  std::lock_guard lock(mu_);
  last_reload_successful_ = true;
}

void StatusBoard::SetPhase(Phase phase) {
  std::lock_guard lock(mu_);
  phase_ = phase;
  UpdateReady();
}

void StatusBoard::UpdateReady() { ready_ = NotReadyLocked().empty(); }

StatusBoard::Phase StatusBoard::phase() const {
  std::lock_guard lock(mu_);
  return phase_;
}

std::vector<std::string> StatusBoard::NotReady() const {
  std::lock_guard lock(mu_);
  return NotReadyLocked();
}

std::vector<std::string> StatusBoard::SchemaProblemsLocked() const {
  std::vector<std::string> problems;
  AppendLines(refused_schema_, problems);
  AppendLines(published_.schema_problems, problems);
  return problems;
}

std::vector<std::string> StatusBoard::NotReadyLocked() const {
  if (phase_ != Phase::kActive) return {std::string(NameOf(phase_))};
  if (published_.methods > 0) return {};
  std::vector<std::string> reasons = SchemaProblemsLocked();
  if (reasons.size() > kMostReasons) {
    const size_t further = reasons.size() - kMostReasons;
    reasons.resize(kMostReasons);
    reasons.push_back(absl::StrCat("and ", further, " more, which /status has"));
  }
  for (const GatewayStatus::Upstream& upstream : published_.upstreams) {
    if (upstream.schema_known) continue;
    reasons.push_back(absl::StrCat("the schema of ", upstream.name, " is not known yet"));
  }
  if (reasons.empty()) reasons.push_back("there is no method to serve");
  return reasons;
}

bool StatusBoard::last_reload_successful() const {
  std::lock_guard lock(mu_);
  return last_reload_successful_;
}

GatewayStatus StatusBoard::Read() const {
  std::lock_guard lock(mu_);
  const absl::Time now = clock_.Now();
  GatewayStatus status{.version = SLUICE_VERSION,
                       .uptime = now - begin_,
                       .phase = std::string(NameOf(phase_)),
                       .not_ready = NotReadyLocked(),
                       .upstreams = published_.upstreams,
                       .schema_problems = SchemaProblemsLocked(),
                       .limits = published_.limits};
  if (refused_.has_value()) {
    status.refused_reload = {.age = now - refused_->time, .reasons = refused_->reasons};
  }
  for (GatewayStatus::Upstream& upstream : status.upstreams) {
    const auto check = schema_checks_.find(upstream.name);
    if (check == schema_checks_.end()) continue;
    upstream.schema_doubts = SchemaDoubt::NamesOf(check->second.signs);
    if (!check->second.asked) continue;
    upstream.asked_again = {.age = now - check->second.asked_at,
                            .result = std::string(SchemaWatch::NameOf(check->second.result))};
  }
  AppendLines(published_.schema_warnings, status.schema_warnings);
  if (published_.snapshot != nullptr) {
    const RouteTable& routes = published_.snapshot->routes();
    status.snapshot = {.number = number_,
                       .age = now - published_at_,
                       .methods = published_.methods,
                       .skipped = routes.skipped().size()};
    std::copy_if(routes.skipped().begin(), routes.skipped().end(),
                 std::back_inserter(status.left_out), IsLeftOut);
  }
  return status;
}

std::shared_ptr<const Snapshot> StatusBoard::snapshot() const {
  std::lock_guard lock(mu_);
  return published_.snapshot;
}

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "gateway/server/status_board.h"

#include <algorithm>

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

}  // namespace

StatusBoard::StatusBoard(const Clock& clock) : clock_(clock), begin_(clock.Now()) {}

void StatusBoard::Publish(Published published) {
  std::lock_guard lock(mu_);
  std::swap(published_, published);  // what was in force goes when the lock is free again
  published_at_ = clock_.Now();
  schema_problems_.clear();
  ++number_;
  UpdateReady();
}

void StatusBoard::SetSchemaProblems(const Problems& problems) {
  std::lock_guard lock(mu_);
  schema_problems_.clear();
  for (const Problem& problem : problems) {
    schema_problems_.push_back(absl::StrCat(problem.where, ": ", problem.what));
  }
  UpdateReady();
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

std::vector<std::string> StatusBoard::NotReadyLocked() const {
  if (phase_ != Phase::kActive) return {std::string(NameOf(phase_))};
  std::vector<std::string> pending;
  for (const GatewayStatus::Upstream& upstream : published_.upstreams) {
    if (upstream.schema_known) return {};
    pending.push_back(absl::StrCat("the schema of ", upstream.name, " is not known yet"));
  }
  return schema_problems_.empty() ? pending : schema_problems_;
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
                       .schema_problems = schema_problems_,
                       .limits = published_.limits};
  if (refused_.has_value()) {
    status.refused_reload = {.age = now - refused_->time, .reasons = refused_->reasons};
  }
  if (published_.snapshot != nullptr) {
    status.snapshot = {.number = number_,
                       .age = now - published_at_,
                       .methods = published_.snapshot->routes().routes().size(),
                       .skipped = published_.snapshot->routes().skipped().size()};
  }
  return status;
}

std::shared_ptr<const Snapshot> StatusBoard::snapshot() const {
  std::lock_guard lock(mu_);
  return published_.snapshot;
}

}  // namespace sluice

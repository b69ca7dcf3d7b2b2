// SPDX-License-Identifier: Apache-2.0
#include "gateway/server/schema_watch.h"

#include <algorithm>

#include "absl/algorithm/container.h"

namespace sluice {
namespace {

constexpr SchemaDoubt::Signs kReconnected = SchemaDoubt::Only(SchemaDoubt::Sign::kReconnected);

}  // namespace

absl::string_view SchemaWatch::NameOf(Result result) {
  switch (result) {
    case Result::kChanged:
      return "changed";
    case Result::kUnchanged:
      return "unchanged";
    case Result::kRefused:
      return "refused";
    case Result::kFailed:
      break;
  }
  return "failed";
}

SchemaWatch::SchemaWatch(const Clock& clock, Metrics& metrics) : clock_(clock), metrics_(metrics) {
  for (const Result result :
       {Result::kChanged, Result::kUnchanged, Result::kRefused, Result::kFailed}) {
    metrics_.GetCounter("schema_asked_again", NameOf(result));
  }
  for (const absl::string_view sign : SchemaDoubt::kNames) {
    metrics_.GetCounter("schema_doubts", sign);
  }
}

std::shared_ptr<SchemaDoubt> SchemaWatch::DoubtOf(const std::string& upstream) {
  return watched_[upstream].doubt;
}

void SchemaWatch::Renew(const std::string& upstream) {
  watched_[upstream].doubt = std::make_shared<SchemaDoubt>();
}

std::vector<std::string> SchemaWatch::Due(const std::vector<std::string>& upstreams,
                                          const IsConnected& is_connected) {
  std::erase_if(watched_, [&upstreams](const auto& named) {
    return !absl::c_linear_search(upstreams, named.first);
  });
  std::vector<std::string> due;
  for (const std::string& name : upstreams) {
    Watched& watched = watched_[name];
    LookAtConnection(watched, is_connected(name));
    if (!IsDue(watched)) continue;
    watched.taken = watched.doubt->Take();
    watched.since = absl::InfiniteFuture();
    for (const std::string& sign : SchemaDoubt::NamesOf(watched.taken)) {
      metrics_.GetCounter("schema_doubts", sign).Add();
    }
    due.push_back(name);
  }
  return due;
}

// The first connection is made for the first call, long after the schema was told.
void SchemaWatch::LookAtConnection(Watched& watched, bool connected) {
  if (connected && !watched.connected && watched.was_connected) {
    watched.doubt->Raise(SchemaDoubt::Sign::kReconnected);
  }
  watched.connected = connected;
  watched.was_connected |= connected;
}

bool SchemaWatch::IsDue(Watched& watched) {
  const SchemaDoubt::Signs signs = watched.doubt->raised();
  if (signs == 0) return false;
  const absl::Time now = clock_.Now();
  if (watched.since == absl::InfiniteFuture()) {
    watched.since = now;
    watched.jitter = kJitter * absl::Uniform(random_, 0.0, 1.0);
  }
  absl::Time earliest = watched.since;
  if (watched.shown.asked) {
    const absl::Duration pause = (signs & kReconnected) != 0 ? kPause : watched.pause;
    earliest = std::max(earliest, watched.shown.asked_at + pause);
  }
  return now >= earliest + watched.jitter;
}

void SchemaWatch::Answered(const std::string& upstream, Result result) {
  Watched& watched = watched_[upstream];
  metrics_.GetCounter("schema_asked_again", NameOf(result)).Add();
  watched.shown.asked = true;
  watched.shown.asked_at = clock_.Now();
  watched.shown.result = result;
  if (result == Result::kFailed) watched.doubt->RaiseAll(watched.taken);  // still not known
  watched.pause = result == Result::kChanged ? kPause : std::min(watched.pause * 2, kLongestPause);
  watched.taken = 0;
}

std::map<std::string, SchemaWatch::Shown> SchemaWatch::Show() const {
  std::map<std::string, Shown> all;
  for (const auto& [name, watched] : watched_) {
    Shown& shown = all[name];
    shown = watched.shown;
    shown.signs = watched.doubt->raised();
  }
  return all;
}

}  // namespace sluice

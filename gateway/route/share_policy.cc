// SPDX-License-Identifier: Apache-2.0
#include "gateway/route/share_policy.h"

#include "google/protobuf/descriptor.h"

namespace sluice {
namespace {

using sluice::v1::History;
using sluice::v1::Reopen;
using sluice::v1::Share;
using sluice::v1::Start;

constexpr absl::Duration kLongest = absl::Hours(24 * 365);
constexpr absl::Duration kShortest = absl::Milliseconds(1);

void TakeChoices(OptionReader& check, const Share& share, SharePolicy& policy) {
  if (!Share::OnGap_IsValid(share.on_gap())) {
    check.Report("share.on_gap", "is no known value; allowed are OLDEST and LIVE");
  } else if (share.on_gap() != Share::ON_GAP_UNSPECIFIED) {
    policy.on_gap = share.on_gap();
  }
  if (!Share::Slow_IsValid(share.slow())) {
    check.Report("share.slow", "is no known value; allowed are DISCONNECT, SKIP and LATEST");
  } else if (share.slow() != Share::SLOW_UNSPECIFIED) {
    policy.slow = share.slow();
  }
  if (share.has_key_field()) {
    policy.key_field = check.TakePath("share.key_field", *check.method().descriptor->output_type(),
                                      share.key_field(), OptionReader::Target::kKey);
  } else if (share.slow() == Share::LATEST) {
    check.Report("share.slow",
                 "is LATEST, which needs `key_field`: the field of the response by whose values "
                 "events replace each other");
  }
}

void TakeStart(OptionReader& check, const Start& start, SharePolicy& policy) {
  if (start.from_case() == Start::kLast) {
    policy.start_with_last = start.last();
  } else if (start.from_case() == Start::kAt && !Start::At_IsValid(start.at())) {
    check.Report("share.start.at", "is no known value; allowed are LIVE and ALL");
  } else if (start.at() == Start::ALL) {
    policy.start_with_last = SharePolicy::kAllKept;
  }
}

void TakeHistory(OptionReader& check, const History& history, SharePolicy& policy) {
  if (history.has_events()) policy.history_events = history.events();
  if (policy.history_events == 0) {
    check.Report("share.history.events", "is 0; allowed is 1 or more");
  }
  if (history.has_bytes()) policy.history_bytes = history.bytes();
  if (policy.history_bytes == 0) check.Report("share.history.bytes", "is 0; allowed is 1 or more");
  if (history.has_age()) {
    policy.history_age = check.TakeDuration("share.history.age", history.age(),
                                            {kShortest, kLongest}, policy.history_age);
  }
}

void TakeReopen(OptionReader& check, const Reopen& reopen, SharePolicy& policy) {
  const OptionReader::Range range = {kShortest, kLongest};
  if (reopen.has_min()) {
    policy.reopen_min =
        check.TakeDuration("share.reopen.min", reopen.min(), range, policy.reopen_min);
  }
  if (reopen.has_max()) {
    policy.reopen_max =
        check.TakeDuration("share.reopen.max", reopen.max(), range, policy.reopen_max);
  }
  if (policy.reopen_min > policy.reopen_max) {
    check.Report(reopen.has_min() ? "share.reopen.min" : "share.reopen.max",
                 "makes the first wait longer than the longest; allowed is min ≤ max");
  }
  if (reopen.has_give_up()) {
    policy.give_up =
        check.TakeDuration("share.reopen.give_up", reopen.give_up(), range, policy.give_up);
  }
}

}  // namespace

std::optional<SharePolicy> ResolveShare(OptionReader& check) {
  if (!check.options().has_share()) return std::nullopt;
  const Share& share = check.options().share();
  SharePolicy policy;
  if (share.has_linger()) {
    policy.linger = check.TakeDuration("share.linger", share.linger(),
                                       {absl::ZeroDuration(), kLongest}, policy.linger);
  }
  TakeChoices(check, share, policy);
  TakeStart(check, share.start(), policy);
  TakeHistory(check, share.history(), policy);
  TakeReopen(check, share.reopen(), policy);
  policy.presence = share.presence();
  return policy;
}

}  // namespace sluice

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
  policy.on_gap = share.on_gap();
  policy.slow = share.slow();
  policy.presence = share.presence();
  if (share.has_key_field()) {
    policy.key_field = check.TakePath("share.key_field", *check.method().descriptor->output_type(),
                                      share.key_field(), OptionReader::Target::kKey);
  } else if (share.slow() == Share::LATEST) {
    check.Report("share.slow",
                 "is LATEST, which needs `key_field`: the field of the response by whose values "
                 "events replace each other");
  }
}

size_t StartWithLast(const Start& start) {
  if (start.from_case() == Start::kLast) return start.last();
  return start.at() == Start::ALL ? SharePolicy::kAllKept : 0;
}

void TakeHistory(OptionReader& check, const History& history, SharePolicy& policy) {
  policy.history_events = history.events();
  if (policy.history_events == 0) {
    check.Report("share.history.events", "is 0; allowed is 1 or more");
  }
  policy.history_bytes = history.bytes();
  if (policy.history_bytes == 0) check.Report("share.history.bytes", "is 0; allowed is 1 or more");
  if (history.has_age()) {
    policy.history_age =
        check.TakeDuration("share.history.age", history.age(), {kShortest, kLongest});
  }
}

void TakeReopen(OptionReader& check, const Reopen& reopen, SharePolicy& policy) {
  const OptionReader::Range range = {kShortest, kLongest};
  policy.reopen_min = check.TakeDuration("share.reopen.min", reopen.min(), range);
  policy.reopen_max = check.TakeDuration("share.reopen.max", reopen.max(), range);
  if (policy.reopen_min > policy.reopen_max && policy.reopen_max > absl::ZeroDuration()) {
    check.Report(check.IsSaid("share.reopen.min") ? "share.reopen.min" : "share.reopen.max",
                 "makes the first wait longer than the longest; allowed is min ≤ max");
  }
  if (reopen.has_give_up()) {
    policy.give_up = check.TakeDuration("share.reopen.give_up", reopen.give_up(), range);
  }
}

}  // namespace

std::optional<SharePolicy> ResolveShare(OptionReader& check) {
  if (!check.options().has_share()) return std::nullopt;
  const Share& share = check.options().share();
  SharePolicy policy;
  policy.linger =
      check.TakeDuration("share.linger", share.linger(), {absl::ZeroDuration(), kLongest});
  TakeChoices(check, share, policy);
  policy.start_with_last = StartWithLast(share.start());
  TakeHistory(check, share.history(), policy);
  TakeReopen(check, share.reopen(), policy);
  return policy;
}

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "gateway/route/share_check.h"

#include "google/protobuf/descriptor.h"

namespace sluice {
namespace {

using sluice::v1::History;
using sluice::v1::Reopen;
using sluice::v1::Share;
using sluice::v1::Start;

constexpr absl::Duration kLongest = absl::Hours(24 * 365);
constexpr absl::Duration kShortest = absl::Milliseconds(1);

void CheckChoices(PolicyCheck& check, const Share& share) {
  if (!Share::OnGap_IsValid(share.on_gap())) {
    check.Report("share.on_gap", "is no known value; allowed are OLDEST and LIVE");
  }
  if (!Share::Slow_IsValid(share.slow())) {
    check.Report("share.slow", "is no known value; allowed are DISCONNECT, SKIP and LATEST");
  }
  if (share.start().from_case() == Start::kAt && !Start::At_IsValid(share.start().at())) {
    check.Report("share.start.at", "is no known value; allowed are LIVE and ALL");
  }
  if (share.has_key_field()) {
    check.TakePath("share.key_field", *check.method().descriptor->output_type(), share.key_field(),
                   PolicyCheck::Target::kKey);
  } else if (share.slow() == Share::LATEST) {
    check.Report("share.slow",
                 "is LATEST, which needs `key_field`: the field of the response by whose values "
                 "events replace each other");
  }
}

void CheckHistory(PolicyCheck& check, const History& history) {
  if (history.has_events() && history.events() == 0) {
    check.Report("share.history.events", "is 0; allowed is 1 or more");
  }
  if (history.has_bytes() && history.bytes() == 0) {
    check.Report("share.history.bytes", "is 0; allowed is 1 or more");
  }
  if (history.has_age()) {
    check.TakeDuration("share.history.age", history.age(), {kShortest, kLongest}, kLongest);
  }
}

void CheckReopen(PolicyCheck& check, const Reopen& reopen) {
  absl::Duration least = absl::Seconds(1);
  absl::Duration most = absl::Seconds(30);
  if (reopen.has_min()) {
    least = check.TakeDuration("share.reopen.min", reopen.min(), {kShortest, kLongest}, least);
  }
  if (reopen.has_max()) {
    most = check.TakeDuration("share.reopen.max", reopen.max(), {kShortest, kLongest}, most);
  }
  if (least > most) {
    check.Report(reopen.has_min() ? "share.reopen.min" : "share.reopen.max",
                 "makes the first wait longer than the longest; allowed is min ≤ max");
  }
  if (reopen.has_give_up()) {
    check.TakeDuration("share.reopen.give_up", reopen.give_up(), {kShortest, kLongest}, kLongest);
  }
}

}  // namespace

void CheckShare(PolicyCheck& check) {
  if (!check.options().has_share()) return;
  const Share& share = check.options().share();
  if (share.has_linger()) {
    check.TakeDuration("share.linger", share.linger(), {absl::ZeroDuration(), kLongest}, kLongest);
  }
  CheckChoices(check, share);
  CheckHistory(check, share.history());
  CheckReopen(check, share.reopen());
  check.Report("share", "shared streams are not available in this version; remove `share`");
}

}  // namespace sluice

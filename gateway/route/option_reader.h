// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/base/text/problem.h"
#include "gateway/route/stream_merge.h"
#include "gateway/schema/catalog.h"
#include "gateway/schema/field_path.h"
#include "google/protobuf/duration.pb.h"

namespace sluice {

// The checks that all stream options need; each adds its problem to a list, with the place where
// the value was said, the method, the field, and what would be right.
//
// Ownership: borrows all that it is given.
// Threads:   one.
class OptionReader final {
 public:
  OptionReader(const Method& method, const StreamMerge& merge, Problems& problems)
      : method_(method), merge_(merge), options_(merge.WithPresets()), problems_(problems) {}

  // What a duration may be.
  struct Range {
    absl::Duration least;
    absl::Duration most;
    absl::string_view besides = "";  // words for what is allowed besides, and is not for this check
  };
  // Of what a field path may lead to.
  enum class Target { kAnything, kId, kResume, kKey };

  void Report(absl::string_view field, absl::string_view what);

  // Zero, if the value is out of `range`.
  absl::Duration TakeDuration(absl::string_view field, const google::protobuf::Duration& value,
                              const Range& range);
  FieldPath TakePath(absl::string_view field, const google::protobuf::Descriptor& message,
                     const std::string& path, Target target);

  const Method& method() const { return method_; }
  // With presets.
  const sluice::v1::StreamOptions& options() const { return options_; }
  // Not by its preset.
  bool IsSaid(absl::string_view field) const { return !merge_.WhereOf(field).empty(); }

 private:
  const Method& method_;
  const StreamMerge& merge_;
  const sluice::v1::StreamOptions options_;
  Problems& problems_;
};

// The policy of merged levels: ResolveStreamPolicy() for those who have more than one.
struct StreamPolicy;
StreamPolicy ResolveMergedPolicy(const Method& method, const StreamMerge& merge,
                                 Problems& problems);

}  // namespace sluice

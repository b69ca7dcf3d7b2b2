// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gateway/base/text/problem.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "sluice/config/v1/config.pb.h"

namespace sluice {

// A configuration in the making: each source writes over what lower ones said.
//
// Bounds: the first kMaxProblems problems are kept, then one line says that there are more.
class ConfigDraft final {
 public:
  static constexpr size_t kMaxProblems = 100;

  const sluice::config::v1::Config& config() const { return config_; }
  sluice::config::v1::Config& config() { return config_; }
  const std::map<std::string, std::string>& origins() const { return origins_; }
  const Problems& problems() const { return problems_; }

  void AddProblem(absl::string_view where, absl::string_view what);
  bool full() const { return problems_.size() >= kMaxProblems; }

  // The value of `path` comes from `origin` now, whatever a lower source said; for a list: so do
  // all its items.
  void SetOrigin(const std::string& path, absl::string_view origin);
  // Only if nothing gave it yet.
  void SetDefaultOrigin(const std::string& path);
  // The origin of the path, or of the nearest above it that has one; empty if there is none.
  std::string Where(absl::string_view path) const;

  // What a source gave for `path` could not be read, which is a problem already: further checks of
  // its value, and of what lies below, would only confuse.
  void SetUnread(const std::string& path) { unread_.insert(path); }
  bool IsUnread(absl::string_view path) const;
  // Something at the path or below it was not read. `upstreams.*`: there may be upstreams, but it
  // is not known which.
  bool HasUnread(absl::string_view path) const;

 private:
  sluice::config::v1::Config config_;
  std::map<std::string, std::string> origins_;
  std::set<std::string, std::less<>> unread_;
  Problems problems_;
};

// After the highest source: what nothing gave comes from `default`. Fields that know whether they
// were given, as those of sluice.v1.StreamOptions do, stay without an origin.
void NoteDefaults(ConfigDraft& draft);

// The value under `key` of a map of messages, which is added if it is not there.
google::protobuf::Message& MapValue(google::protobuf::Message& message,
                                    const google::protobuf::FieldDescriptor& map,
                                    const std::string& key);

// Sorted.
std::vector<std::string> MapKeys(const google::protobuf::Message& message,
                                 const google::protobuf::FieldDescriptor& map);

}  // namespace sluice

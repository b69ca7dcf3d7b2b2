// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gateway/base/text/problem.h"
#include "sluice/v1/stream.pb.h"

namespace sluice {

// Levels of stream options laid over each other, later ones winning field by field, and which level
// said what. `share` and what is in it are merged the same way; a Duration or a list is replaced
// whole. `event` and `event_name` are two ways to say one thing: a level that says one takes back
// the other. The zero of an enum (`SLOW_UNSPECIFIED`) says nothing.
//
// Threads: one.
class StreamMerge final {
 public:
  // `where` names the level in problems.
  void Add(const std::string& where, const sluice::v1::StreamOptions& level);

  // What the levels say, and nothing else.
  const sluice::v1::StreamOptions& options() const { return options_; }
  // The same, with its preset in every field that no level says: what is in force.
  sluice::v1::StreamOptions WithPresets() const;

  // The level that said a field (`share.history.events`); empty: none.
  std::string WhereOf(absl::string_view field) const;
  // For every field of WithPresets() that has a text: its level, or `default`.
  std::map<std::string, std::string> Origins() const;

  // What is wrong with single levels: both of `event` and `event_name`, fields and values that this
  // version does not know.
  const Problems& problems() const { return problems_; }

 private:
  void MergeMessage(const google::protobuf::Message& from, google::protobuf::Message& to,
                    const std::string& prefix, const std::string& where);
  // False if the level does not say the field: it is not known, or not said.
  bool IsSaid(const google::protobuf::FieldDescriptor& field, const google::protobuf::Message& from,
              const std::string& name, const std::string& where);
  void NoteOrigins(const google::protobuf::Message& message, const std::string& prefix,
                   std::map<std::string, std::string>& origins) const;

  sluice::v1::StreamOptions options_;
  std::map<std::string, std::string, std::less<>> said_at_;
  Problems problems_;
};

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gateway/schema/editions/edition.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/message.h"

namespace sluice {

// What google.protobuf.FeatureSet says about an element, as far as it changes the wire or the JSON:
// what stands in its own options, else what holds for the element around it, else its edition's
// defaults.
//
// utf8_validation is not here: JSON has no place for a string that is not UTF-8, so that every
// string that is written is checked.
struct FeatureSet {
  enum class Presence : uint8_t { kExplicit, kImplicit, kRequired };

  Presence presence = Presence::kExplicit;
  bool open_enums = true;
  bool packed = true;
  bool delimited = false;         // messages lie between tags, as groups do
  bool unique_json_names = true;  // two fields of one JSON name are an error

  static FeatureSet DefaultsOf(Edition edition);

  // The features of the element that has these options, inside of one that has `*this`.
  // INVALID_ARGUMENT if they are malformed, or one has a value that no edition knows.
  absl::StatusOr<FeatureSet> With(const google::protobuf::Message& options) const;
};

// Adds features in protobuf's text format, such as `enum_type: CLOSED`, to the options, in the form
// in which a compiler leaves them. Features of one language, such as `[pb.go] { … }`, are read
// past. INVALID_ARGUMENT that says what is wrong with the text.
absl::Status AddFeatures(absl::string_view text, google::protobuf::Message& options);

// The definition of google.protobuf.FeatureSet, which protobuf 3.21 lacks.
const google::protobuf::DescriptorProto& FeatureSetDefinition();

}  // namespace sluice

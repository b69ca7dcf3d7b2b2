// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.pb.h"

namespace sluice {

// google.protobuf.Edition, as far as it is released. The syntaxes count as editions too.
enum class Edition : int {
  kProto2 = 998,
  kProto3 = 999,
  k2023 = 1000,
  k2024 = 1001,
  k2026 = 1002,
};

// Whether the file says `edition` rather than `syntax`.
bool IsOfEdition(const google::protobuf::FileDescriptorProto& file);

// INVALID_ARGUMENT for an edition that is newer than the newest one above, or none at all.
absl::StatusOr<Edition> EditionOf(const google::protobuf::FileDescriptorProto& file);

// Makes the file one of that edition, in the way in which a compiler says it.
void SetEdition(Edition edition, google::protobuf::FileDescriptorProto& file);

// What stands in quotes after `edition =`; nothing if there is no such edition.
std::optional<Edition> EditionFromText(absl::string_view text);

// What to say of an edition that is not known.
std::string UnknownEdition(absl::string_view edition);

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "gateway/server/reflection_metadata.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gateway/schema/source/proto_folders.h"
#include "gateway/upstream/metadata.h"

namespace sluice {
namespace {

using sluice::config::v1::Metadata;

constexpr size_t kLongestValue = 64 << 10;

absl::StatusOr<std::string> ValueOf(const Metadata& metadata) {
  if (metadata.has_value()) return metadata.value();
  absl::StatusOr<std::string> bytes = ReadWholeFile(metadata.file(), kLongestValue);
  if (!bytes.ok()) {
    return absl::Status(bytes.status().code(),
                        absl::StrCat(metadata.file(), ": ", bytes.status().message()));
  }
  absl::string_view value = *bytes;
  absl::ConsumeSuffix(&value, "\n");
  absl::ConsumeSuffix(&value, "\r");
  return std::string(value);
}

}  // namespace

absl::StatusOr<std::vector<std::pair<std::string, std::string>>> MetadataOf(
    const std::string& upstream, const sluice::config::v1::Schema& schema) {
  std::vector<std::pair<std::string, std::string>> pairs;
  const std::map<std::string, Metadata> sorted(schema.metadata().begin(), schema.metadata().end());
  for (const auto& [name, metadata] : sorted) {
    absl::StatusOr<std::pair<std::string, std::string>> pair;
    const absl::StatusOr<std::string> value = ValueOf(metadata);
    pair = value.ok() ? ValidateMetadata(name, *value) : value.status();
    if (!pair.ok()) {
      return absl::Status(pair.status().code(),
                          absl::StrCat("upstreams.", upstream, ".schema.metadata.", name, ": ",
                                       pair.status().message()));
    }
    pairs.push_back(*std::move(pair));
  }
  return pairs;
}

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
// A configuration file and, behind the first NUL byte, variables (NAME=VALUE, one a line). What is
// accepted must be printed so that it is read back as the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gateway/config/config_loader.h"
#include "google/protobuf/util/message_differencer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const absl::string_view input(reinterpret_cast<const char*>(bytes), size);
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(input, absl::MaxSplits('\0', 1));
  sluice::ConfigSources sources;
  sources.file = "fuzz";
  for (const absl::string_view line : absl::StrSplit(parts.second, '\n')) {
    const std::pair<std::string, std::string> variable =
        absl::StrSplit(line, absl::MaxSplits('=', 1));
    sources.environment.insert(variable);
  }
  sluice::Problems problems;
  const auto loaded = sluice::LoadConfigText(sources, parts.first, problems);
  if (loaded.has_value() != problems.empty()) std::abort();
  if (!loaded) return 0;
  const auto again = sluice::LoadConfigText({"fuzz", {}, {}}, sluice::ToYaml(*loaded), problems);
  if (!again) std::abort();
  if (!google::protobuf::util::MessageDifferencer::Equals(loaded->config, again->config)) {
    std::abort();
  }
  return 0;
}

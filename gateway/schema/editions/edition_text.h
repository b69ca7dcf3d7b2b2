// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "gateway/schema/editions/edition.h"
#include "google/protobuf/io/tokenizer.h"

namespace sluice {

// The text of a .proto file as protobuf 3.21 can parse it, and the edition that it was of.
struct ReadableText {
  std::string text;
  std::optional<Edition> edition;  // nothing: the file says `syntax`, or nothing
};

// Writes over what only newer parsers know. `edition = "2023";` becomes proto3's syntax, which is
// the one without labels. The names of `reserved a, b;`, and the words of 2024 that say who may use
// what (`export`, `local`, `import option`), become spaces. Every token keeps its line and column,
// except in a line that begins with an edition written without a single space.
//
// Errors: an unknown edition goes to `errors`.
ReadableText MakeReadable(absl::string_view text, google::protobuf::io::ErrorCollector& errors);

}  // namespace sluice

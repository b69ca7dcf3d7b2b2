// SPDX-License-Identifier: Apache-2.0
#include "gateway/http/query.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gateway/base/text/hex.h"

namespace sluice {
namespace {

absl::StatusOr<std::string> Decode(absl::string_view text, size_t offset) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      decoded += ' ';
    } else if (text[i] != '%') {
      decoded += text[i];
    } else if (const std::optional<char> byte = HexByte(text.substr(i + 1)); byte.has_value()) {
      decoded += *byte;
      i += 2;
    } else {
      return absl::InvalidArgumentError(
          absl::StrCat("the query has a '%' at offset ", offset + i,
                       " that is not followed by two hex digits; write a literal '%' as %25"));
    }
  }
  return decoded;
}

}  // namespace

absl::StatusOr<std::vector<QueryParameter>> ParseQuery(absl::string_view raw) {
  std::vector<QueryParameter> parameters;
  for (const absl::string_view pair : absl::StrSplit(raw, '&', absl::SkipEmpty())) {
    const size_t offset = static_cast<size_t>(pair.data() - raw.data());
    const size_t equals = pair.find('=');
    absl::StatusOr<std::string> name = Decode(pair.substr(0, equals), offset);
    if (!name.ok()) return name.status();
    absl::StatusOr<std::string> value = std::string();
    if (equals != absl::string_view::npos) {
      value = Decode(pair.substr(equals + 1), offset + equals + 1);
      if (!value.ok()) return value.status();
    }
    parameters.push_back({*std::move(name), *std::move(value)});
  }
  return parameters;
}

const std::string* FindParameter(const std::vector<QueryParameter>& parameters,
                                 absl::string_view name) {
  for (const QueryParameter& parameter : parameters) {
    if (parameter.name == name) return &parameter.value;
  }
  return nullptr;
}

}  // namespace sluice

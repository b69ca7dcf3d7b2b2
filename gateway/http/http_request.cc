// SPDX-License-Identifier: Apache-2.0
#include "gateway/http/http_request.h"

#include "absl/strings/str_cat.h"

namespace sluice {

std::optional<absl::string_view> HeaderList::Find(absl::string_view name) const {
  for (const Field& field : fields_) {
    if (field.name == name) return field.value;
  }
  return std::nullopt;
}

std::optional<absl::string_view> HeaderList::FindLast(absl::string_view name) const {
  for (auto field = fields_.rbegin(); field != fields_.rend(); ++field) {
    if (field->name == name) return field->value;
  }
  return std::nullopt;
}

std::string HeaderList::Joined(absl::string_view name) const {
  std::string joined;
  absl::string_view separator = "";
  for (const Field& field : fields_) {
    if (field.name != name) continue;
    absl::StrAppend(&joined, separator, field.value);
    separator = ", ";
  }
  return joined;
}

}  // namespace sluice

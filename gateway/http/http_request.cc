// SPDX-License-Identifier: Apache-2.0
#include "gateway/http/http_request.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace sluice {

std::optional<absl::string_view> HeaderList::Find(absl::string_view name) const {
  for (const Field& field : fields_) {
    if (field.name == name) return field.value;
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

void HeaderList::KeepLast(absl::string_view name) {
  const auto is_named = [name](const Field& field) { return field.name == name; };
  const auto last = std::find_if(fields_.rbegin(), fields_.rend(), is_named);
  if (last == fields_.rend()) return;
  const auto first_kept = std::remove_if(fields_.begin(), last.base() - 1, is_named);
  fields_.erase(first_kept, last.base() - 1);
}

void HeaderList::KeepLastElement(absl::string_view name) {
  KeepLast(name);
  for (Field& field : fields_) {
    if (field.name == name) field.value = std::string(LastElement(field.value));
  }
}

void KeepNewest(HeaderList& headers) {
  headers.KeepLast("x-request-id");
  headers.KeepLastElement("traceparent");
}

absl::string_view LastElement(absl::string_view list) {
  return absl::StripAsciiWhitespace(list.substr(list.rfind(',') + 1));
}

}  // namespace sluice

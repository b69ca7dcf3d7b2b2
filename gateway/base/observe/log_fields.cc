// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/observe/log_fields.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gateway/base/text/json_string.h"

namespace sluice {

LogFields& LogFields::Text(absl::string_view name, absl::string_view value) {
  const bool cut = value.size() > kMaxTextBytes;
  fields_.push_back(
      {name, JsonString(cut ? absl::StrCat(value.substr(0, kMaxTextBytes), "...") : value)});
  return *this;
}

LogFields& LogFields::Number(absl::string_view name, uint64_t value) {
  fields_.push_back({name, absl::StrCat(value)});
  return *this;
}

LogFields& LogFields::Seconds(absl::string_view name, absl::Duration value) {
  fields_.push_back({name, absl::StrFormat("%.6f", absl::ToDoubleSeconds(value))});
  return *this;
}

std::string LogFields::ToJsonMembers() const {
  std::string text;
  for (const Field& field : fields_) absl::StrAppend(&text, ",\"", field.name, "\":", field.json);
  return text;
}

std::string LogFields::ToText() const {
  std::string text;
  for (const Field& field : fields_) absl::StrAppend(&text, " ", field.name, "=", field.json);
  return text;
}

}  // namespace sluice

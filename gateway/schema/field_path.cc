// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/field_path.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gateway/base/text/nearest_name.h"
#include "gateway/base/text/shown.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr size_t kLongestText = 1024;

const FieldDescriptor* FindField(const Descriptor& message, absl::string_view name) {
  const FieldDescriptor* field = message.FindFieldByName(std::string(name));
  for (int i = 0; field == nullptr && i < message.field_count(); ++i) {
    if (message.field(i)->json_name() == name) field = message.field(i);
  }
  return field;
}

absl::Status NoSuchField(const Descriptor& message, absl::string_view name) {
  std::vector<std::string> known;
  for (int i = 0; i < message.field_count(); ++i) known.push_back(message.field(i)->name());
  std::string text =
      absl::StrCat("there is no field \"", Shown(name), "\" in ", message.full_name());
  const std::string nearest = NearestName(name, known);
  if (!nearest.empty()) absl::StrAppend(&text, "; did you mean \"", nearest, "\"?");
  return absl::InvalidArgumentError(text);
}

// Null if `field` cannot be followed by a dot.
const Descriptor* MembersOf(const FieldDescriptor& field) {
  return field.is_repeated() ? nullptr : field.message_type();
}

}  // namespace

absl::StatusOr<FieldPath> FieldPath::Resolve(const Descriptor& message, absl::string_view dotted) {
  if (dotted.empty()) return absl::InvalidArgumentError("the field path is empty");
  if (dotted.size() > kLongestText) {
    return absl::InvalidArgumentError(absl::StrCat("the field path \"", Shown(dotted, 40),
                                                   "\" is longer than ", kLongestText, " bytes"));
  }
  FieldPath path;
  const Descriptor* inside = &message;
  for (const absl::string_view name : absl::StrSplit(dotted, '.')) {
    if (inside == nullptr) {
      const FieldDescriptor& last = path.last();
      return absl::InvalidArgumentError(
          absl::StrCat("field \"", path.ToString(), "\" of ", message.full_name(), " is ",
                       last.is_map()        ? "a map"
                       : last.is_repeated() ? "a list"
                                            : "no message",
                       ", so \"", Shown(name), "\" cannot follow it"));
    }
    const FieldDescriptor* field = FindField(*inside, name);
    if (field == nullptr) return NoSuchField(*inside, name);
    path.fields_.push_back(field);
    inside = MembersOf(*field);
  }
  return path;
}

std::string FieldPath::ToString() const {
  return absl::StrJoin(fields_, ".", [](std::string* out, const FieldDescriptor* field) {
    absl::StrAppend(out, field->name());
  });
}

}  // namespace sluice

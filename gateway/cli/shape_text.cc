// SPDX-License-Identifier: Apache-2.0
#include "gateway/cli/shape_text.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/schema/editions/enum_names.h"

namespace sluice {
namespace {

constexpr int kIndentStep = 2;

std::string WithFormat(absl::string_view type, absl::string_view format) {
  return format.empty() ? std::string(type) : absl::StrCat(type, " (", format, ")");
}

std::string EnumText(const google::protobuf::EnumDescriptor& type, bool by_number) {
  std::string text = by_number ? "number: " : "string: ";
  for (int i = 0; i < type.value_count(); ++i) {
    if (i > 0) absl::StrAppend(&text, " | ");
    if (by_number) absl::StrAppend(&text, type.value(i)->number(), " ");
    absl::StrAppend(&text, JsonNameOf(*type.value(i)));
  }
  return text;
}

}  // namespace

std::string ShapeText::Write(const JsonShape& shape) { return Value(shape, 0); }

std::string ShapeText::Value(const JsonShape& shape, int depth) {
  switch (shape.kind()) {
    case JsonShape::Kind::kBoolean:
      return "boolean";
    case JsonShape::Kind::kNumber:
      return WithFormat("number", shape.format());
    case JsonShape::Kind::kString:
      return WithFormat("string", shape.format());
    case JsonShape::Kind::kEnum:
      return EnumText(*shape.enum_type(), shape.enums_are_numbers());
    case JsonShape::Kind::kNull:
      return "null";
    case JsonShape::Kind::kObject:
      return Object(shape, depth);
    case JsonShape::Kind::kAnyObject:
      return "any object";
    case JsonShape::Kind::kAnyArray:
      return "any array";
    case JsonShape::Kind::kAnyValue:
      return "any value";
    case JsonShape::Kind::kTyped:
      return "object with \"@type\"";
  }
  return "";
}

std::string ShapeText::Object(const JsonShape& shape, int depth) {
  const std::string name = shape.message_type()->full_name();
  if (depth >= options_.max_depth || !written_.insert(shape.message_type()).second) return name;
  const std::vector<JsonShape::Member> members = shape.Members();
  if (members.empty()) return absl::StrCat(name, " {}");
  const std::string indent(options_.indent + kIndentStep * depth, ' ');
  std::string text = absl::StrCat(name, " {\n");
  for (const JsonShape::Member& member : members) {
    absl::StrAppend(&text, indent, std::string(kIndentStep, ' '), Member(member, depth + 1), "\n");
  }
  return absl::StrCat(text, indent, "}");
}

std::string ShapeText::Member(const JsonShape::Member& member, int depth) {
  std::string text = absl::StrCat(member.name, ": ");
  // Before the value, which may be many lines.
  if (member.required) absl::StrAppend(&text, "required, ");
  if (!member.oneof.empty()) absl::StrAppend(&text, "oneof ", member.oneof, ", ");
  if (member.holds == JsonShape::Member::Holds::kArray) absl::StrAppend(&text, "array of ");
  if (member.holds == JsonShape::Member::Holds::kMap) {
    absl::StrAppend(&text, "map of ", member.key_format, " to ");
  }
  return absl::StrCat(text, Value(member.shape, depth));
}

}  // namespace sluice

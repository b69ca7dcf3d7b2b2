// SPDX-License-Identifier: Apache-2.0
#include "gateway/config/config_printer.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "gateway/config/config_draft.h"
#include "gateway/config/config_loader.h"
#include "gateway/config/field_value.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Plain where any reader of YAML sees the text itself: not a number, `true`, `null` or the like.
bool IsPlain(absl::string_view text) {
  if (text.empty() || !absl::ascii_isalpha(text[0]) || text.back() == ':') return false;
  for (const char c : text) {
    if (!absl::ascii_isalnum(c) && !absl::StrContains("_-./:", c)) return false;
  }
  for (const absl::string_view word :
       {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}) {
    if (absl::EqualsIgnoreCase(text, word)) return false;
  }
  return true;
}

// No value holds a control character, so that these two are all there is to escape.
std::string Scalar(absl::string_view text) {
  if (IsPlain(text)) return std::string(text);
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"\"", "\\\""}}), "\"");
}

// What is on the way from the top to a message.
struct Place {
  std::string path;
  int indent = 0;
  // `- ` before the first key of an item of a list, which stands in for as much indentation.
  absl::string_view bullet;
};

class Printer final {
 public:
  explicit Printer(const std::map<std::string, std::string>& origins) : origins_(origins) {}

  void PrintMessage(Place place, const Message& message) {
    const Descriptor& type = *message.GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      const size_t before = text_.size();
      PrintField(place, message, field);
      if (text_.size() != before) place.bullet = "";
    }
  }

  std::string Take() { return std::move(text_); }

 private:
  void PrintField(const Place& place, const Message& message, const FieldDescriptor& field) {
    const auto& reflection = *message.GetReflection();
    const std::string path =
        place.path.empty() ? field.name() : absl::StrCat(place.path, ".", field.name());
    const std::string key = absl::StrCat(Margin(place), field.name(), ":");
    if (field.is_repeated()) {
      PrintList({path, place.indent + 2, ""}, key, message, field);
    } else if (IsText(field)) {
      if (field.has_presence() && !reflection.HasField(message, &field)) return;
      PrintLine(absl::StrCat(key, " ", ValueText(message, field)), path);
    } else if (reflection.HasField(message, &field)) {
      PrintBelow({path, place.indent + 2, ""}, key, reflection.GetMessage(message, &field));
    }
  }

  // `key:` and the fields below it, or `key: {}`.
  void PrintBelow(const Place& place, absl::string_view key, const Message& message) {
    const size_t before = text_.size();
    absl::StrAppend(&text_, key, "\n");
    const size_t below = text_.size();
    PrintMessage(place, message);
    if (text_.size() != below) return;
    text_.resize(before);
    PrintLine(absl::StrCat(key, " {}"), place.path);
  }

  void PrintList(const Place& place, absl::string_view key, const Message& message,
                 const FieldDescriptor& field) {
    const auto& reflection = *message.GetReflection();
    const int size = reflection.FieldSize(message, &field);
    if (size == 0) {
      if (!origins_.contains(place.path)) return;
      PrintLine(absl::StrCat(key, field.is_map() ? " {}" : " []"), place.path);
    } else if (IsText(field)) {
      PrintLine(absl::StrCat(key, " ", ItemsText(message, field)), place.path);
    } else {
      absl::StrAppend(&text_, key, "\n");
      field.is_map() ? PrintEntries(place, message, field) : PrintItems(place, message, field);
    }
  }

  void PrintEntries(const Place& place, const Message& message, const FieldDescriptor& field) {
    const auto& reflection = *message.GetReflection();
    std::map<std::string, const Message*> entries;
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
      const Message& entry = reflection.GetRepeatedMessage(message, &field, i);
      const auto& of_entry = *entry.GetReflection();
      const Message& value = of_entry.GetMessage(entry, field.message_type()->map_value());
      entries[of_entry.GetString(entry, field.message_type()->map_key())] = &value;
    }
    for (const auto& [name, value] : entries) {
      PrintBelow({absl::StrCat(place.path, ".", name), place.indent + 2, ""},
                 absl::StrCat(Margin(place), Scalar(name), ":"), *value);
    }
  }

  void PrintItems(const Place& place, const Message& message, const FieldDescriptor& field) {
    const auto& reflection = *message.GetReflection();
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
      const Place item{absl::StrCat(place.path, "[", i, "]"), place.indent + 2, "- "};
      const size_t before = text_.size();
      PrintMessage(item, reflection.GetRepeatedMessage(message, &field, i));
      if (text_.size() == before) PrintLine(absl::StrCat(Margin(item), "{}"), item.path);
    }
  }

  static std::string ValueText(const Message& message, const FieldDescriptor& field) {
    if (KindOf(field) == sluice::config::v1::SECRET) return "\"***\"";
    const std::string text = GetText(message, field);
    return field.cpp_type() == FieldDescriptor::CPPTYPE_STRING ? Scalar(text) : text;
  }

  static std::string ItemsText(const Message& message, const FieldDescriptor& field) {
    const bool secret = KindOf(field) == sluice::config::v1::SECRET;
    std::vector<std::string> items;
    for (int i = 0; i < message.GetReflection()->FieldSize(message, &field); ++i) {
      items.push_back(secret ? "\"***\"" : Scalar(GetItemText(message, field, i)));
    }
    return absl::StrCat("[", absl::StrJoin(items, ", "), "]");
  }

  static std::string Margin(const Place& place) {
    return absl::StrCat(std::string(static_cast<size_t>(place.indent) - place.bullet.size(), ' '),
                        place.bullet);
  }

  void PrintLine(absl::string_view line, const std::string& path) {
    absl::StrAppend(&text_, line);
    if (const auto origin = origins_.find(path); origin != origins_.end()) {
      absl::StrAppend(&text_, "  # from ",
                      absl::StrReplaceAll(origin->second, {{"\n", "?"}, {"\r", "?"}}));
    }
    text_ += '\n';
  }

  const std::map<std::string, std::string>& origins_;
  std::string text_;
};

}  // namespace

std::string PrintYaml(const Message& message, const std::map<std::string, std::string>& origins) {
  Printer printer(origins);
  printer.PrintMessage({"", 0, ""}, message);
  return printer.Take();
}

std::string ToYaml(const EffectiveConfig& effective) {
  return PrintYaml(effective.config, effective.origins);
}

}  // namespace sluice

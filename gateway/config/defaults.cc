// SPDX-License-Identifier: Apache-2.0
#include "gateway/config/defaults.h"

#include <cassert>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gateway/config/field_value.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool HasPresets(const Descriptor& type) {
  for (int i = 0; i < type.field_count(); ++i) {
    if (!PresetTexts(*type.field(i)).empty()) return true;
  }
  return false;
}

void Preset(Message& message) {
  const Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    for (const std::string& text : PresetTexts(field)) {
      [[maybe_unused]] const absl::Status status = SetText(message, field, text);
      assert(status.ok());
    }
    // A message without presets (`schema`) means something by being there.
    if (!field.is_repeated() && !IsText(field) && HasPresets(*field.message_type())) {
      Preset(*message.GetReflection()->MutableMessage(&message, &field));
    }
  }
}

class DefaultOrigins final {
 public:
  explicit DefaultOrigins(ConfigDraft& draft) : draft_(draft) {}

  void Note(const std::string& path, const Message& message) {
    const Descriptor& type = *message.GetDescriptor();
    if (type.file() != sluice::config::v1::Config::descriptor()->file()) return;
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      NoteField(path.empty() ? field.name() : absl::StrCat(path, ".", field.name()), message,
                field);
    }
  }

 private:
  void NoteField(const std::string& path, const Message& message, const FieldDescriptor& field) {
    const auto& reflection = *message.GetReflection();
    if (IsText(field)) {
      draft_.SetDefaultOrigin(path);
    } else if (!field.is_repeated()) {
      if (reflection.HasField(message, &field)) Note(path, reflection.GetMessage(message, &field));
    } else {
      if (reflection.FieldSize(message, &field) == 0) draft_.SetDefaultOrigin(path);
      for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
        const Message& item = reflection.GetRepeatedMessage(message, &field, i);
        if (field.is_map()) {
          NoteEntry(path, item);
        } else {
          Note(absl::StrCat(path, "[", i, "]"), item);
        }
      }
    }
  }

  void NoteEntry(const std::string& path, const Message& entry) {
    const auto& reflection = *entry.GetReflection();
    const Descriptor& type = *entry.GetDescriptor();
    const std::string key = reflection.GetString(entry, type.map_key());
    Note(absl::StrCat(path, ".", key), reflection.GetMessage(entry, type.map_value()));
  }

  ConfigDraft& draft_;
};

}  // namespace

std::vector<std::string> PresetTexts(const FieldDescriptor& field) {
  if (!field.options().HasExtension(sluice::config::v1::preset)) return {};
  absl::string_view text = field.options().GetExtension(sluice::config::v1::preset);
  if (!field.is_repeated()) return {std::string(text)};
  absl::ConsumePrefix(&text, "[");
  absl::ConsumeSuffix(&text, "]");
  return absl::StrSplit(text, ", ");
}

void ApplyPresets(ConfigDraft& draft) { Preset(draft.config()); }

void NoteDefaults(ConfigDraft& draft) { DefaultOrigins(draft).Note("", draft.config()); }

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "gateway/config/presets.h"

#include <cassert>
#include <string>
#include <vector>

#include "gateway/config/field_value.h"
#include "google/protobuf/descriptor.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::OneofDescriptor;
using google::protobuf::Reflection;

bool IsOpen(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  if (field.is_repeated()) return reflection.FieldSize(message, &field) == 0;
  const OneofDescriptor* const choice = field.real_containing_oneof();
  return choice == nullptr ? !reflection.HasField(message, &field)
                           : !reflection.HasOneof(message, choice);
}

}  // namespace

void FillPresets(Message& message) {
  const Reflection& reflection = *message.GetReflection();
  const Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const std::vector<std::string> texts =
        IsOpen(message, field) ? PresetTexts(field) : std::vector<std::string>();
    if (!IsText(field)) {
      if (field.is_repeated()) continue;
      if (texts.empty() && !reflection.HasField(message, &field)) continue;
      FillPresets(*reflection.MutableMessage(&message, &field));
      continue;
    }
    for (const std::string& text : texts) {
      [[maybe_unused]] const absl::Status status = SetText(message, field, text);
      assert(status.ok());
    }
  }
}

}  // namespace sluice

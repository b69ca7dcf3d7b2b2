// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "gateway/config/config_draft.h"
#include "google/protobuf/descriptor.h"

namespace sluice {

// What a field holds if nothing says otherwise, by its option (sluice.config.v1.preset): one text,
// or the items of a list. Empty for a field without one.
std::vector<std::string> PresetTexts(const google::protobuf::FieldDescriptor& field);

// The lowest source: writes every preset, so that the others can write over it.
void ApplyPresets(ConfigDraft& draft);

// After the highest source: what nothing gave comes from `default`. Fields that know whether they
// were given, as those of sluice.v1.StreamOptions do, stay without an origin.
void NoteDefaults(ConfigDraft& draft);

}  // namespace sluice

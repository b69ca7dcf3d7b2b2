// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "google/protobuf/message.h"

namespace sluice {

// Gives every field that is absent what its option (sluice.v1.preset) says, in the message and in
// those below it that are there then. A message whose preset is not `{}` means something by being
// there (`schema`, `share`), and stays absent. So does what others exclude: the members of a oneof
// of which one is given. Items of lists and maps are left alone.
//
// A field without presence is absent if it holds zero, so this comes before what may say zero.
// REQUIRES: the presets can be read, which a test asks of every one of ours.
void FillPresets(google::protobuf::Message& message);

}  // namespace sluice

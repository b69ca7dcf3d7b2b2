// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace sluice {

// The name of `known` that someone who wrote `wanted` probably meant, for `did you mean …?`: the
// one with the fewest edits (a swap of two neighbours counts as one), upper and lower case alike.
// Empty if none is near: more than a third of the longer name would have to change.
//
// Bounds: names of more than 256 bytes are never near; of `known`, at most the first 100,000 names
//         are looked at.
std::string NearestName(absl::string_view wanted, const std::vector<std::string>& known);

}  // namespace sluice

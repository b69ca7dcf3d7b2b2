// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "demo/v1/faults.pb.h"

namespace sluice::demo {

// What Faults/Everything sends: every field set, none set, and the values at the ends of the
// ranges.
std::vector<::demo::v1::Kinds> AllKinds();

}  // namespace sluice::demo

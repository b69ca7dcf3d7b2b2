// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "gateway/schema/assembly/type_index.h"

namespace sluice {

// By file of the index: `a.proto: imports itself: a.proto → b.proto → a.proto` for files whose
// imports lead back to them, which no compiler takes; empty for others.
std::vector<std::string> ImportCircles(const TypeIndex& index);

// `a.proto → b.proto → a.proto`, the names as they may be shown; a long one is cut.
std::string CircleText(const std::vector<std::string>& names);

}  // namespace sluice

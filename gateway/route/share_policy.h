// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "gateway/route/option_reader.h"
#include "gateway/route/stream_policy.h"

namespace sluice {

// What `share` says, if it is there; reports whatever is wrong with it.
std::optional<SharePolicy> ResolveShare(OptionReader& check);

}  // namespace sluice

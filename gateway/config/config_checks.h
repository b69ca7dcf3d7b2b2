// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gateway/config/config_draft.h"
#include "gateway/config/config_loader.h"

namespace sluice {

// What types cannot say: addresses, targets, origins, networks, bounds, codes, and what must or
// must not stand together. What needs the schema (selectors, the options of streams) is checked
// where the schema is known.
//
// Errors: problems of the draft, each at the place that gave the value, or at the nearest above it
//         for one that is missing. REQUIRES: defaults have no origins yet.
void CheckConfig(ConfigDraft& draft, ConfigSources::Targets targets);

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "gateway/config/config_draft.h"
#include "gateway/config/config_loader.h"

namespace sluice {

// Single keys that are set from outside the file. A value replaces what the draft holds; what
// cannot be read is a problem and leaves it as it was.

// Variables that begin with SLUICE_. The name of an upstream in a variable is matched with those of
// the draft without regard to case, `-` and `.` written as `_`; one that is not there is added in
// lower case. Lists are separated by commas; an empty value is an empty list. What Kubernetes puts
// into every pod for Services whose names begin with `sluice` is ignored.
void ApplyEnvironment(const std::map<std::string, std::string>& environment, ConfigDraft& draft);

// The items of one list that several flags give become one list; of a single value the last counts.
void ApplyFlags(const std::vector<ConfigSources::Flag>& flags, ConfigDraft& draft);

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gateway/route/policy_check.h"

namespace sluice {

// Reports whatever is wrong with `share`, and in any case that streams cannot be shared: a stream
// that asks for it must not be private without a word.
void CheckShare(PolicyCheck& check);

}  // namespace sluice

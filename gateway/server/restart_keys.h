// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gateway/base/text/problem.h"
#include "gateway/config/config_loader.h"
#include "sluice/config/v1/config.pb.h"

namespace sluice {

// The keys in which `wanted` differs from `in_force` and that only a new process can take over,
// each with its place and both values: the addresses that are listened on, and the limits of what
// runs already.
Problems KeysThatNeedARestart(const sluice::config::v1::Config& in_force,
                              const EffectiveConfig& wanted);

}  // namespace sluice

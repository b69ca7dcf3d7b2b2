// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "gateway/schema/catalog.h"
#include "sluice/v1/stream.pb.h"

namespace sluice {

// Differs where the method, its upstream, its messages or its options do: what is shared survives a
// reload that does not concern it, and nothing else does. Means nothing outside of this process.
std::string ShareIdentity(const Method& method, const sluice::v1::StreamOptions& options);

}  // namespace sluice

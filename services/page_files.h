// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "absl/strings/string_view.h"

namespace sluice::demo {

// The files of services/page by path (`/app.js`), as they were when the program was built.
const std::map<std::string, absl::string_view>& PageFiles();

}  // namespace sluice::demo

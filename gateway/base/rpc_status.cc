// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/rpc_status.h"

#include "absl/strings/str_cat.h"

namespace sluice {

std::string CodeName(absl::StatusCode code) {
  std::string name = absl::StatusCodeToString(code);
  return name.empty() ? absl::StrCat(static_cast<int>(code)) : name;
}

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace sluice {

// Names that the events of a service cannot have: a page that listens to `open` or `error` hears
// of the connection, and one that listens to `message` hears events without a name; what begins
// with `stream-` is Sluice's own. Names are told apart by case.
bool IsEventSourcesName(absl::string_view name);
bool IsSluicesName(absl::string_view name);

// The name of a type as the name of its events: `error` ⇒ `Error`; any that is not EventSource's
// stays as it is. The string, or one that lives for ever.
const std::string& ListenableName(const std::string& name);

}  // namespace sluice

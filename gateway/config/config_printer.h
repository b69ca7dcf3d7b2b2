// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "google/protobuf/message.h"

namespace sluice {

// The message as YAML that YamlReader reads back to the same message, each value with its origin as
// a comment (`# from sluice.yaml:3:9`). A field that knows whether it was given is printed if it
// was; an empty list if it has an origin; a SECRET as "***".
std::string PrintYaml(const google::protobuf::Message& message,
                      const std::map<std::string, std::string>& origins);

}  // namespace sluice

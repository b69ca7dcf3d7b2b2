// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace sluice {

// A .proto file of proto/ whose text is part of the program.
struct BundledText {
  std::string name;
  std::string text;
};

// Made by embed_protos.cmake when the program is built.
const std::vector<BundledText>& BundledTexts();

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/message.h"

namespace sluice {

// A message that the transcoder is measured with.
struct Corpus {
  std::string name;
  std::unique_ptr<google::protobuf::Message> message;
};

// The same messages in every run.
std::vector<Corpus> MakeCorpora();

}  // namespace sluice

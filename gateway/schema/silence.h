// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "google/protobuf/stubs/common.h"
#include "google/protobuf/stubs/logging.h"

namespace sluice {

// While one exists, protobuf does not write to standard error what it also reports to us.
class Silence final {
 public:
  Silence() = default;
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;

 private:
  google::protobuf::LogSilencer silencer_;
};

}  // namespace sluice

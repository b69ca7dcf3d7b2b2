// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sluice/v1/stream.pb.h"

namespace sluice {

// How JSON differs from the canonical one. Nothing set: canonical proto3 JSON.
struct JsonOptions {
  bool proto_names = false;       // fields are called as in the .proto
  bool enums_as_numbers = false;  // by number, those with a name as well
  bool default_values = false;    // what is absent and has no presence is there with its default
  bool numbers_64 = false;        // 64-bit integers are numbers; JavaScript rounds them
  // An Any whose type nobody knows is `{"@type":"…","@value":"<base64>"}`; otherwise it is an
  // error.
  bool unknown_any_as_bytes = false;

  friend bool operator==(const JsonOptions&, const JsonOptions&) = default;
};

inline JsonOptions JsonOptionsOf(const sluice::v1::JsonOptions& written) {
  return {.proto_names = written.proto_names(),
          .enums_as_numbers = written.enums_as_numbers(),
          .default_values = written.default_values(),
          .numbers_64 = written.numbers_64()};
}

}  // namespace sluice

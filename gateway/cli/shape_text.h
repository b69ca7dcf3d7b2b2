// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>

#include "absl/strings/string_view.h"
#include "gateway/transcode/shape/json_shape.h"

namespace sluice {

// Writes shapes for people, a member a line:
//
//     demo.v1.WatchRequest {
//       symbols: array of string
//       since: string (RFC 3339 time)
//     }
//
// Bounds: the members of a type are written once in the life of the object, so that types which
//         hold themselves or each other come to an end; after that its name stands for it. Objects
//         nest as deep as `max_depth`.
class ShapeText final {
 public:
  struct Options {
    int indent = 0;       // columns before each line but the first
    int max_depth = 101;  // what the gateway lets through
  };

  explicit ShapeText(const Options& options) : options_(options) {}

  // Without a line end behind it.
  std::string Write(const JsonShape& shape);

 private:
  std::string Value(const JsonShape& shape, int depth);
  std::string Object(const JsonShape& shape, int depth);
  std::string Member(const JsonShape::Member& member, int depth);

  const Options options_;
  std::set<const google::protobuf::Descriptor*> written_;
};

}  // namespace sluice

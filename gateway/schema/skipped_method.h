// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace sluice {

// A method that is known and not served, or a service none of whose methods is even known.
struct SkippedMethod {
  // kSchema: something is wrong with its schema, and the reason may tell what only operators are to
  // know. kRequestStream: browsers cannot call it.
  enum class Cause { kSchema, kRequestStream };

  std::string full_name;  // `demo.v1.Ticker.Watch`; of a service `demo.v1.Ticker`
  std::string path;       // `/demo.v1.Ticker/Watch`; of a service `/demo.v1.Ticker/`
  std::string upstream;   // the name in the configuration; empty before the catalog
  std::string reason;     // a sentence
  Cause cause = Cause::kSchema;

  bool is_service() const { return path.ends_with('/'); }
};

}  // namespace sluice

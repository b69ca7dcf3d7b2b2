// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace sluice {

// How a body of bytes ends. The browser must be able to tell the two apart.
enum class BodyEnd : uint8_t {
  kClean,  // complete: do not come back
  kOpen,   // broken off at an event boundary: come back
};

// Whoever sends a Body: told that there is something to look at, never given it.
//
// Threads: the body's.
class BodyReader {
 public:
  virtual ~BodyReader() = default;

  // There are bytes to send. May be told again before they are.
  virtual void OnBytes() = 0;

  // The same, told in a turn of its own, in which it may act at once.
  virtual void OnPass() { OnBytes(); }

  // Nothing will be appended any more. What is there may still be sent.
  virtual void OnEnd(BodyEnd end) = 0;
};

}  // namespace sluice

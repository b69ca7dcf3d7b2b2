// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sluice {

// How a body of bytes ends. The browser must be able to tell the two apart.
enum class BodyEnd {
  kClean,  // complete: do not come back
  kOpen,   // broken off at an event boundary: come back
};

// Whoever reads a ByteLog or a SharedBody: told that there is something to look at, never given it.
//
// Threads: called on the thread of the log's appender, or of the body.
class BodyReader {
 public:
  virtual ~BodyReader() = default;

  // New bytes were published. Told once; not again before the subscriber has read to the end.
  virtual void OnBytes() = 0;

  // The same, told in a turn of its own, in which it may act at once.
  virtual void OnPass() { OnBytes(); }

  // Nothing will be appended any more. What was published before may still be read.
  virtual void OnEnd(BodyEnd end) = 0;
};

}  // namespace sluice

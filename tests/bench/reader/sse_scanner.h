// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::bench {

// What was received while it counted.
struct Tally {
  uint64_t events = 0;
  uint64_t bytes = 0;
  // Nanoseconds from the source's clock to the reader's; kept only when asked for.
  bool keep_latencies = false;
  std::vector<int64_t> latencies_ns;
};

// Reads one HTTP/1.1 response of Server-Sent Events as it comes in and counts the events that carry
// a message: those whose data is a JSON object with `"sentNs"`. The events that a gateway sends of
// its own (an opening, a heartbeat) do not count, nor do comments.
//
// In:      bytes as they come from the socket, cut anywhere; chunked or not.
// Bounds:  a head of 16 KiB, a line of 8 MiB, two million latencies.
// Threads: one.
// Errors:  Scan says false when the response is not 200, or not HTTP as understood here, or over.
class SseScanner final {
 public:
  // REQUIRES: not called again after it returned false.
  bool Scan(std::string_view bytes, Tally& tally);

  // The head was 200.
  bool opened() const { return part_ != Part::kHead; }
  // The last chunk arrived: the server ended the stream in good order.
  bool ended() const { return part_ == Part::kEnd; }
  // For the message about a response that was refused.
  const std::string& head() const { return kept_; }

 private:
  enum class Part { kHead, kChunkSize, kChunk, kChunkEnd, kUnchunked, kEnd };

  // Each takes what it can from the front of `bytes`. False: the response is broken or refused.
  bool TakeHead(std::string_view& bytes);
  bool TakeChunkSize(std::string_view& bytes);
  bool TakeChunk(std::string_view& bytes, Tally& tally);
  bool TakeChunkEnd(std::string_view& bytes);

  bool ScanText(std::string_view text, Tally& tally);
  static void ScanLine(std::string_view line, Tally& tally);

  Part part_ = Part::kHead;
  // The head, or the beginning of a chunk's size line, that is not complete yet.
  std::string kept_;
  size_t chunk_left_ = 0;
  // The beginning of a line of text that is not complete yet.
  std::string line_;
};

}  // namespace sluice::bench

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>

#include "absl/strings/string_view.h"
#include "gateway/base/bytes/output_buffer.h"

namespace sluice {

// The chunks of a SharedLog, as its appender and its readers see them.
struct SharedLogChunk {
  static constexpr uint64_t kOpen = std::numeric_limits<uint64_t>::max();

  uint64_t begin = 0;  // position of the first byte
  size_t capacity = 0;
  std::unique_ptr<char[]> bytes;  // the appender's until they are published
  // Position behind the last byte; kOpen while entries may still come. Stored after `next`.
  std::atomic<uint64_t> end{kOpen};
  std::shared_ptr<SharedLogChunk> next;
};

// What readers on other threads look at.
struct SharedLogExtent {
  std::atomic<uint64_t> begin{0};  // entries before it are forgotten
  std::atomic<uint64_t> end{0};    // bytes before it are published
};

class SharedLogReader;

// An append-only log that many read: entries of bytes, of which the oldest are forgotten. What is
// published never changes.
//
// In:        Append, or Tail and AppendTail; then Publish.
// Out:       SharedLogReader, one for each loop.
// Bounds:    none of its own; its owner calls ForgetBefore. A chunk is freed when all its entries
//            are forgotten, and no reader has yet to look.
// Ownership: chunks are shared by the log and its readers, and immutable once published.
// Threads:   one appender. Readers may look from other threads.
// Errors:    none.
class SharedLog final {
 public:
  struct Options {
    // Chunks begin small, so that a topic of few events costs little, and double.
    size_t min_chunk_bytes = 1024;
    size_t max_chunk_bytes = 64 * 1024;
  };

  explicit SharedLog(const Options& options);
  ~SharedLog();
  SharedLog(const SharedLog&) = delete;
  SharedLog& operator=(const SharedLog&) = delete;

  // Copies an entry to the end; it lies contiguously. Visible at Publish.
  void Append(absl::string_view entry);

  // The end of the log, so that an entry is written to where it is to lie. Until AppendTail or the
  // end of the buffer nothing else may be called; without AppendTail nothing has been appended.
  OutputBuffer Tail();
  // Appends what was written to `tail`, which is from Tail and of no use then.
  void AppendTail(const OutputBuffer& tail);

  void Publish();

  // REQUIRES: an entry begins at `position`, or it is the end.
  void ForgetBefore(uint64_t position);

  // The bytes of an entry that is not forgotten.
  absl::string_view EntryAt(uint64_t position, size_t bytes) const;

  // Where the next entry will begin; what lies before `published` is visible.
  uint64_t end_position() const { return end_; }
  uint64_t published() const { return extent_->end.load(std::memory_order_relaxed); }

  // Memory of the chunks.
  size_t held_bytes() const { return held_bytes_; }

 private:
  friend class SharedLogReader;

  // Memory that is to become a chunk.
  struct Block {
    std::unique_ptr<char[]> bytes;
    size_t capacity = 0;
  };

  static void GrowTail(void* log, OutputBuffer& tail, size_t bytes);
  Block MakeBlock(size_t at_least) const;
  void AddChunk(Block block);

  const Options options_;
  const std::shared_ptr<SharedLogExtent> extent_;
  std::deque<std::shared_ptr<SharedLogChunk>> chunks_;  // never empty
  Block grown_;  // holds what was written to Tail, where that has outgrown the last chunk
  size_t next_chunk_bytes_;
  uint64_t end_ = 0;  // of what was appended
  size_t held_bytes_ = 0;
};

// One thread's view of a SharedLog: what is in it was there when Look was last called.
//
// Ownership: keeps the chunks of its view alive, and those that followed since.
// Threads:   one at a time; made on the appender's.
class SharedLogReader final {
 public:
  explicit SharedLogReader(const SharedLog& log);
  ~SharedLogReader();
  SharedLogReader(const SharedLogReader&) = delete;
  SharedLogReader& operator=(const SharedLogReader&) = delete;

  // Takes in what was published and what was forgotten. The chunks of what was forgotten stay until
  // DropBefore.
  void Look();
  // The entry before `position` stays, for Before. REQUIRES: nobody reads before `position` any
  // more.
  void DropBefore(uint64_t position);

  uint64_t begin() const { return begin_; }
  uint64_t end() const { return end_; }

  // The bytes from `position` on, as far as they lie contiguously and were published; empty at the
  // end. REQUIRES: `position` was not dropped, and is at most end().
  absl::string_view From(uint64_t position) const;

  // The bytes before `position`, as far as they lie contiguously and are still here.
  absl::string_view Before(uint64_t position) const;

 private:
  const SharedLogChunk& ChunkOf(uint64_t position) const;

  const std::shared_ptr<const SharedLogExtent> extent_;
  std::deque<std::shared_ptr<const SharedLogChunk>> chunks_;  // never empty
  uint64_t begin_ = 0;
  uint64_t end_ = 0;
};

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gateway/base/bytes/output_buffer.h"

namespace sluice {

// Bytes on their way from one writer to one reader: what is appended lies where it was written
// until it is read, in chunks that are freed as they are read.
//
// In:        Append, or Tail and AppendTail.
// Out:       Pieces, then Advance.
// Bounds:    none of its own; who appends looks at size(). Empty, it holds no memory but itself.
// Threads:   one.
// Errors:    none.
class ByteQueue final {
 public:
  // Memory of a chunk, but for one that a single long Append or event needs. Chunks begin small, so
  // that a stream of few events costs little, and double while nobody reads.
  static constexpr size_t kMinChunkBytes = 1024;
  static constexpr size_t kMaxChunkBytes = 64 * 1024;

  ByteQueue();
  ~ByteQueue();
  ByteQueue(const ByteQueue&) = delete;
  ByteQueue& operator=(const ByteQueue&) = delete;

  // Copies `bytes` to the end. One call's bytes lie contiguously.
  void Append(absl::string_view bytes);

  // The end of the queue, so that bytes are written to where they are to lie. Until AppendTail or
  // the end of the buffer nothing else may be called; without AppendTail nothing has been appended.
  OutputBuffer Tail();
  // Appends what was written to `tail`, which is from Tail and of no use then.
  void AppendTail(const OutputBuffer& tail);

  // Copies `bytes` to the front: they are read next.
  void Prepend(absl::string_view bytes);

  // What is not read, from the front on, in as many pieces as `pieces` has room for. Returns how
  // many those are. Valid until Advance; what is appended meanwhile does not move it.
  size_t Pieces(absl::Span<absl::string_view> pieces) const;

  // `bytes` more were read. REQUIRES: not more than size().
  void Advance(size_t bytes);

  // Bytes that are not read.
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  struct Chunk;
  struct FreeChunk {
    void operator()(Chunk* chunk) const;
  };
  using ChunkPtr = std::unique_ptr<Chunk, FreeChunk>;

  static void GrowTail(void* queue, OutputBuffer& tail, size_t bytes);
  void AddChunk(size_t bytes);
  void NoteEmpty();

  ChunkPtr head_;
  Chunk* tail_ = nullptr;
  size_t size_ = 0;
  uint32_t next_chunk_bytes_ = kMinChunkBytes;
  uint32_t batch_bytes_ = 0;  // appended since it was empty last, or a large number
};

}  // namespace sluice

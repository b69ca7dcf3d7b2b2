// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/bytes/byte_queue.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <new>
#include <utility>

// A list of chunks. Bytes are added to the last and read from the first, which goes when it is
// read. A reader that keeps up leaves nothing: then the next chunk is made for another batch of the
// size of the last one, so that it lies in one piece, and is sent by one plain `send`.

namespace sluice {
namespace {

// Of a chunk that Sluice's own events begin, of which there are few and short ones.
constexpr size_t kShortChunkBytes = 256;

}  // namespace

// The bytes follow in the same piece of memory.
struct ByteQueue::Chunk {
  static ChunkPtr New(size_t capacity) {
    return ChunkPtr(new (::operator new(sizeof(Chunk) + capacity)) Chunk{.capacity = capacity});
  }

  char* bytes() { return reinterpret_cast<char*>(this + 1); }
  size_t room() const { return capacity - end; }
  absl::string_view unread() { return {bytes() + begin, end - begin}; }

  ChunkPtr next = nullptr;
  const size_t capacity;
  size_t begin = 0;  // what lies before was read
  size_t end = 0;
};

void ByteQueue::FreeChunk::operator()(Chunk* chunk) const {
  chunk->~Chunk();
  ::operator delete(chunk);
}

ByteQueue::ByteQueue() = default;

// One by one: a million chunks must not recurse a million times.
ByteQueue::~ByteQueue() {
  while (head_ != nullptr) head_ = std::move(head_->next);
}

void ByteQueue::Append(absl::string_view bytes) {
  if (bytes.empty()) return;
  if (tail_ == nullptr) {
    AddChunk(std::max(bytes.size(), kShortChunkBytes - sizeof(Chunk)));
  } else if (tail_->room() < bytes.size()) {
    AddChunk(std::max(bytes.size(), next_chunk_bytes_ - sizeof(Chunk)));
  }
  std::memcpy(tail_->bytes() + tail_->end, bytes.data(), bytes.size());
  tail_->end += bytes.size();
  size_ += bytes.size();
  batch_bytes_ = static_cast<uint32_t>(std::min(batch_bytes_ + bytes.size(), kMaxChunkBytes));
}

OutputBuffer ByteQueue::Tail() {
  if (tail_ == nullptr) return OutputBuffer(nullptr, nullptr, &GrowTail, this);
  char* const bytes = tail_->bytes();
  return OutputBuffer(bytes + tail_->end, bytes + tail_->capacity, &GrowTail, this);
}

// A chunk that was too small, and into which nothing else was written, is left behind empty.
void ByteQueue::GrowTail(void* queue, OutputBuffer& tail, size_t bytes) {
  ByteQueue& self = *static_cast<ByteQueue*>(queue);
  self.AddChunk(
      std::max(tail.size() + std::max(bytes, tail.size()), self.next_chunk_bytes_ - sizeof(Chunk)));
  char* const room = self.tail_->bytes();
  if (tail.size() > 0) std::memcpy(room, tail.written().data(), tail.size());
  tail.Move(room, room + self.tail_->capacity);
}

void ByteQueue::AppendTail(const OutputBuffer& tail) {
  if (tail.size() == 0) return;
  assert(tail.written().data() == tail_->bytes() + tail_->end);
  tail_->end += tail.size();
  size_ += tail.size();
  batch_bytes_ = static_cast<uint32_t>(std::min(batch_bytes_ + tail.size(), kMaxChunkBytes));
}

void ByteQueue::Prepend(absl::string_view bytes) {
  if (bytes.empty()) return;
  ChunkPtr chunk = Chunk::New(bytes.size());
  std::memcpy(chunk->bytes(), bytes.data(), bytes.size());
  chunk->end = bytes.size();
  size_ += bytes.size();
  if (tail_ == nullptr) tail_ = chunk.get();
  chunk->next = std::move(head_);
  head_ = std::move(chunk);
}

void ByteQueue::AddChunk(size_t bytes) {
  ChunkPtr chunk = Chunk::New(bytes);
  Chunk* const added = chunk.get();
  (tail_ == nullptr ? head_ : tail_->next) = std::move(chunk);
  tail_ = added;
  if (bytes + sizeof(Chunk) < next_chunk_bytes_) return;
  next_chunk_bytes_ = std::min<uint32_t>(next_chunk_bytes_ * 2, kMaxChunkBytes);
}

size_t ByteQueue::Pieces(absl::Span<absl::string_view> pieces) const {
  size_t count = 0;
  for (Chunk* chunk = head_.get(); chunk != nullptr && count < pieces.size();
       chunk = chunk->next.get()) {
    if (chunk->begin < chunk->end) pieces[count++] = chunk->unread();
  }
  return count;
}

void ByteQueue::Advance(size_t bytes) {
  assert(bytes <= size_);
  size_ -= bytes;
  if (size_ == 0) return NoteEmpty();
  while (bytes > 0) {
    const size_t here = std::min(bytes, head_->end - head_->begin);
    head_->begin += here;
    bytes -= here;
    if (head_->begin == head_->end) head_ = std::move(head_->next);
  }
}

void ByteQueue::NoteEmpty() {
  while (head_ != nullptr) head_ = std::move(head_->next);
  tail_ = nullptr;
  const size_t wanted = sizeof(Chunk) + batch_bytes_ + batch_bytes_ / 2;
  next_chunk_bytes_ = kMinChunkBytes;
  while (next_chunk_bytes_ < wanted && next_chunk_bytes_ < kMaxChunkBytes) next_chunk_bytes_ *= 2;
  batch_bytes_ = 0;
}

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/bytes/shared_log.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

// One store makes a batch visible: `extent.end`. Whatever lies before it, in however many chunks,
// was written before; a chunk's `end` tells a reader where to step over to the next.

namespace sluice {

SharedLog::SharedLog(const Options& options)
    : options_(options),
      extent_(std::make_shared<SharedLogExtent>()),
      next_chunk_bytes_(options.min_chunk_bytes) {
  chunks_.push_back(std::make_shared<SharedLogChunk>());
}

// Front to back, so that no chunk's end recurses into the next one's.
SharedLog::~SharedLog() {
  while (!chunks_.empty()) chunks_.pop_front();
}

void SharedLog::Append(absl::string_view entry) {
  if (entry.empty()) return;
  if (chunks_.back()->begin + chunks_.back()->capacity - end_ < entry.size()) {
    AddChunk(MakeBlock(entry.size()));
  }
  SharedLogChunk& chunk = *chunks_.back();
  std::memcpy(chunk.bytes.get() + (end_ - chunk.begin), entry.data(), entry.size());
  end_ += entry.size();
}

OutputBuffer SharedLog::Tail() {
  grown_ = {};
  const SharedLogChunk& chunk = *chunks_.back();
  if (chunk.capacity == 0) return OutputBuffer(nullptr, nullptr, &GrowTail, this);
  char* const begin = chunk.bytes.get();
  return OutputBuffer(begin + (end_ - chunk.begin), begin + chunk.capacity, &GrowTail, this);
}

// Into a block beside the chunks, which becomes one if the entry is appended.
void SharedLog::GrowTail(void* log, OutputBuffer& tail, size_t bytes) {
  SharedLog& self = *static_cast<SharedLog*>(log);
  Block block = self.MakeBlock(std::max(tail.size() + bytes, tail.size() * 2));
  if (tail.size() > 0) std::memcpy(block.bytes.get(), tail.written().data(), tail.size());
  tail.Move(block.bytes.get(), block.bytes.get() + block.capacity);
  self.grown_ = std::move(block);
}

void SharedLog::AppendTail(const OutputBuffer& tail) {
  if (tail.size() == 0) return;
  if (tail.written().data() == grown_.bytes.get()) AddChunk(std::move(grown_));
  end_ += tail.size();
}

SharedLog::Block SharedLog::MakeBlock(size_t at_least) const {
  const size_t capacity = std::max(at_least, next_chunk_bytes_);
  return {.bytes = std::unique_ptr<char[]>(new char[capacity]), .capacity = capacity};
}

void SharedLog::AddChunk(Block block) {
  auto chunk = std::make_shared<SharedLogChunk>();
  chunk->begin = end_;
  chunk->capacity = block.capacity;
  chunk->bytes = std::move(block.bytes);
  held_bytes_ += chunk->capacity;
  next_chunk_bytes_ = std::min(next_chunk_bytes_ * 2, options_.max_chunk_bytes);
  chunks_.back()->next = chunk;
  chunks_.back()->end.store(end_, std::memory_order_release);
  chunks_.push_back(std::move(chunk));
}

void SharedLog::Publish() { extent_->end.store(end_, std::memory_order_release); }

void SharedLog::ForgetBefore(uint64_t position) {
  assert(position <= end_);
  extent_->begin.store(position, std::memory_order_release);
  while (chunks_.size() > 1 && chunks_.front()->end.load(std::memory_order_relaxed) <= position) {
    held_bytes_ -= chunks_.front()->capacity;
    chunks_.pop_front();
  }
}

absl::string_view SharedLog::EntryAt(uint64_t position, size_t bytes) const {
  const auto after = std::upper_bound(
      chunks_.begin(), chunks_.end(), position,
      [](uint64_t at, const std::shared_ptr<SharedLogChunk>& chunk) { return at < chunk->begin; });
  const SharedLogChunk& chunk = **std::prev(after);
  return {chunk.bytes.get() + (position - chunk.begin), bytes};
}

SharedLogReader::SharedLogReader(const SharedLog& log) : extent_(log.extent_) {
  chunks_.push_back(log.chunks_.front());
  Look();
}

// One at a time, as in the log: much may have come since this reader looked, and each chunk holds
// the next.
SharedLogReader::~SharedLogReader() {
  while (chunks_.size() > 1) chunks_.pop_front();
  std::shared_ptr<const SharedLogChunk> last = std::move(chunks_.front());
  while (last->end.load(std::memory_order_acquire) != SharedLogChunk::kOpen) last = last->next;
}

void SharedLogReader::Look() {
  end_ = extent_->end.load(std::memory_order_acquire);
  // What is forgotten may be ahead of what was seen as published a moment ago.
  begin_ = std::min(extent_->begin.load(std::memory_order_acquire), end_);
  while (chunks_.back()->end.load(std::memory_order_acquire) < end_) {
    chunks_.push_back(chunks_.back()->next);
  }
}

void SharedLogReader::DropBefore(uint64_t position) {
  while (chunks_.size() > 1 && chunks_.front()->end.load(std::memory_order_relaxed) < position) {
    chunks_.pop_front();
  }
}

const SharedLogChunk& SharedLogReader::ChunkOf(uint64_t position) const {
  if (chunks_.back()->begin <= position) return *chunks_.back();
  const auto after =
      std::upper_bound(chunks_.begin(), chunks_.end(), position,
                       [](uint64_t at, const std::shared_ptr<const SharedLogChunk>& chunk) {
                         return at < chunk->begin;
                       });
  assert(after != chunks_.begin());
  return **std::prev(after);
}

absl::string_view SharedLogReader::From(uint64_t position) const {
  if (position >= end_) return {};
  const SharedLogChunk& chunk = ChunkOf(position);
  const uint64_t end = std::min(end_, chunk.end.load(std::memory_order_acquire));
  return {chunk.bytes.get() + (position - chunk.begin), static_cast<size_t>(end - position)};
}

absl::string_view SharedLogReader::Before(uint64_t position) const {
  if (position == 0 || position > end_ || chunks_.front()->begin >= position) return {};
  const SharedLogChunk& chunk = ChunkOf(position - 1);
  return {chunk.bytes.get(), static_cast<size_t>(position - chunk.begin)};
}

}  // namespace sluice

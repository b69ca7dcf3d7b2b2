// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/bytes/byte_log.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>
#include <vector>

// A reader needs one word of a chunk to know all: how many bytes are published, and whether that is
// all there will ever be ("sealed": go on in the next chunk). A batch that spans several chunks is
// prepared from its end, and one store into the chunk where the last batch ended makes all of it
// visible at once.
//
// The same word carries the way back: a reader that has read everything marks the chunk as drained.
// The appender sees that at its next Publish, and so knows that the subscriber wants to be told
// again, and that its reader keeps up. The reader of such a log will be done with this batch soon
// as well, so the chunk is sealed and gets a successor without memory: the reader's step into it
// frees the chunk, and a stream that says nothing costs next to nothing.

namespace sluice {
namespace {

constexpr uint64_t kSealed = uint64_t{1} << 63;
constexpr uint64_t kDrained = uint64_t{1} << 62;

size_t PublishedOf(uint64_t state) { return static_cast<size_t>(state & ~(kSealed | kDrained)); }

}  // namespace

struct ByteLog::Chunk {
  // A chain of a million chunks must not recurse a million times: chunks that die while one dies
  // are kept for the outermost destructor of their thread.
  ~Chunk() {
    if (next == nullptr) return;
    static thread_local std::vector<std::shared_ptr<Chunk>>* dying = nullptr;
    if (dying != nullptr) {
      dying->push_back(std::move(next));
      return;
    }
    std::vector<std::shared_ptr<Chunk>> chain;
    dying = &chain;
    chain.push_back(std::move(next));
    while (!chain.empty()) {
      std::shared_ptr<Chunk> chunk = std::move(chain.back());
      chain.pop_back();
      chunk.reset();
    }
    dying = nullptr;
  }

  std::atomic<uint64_t> state{0};

  // The appender's until `state` has published them.
  std::unique_ptr<char[]> bytes;
  std::shared_ptr<Chunk> next;

  // The appender's for ever.
  size_t capacity = 0;
  size_t written = 0;
};

ByteLog::ByteLog(Options options)
    : options_(options),
      tail_(std::make_shared<Chunk>()),
      published_tail_(tail_),
      next_chunk_bytes_(options.min_chunk_bytes) {}
ByteLog::ByteLog() : ByteLog(Options()) {}

ByteLog::~ByteLog() {
  if (end_.has_value() || subscriber_ == nullptr) return;
  end_ = BodyEnd::kOpen;
  subscriber_->OnEnd(BodyEnd::kOpen);
}

void ByteLog::Append(absl::string_view bytes) {
  assert(!end_.has_value());
  if (bytes.empty()) return;
  if (tail_->capacity - tail_->written < bytes.size()) MakeRoom(bytes.size());
  std::memcpy(tail_->bytes.get() + tail_->written, bytes.data(), bytes.size());
  tail_->written += bytes.size();
  pending_bytes_ += bytes.size();
}

OutputBuffer ByteLog::Tail() {
  assert(!end_.has_value());
  char* const begin = tail_->bytes.get();
  return OutputBuffer(begin + tail_->written, begin + tail_->capacity, &GrowTail, this);
}

void ByteLog::AppendTail(const OutputBuffer& tail) {
  assert(tail.size() == 0 || tail.written().data() == tail_->bytes.get() + tail_->written);
  tail_->written += tail.size();
  pending_bytes_ += tail.size();
}

void ByteLog::GrowTail(void* log, OutputBuffer& tail, size_t bytes) {
  ByteLog& self = *static_cast<ByteLog*>(log);
  // Where nothing else was written MakeRoom replaces the memory in which the text lies.
  std::shared_ptr<Chunk> left = self.tail_;
  std::unique_ptr<char[]> memory;
  if (left->written == 0) memory = std::move(left->bytes);
  self.MakeRoom(tail.size() + std::max(bytes, tail.size()));
  Chunk& chunk = *self.tail_;
  if (tail.size() > 0) std::memcpy(chunk.bytes.get(), tail.written().data(), tail.size());
  tail.Move(chunk.bytes.get(), chunk.bytes.get() + chunk.capacity);
}

void ByteLog::MakeRoom(size_t bytes) {
  if (tail_->written > 0) {
    tail_->next = std::make_shared<Chunk>();
    tail_ = tail_->next;
  }
  tail_->capacity = std::max(bytes, next_chunk_bytes_);
  tail_->bytes.reset(new char[tail_->capacity]);
  next_chunk_bytes_ = std::min(std::max(next_chunk_bytes_, tail_->capacity / 2) * 2,
                               std::max(options_.max_chunk_bytes, options_.min_chunk_bytes));
}

void ByteLog::SealTail() {
  // The next batch will probably be like this one, and should lie in one piece.
  const size_t wanted = pending_bytes_ + pending_bytes_ / 2;
  next_chunk_bytes_ = options_.min_chunk_bytes;
  while (next_chunk_bytes_ < wanted && next_chunk_bytes_ < options_.max_chunk_bytes) {
    next_chunk_bytes_ *= 2;
  }
  tail_->next = std::make_shared<Chunk>();
  tail_ = tail_->next;
}

void ByteLog::Publish() {
  if (pending_bytes_ == 0) return;
  if ((published_tail_->state.load(std::memory_order_relaxed) & kDrained) != 0) SealTail();
  const auto state_of = [](const Chunk& chunk) {
    return chunk.written | (chunk.next == nullptr ? 0 : kSealed);
  };
  for (Chunk* chunk = published_tail_->next.get(); chunk != nullptr; chunk = chunk->next.get()) {
    chunk->state.store(state_of(*chunk), std::memory_order_relaxed);
  }
  end_position_ += std::exchange(pending_bytes_, 0);
  const uint64_t before =
      published_tail_->state.exchange(state_of(*published_tail_), std::memory_order_acq_rel);
  published_tail_ = tail_;
  if ((before & kDrained) != 0) told_ = false;
  Tell();
}

void ByteLog::Tell() {
  if (subscriber_ == nullptr || told_) return;
  told_ = true;
  subscriber_->OnBytes();
}

void ByteLog::Close(BodyEnd end) {
  assert(!end_.has_value());
  Publish();
  end_ = end;
  if (subscriber_ != nullptr) subscriber_->OnEnd(end);
}

void ByteLog::SetReader(BodyReader* subscriber) {
  subscriber_ = subscriber;
  told_ = false;
  if (subscriber_ == nullptr) return;
  const uint64_t state = published_tail_->state.load(std::memory_order_acquire);
  if (end_position_ > 0 && (state & kDrained) == 0) Tell();
  if (end_.has_value() && subscriber_ != nullptr) subscriber_->OnEnd(*end_);
}

ByteLogCursor ByteLog::CursorAtEnd() const {
  const uint64_t state = published_tail_->state.load(std::memory_order_relaxed);
  return ByteLogCursor(published_tail_, PublishedOf(state), end_position_);
}

uint64_t ByteLog::end_position() const { return end_position_; }
std::optional<BodyEnd> ByteLog::end() const { return end_; }

ByteLogCursor::ByteLogCursor(std::shared_ptr<ByteLog::Chunk> chunk, size_t offset,
                             uint64_t position)
    : chunk_(std::move(chunk)), offset_(offset), position_(position) {}
ByteLogCursor& ByteLogCursor::operator=(ByteLogCursor&&) noexcept = default;
ByteLogCursor& ByteLogCursor::operator=(const ByteLogCursor&) = default;
ByteLogCursor::~ByteLogCursor() = default;

absl::string_view ByteLogCursor::Unread() {
  if (chunk_ == nullptr) return {};
  while (true) {
    uint64_t state = chunk_->state.load(std::memory_order_acquire);
    if (offset_ < PublishedOf(state)) {
      return {chunk_->bytes.get() + offset_, PublishedOf(state) - offset_};
    }
    if ((state & kSealed) != 0) {
      std::shared_ptr<ByteLog::Chunk> next = chunk_->next;
      chunk_ = std::move(next);
      offset_ = 0;
      continue;
    }
    if ((state & kDrained) != 0) return {};
    if (chunk_->state.compare_exchange_strong(state, state | kDrained, std::memory_order_acq_rel)) {
      return {};
    }
  }
}

size_t ByteLogCursor::UnreadPieces(absl::Span<absl::string_view> pieces) const {
  size_t count = 0;
  size_t offset = offset_;
  // Each chunk keeps the next one alive, and chunk_ the first.
  for (const ByteLog::Chunk* chunk = chunk_.get(); chunk != nullptr && count < pieces.size();) {
    const uint64_t state = chunk->state.load(std::memory_order_acquire);
    if (offset < PublishedOf(state)) {
      pieces[count++] = {chunk->bytes.get() + offset, PublishedOf(state) - offset};
    }
    chunk = (state & kSealed) != 0 ? chunk->next.get() : nullptr;
    offset = 0;
  }
  return count;
}

void ByteLogCursor::Advance(size_t bytes) {
  position_ += bytes;
  while (true) {
    // The last call steps out of a chunk that was read, and so frees it now and not at the next
    // event.
    const size_t here = Unread().size();
    if (bytes == 0) return;
    assert(here > 0);
    const size_t taken = std::min(bytes, here);
    offset_ += taken;
    bytes -= taken;
  }
}

}  // namespace sluice

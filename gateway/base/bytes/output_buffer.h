// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <utility>

#include "absl/strings/string_view.h"

namespace sluice {

// Where text is written once, byte after byte, into memory that somebody else keeps: the end of a
// log or a queue. The text always lies in one piece.
//
// Who writes a lot takes the raw pointers: Reserve(n), write at most n bytes from `at()` on, say
// with set_at() where they end.
//
// Hosting:   a log hands out OutputBuffer(free room at its tail, its end, Grow, itself). When there
//            is too little room, Grow is called: it finds a larger place, copies `written()` to its
//            beginning and calls Move. When all went well the log takes `written()` over, which
//            already lies where it is to lie; otherwise it forgets the buffer, and nothing was
//            written. ByteQueue::Tail is an example. Without a host the buffer has its own memory.
// Bounds:    none of its own.
// Threads:   one.
class OutputBuffer final {
 public:
  // Makes room for `bytes` more after what was written.
  using Grow = void (*)(void* host, OutputBuffer& buffer, size_t bytes);

  OutputBuffer() : grow_(&GrowOwn) {}
  OutputBuffer(char* room, char* end, Grow grow, void* host)
      : begin_(room), at_(room), end_(end), grow_(grow), host_(host) {}
  OutputBuffer(const OutputBuffer&) = delete;
  OutputBuffer& operator=(const OutputBuffer&) = delete;

  absl::string_view written() const { return {begin_, size()}; }
  size_t size() const { return static_cast<size_t>(at_ - begin_); }

  char* at() const { return at_; }
  char* end() const { return end_; }
  void set_at(char* at) { at_ = at; }

  void Reserve(size_t bytes) {
    if (static_cast<size_t>(end_ - at_) < bytes) grow_(host_, *this, bytes);
  }

  void Append(absl::string_view text) {
    Reserve(text.size());
    if (!text.empty()) std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }

  // Takes back what was written after the first `size` bytes. The memory stays.
  void Truncate(size_t size) { at_ = begin_ + size; }

  // For Grow: what was written has been copied to `room`, and may go on up to `end`.
  void Move(char* room, char* end) {
    at_ = room + size();
    begin_ = room;
    end_ = end;
  }

 private:
  static constexpr size_t kSmallestBlockBytes = 1024;

  static void GrowOwn(void* /*host*/, OutputBuffer& buffer, size_t bytes) {
    const size_t held = static_cast<size_t>(buffer.end_ - buffer.begin_);
    const size_t capacity = std::max({buffer.size() + bytes, held * 2, kSmallestBlockBytes});
    std::unique_ptr<char[]> block(new char[capacity]);
    if (buffer.size() > 0) std::memcpy(block.get(), buffer.begin_, buffer.size());
    buffer.Move(block.get(), block.get() + capacity);
    buffer.own_ = std::move(block);
  }

  char* begin_ = nullptr;
  char* at_ = nullptr;
  char* end_ = nullptr;
  const Grow grow_;
  void* const host_ = nullptr;
  std::unique_ptr<char[]> own_;
};

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gateway/base/bytes/body_reader.h"
#include "gateway/base/bytes/output_buffer.h"

namespace sluice {

class ByteLogCursor;

// An append-only log of bytes, kept in chunks. What is published never changes, so that any number
// of cursors can read it where it lies.
//
// In:        Append, then Publish: readers see all that was appended since the last Publish, or
//            nothing.
// Out:       ByteLogCursor.
// Bounds:    none of its own; the log keeps only its newest chunk, and each cursor what it has not
//            read. Who appends looks at `end_position() - cursor.position()`.
// Ownership: chunks are shared and freed when neither the log nor a cursor needs them.
// Threads:   one appender. Cursors may read on other threads; a Subscriber is called by the
//            appender.
// Errors:    none.
class ByteLog final {
 public:
  struct Options {
    // Chunks begin small, so that an idle stream costs little, and double while bytes keep coming.
    size_t min_chunk_bytes = 2 * 1024;
    size_t max_chunk_bytes = 64 * 1024;
  };

  explicit ByteLog(Options options);
  ByteLog();
  // Whoever appends is gone: without Close that is an open end of what was published.
  ~ByteLog();
  ByteLog(const ByteLog&) = delete;
  ByteLog& operator=(const ByteLog&) = delete;

  // Copies `bytes` to the end. One call's bytes lie contiguously, and become visible at Publish.
  void Append(absl::string_view bytes);

  // The end of the log, to be written to where it lies. Until AppendTail or the end of the buffer
  // nothing else may be called; without AppendTail nothing has been appended.
  OutputBuffer Tail();
  // Appends what was written to `tail`, which is from Tail and of no use then.
  void AppendTail(const OutputBuffer& tail);

  // Makes visible what was appended, and tells the subscriber.
  void Publish();

  // Publishes, and says that nothing more will come. REQUIRES: not closed yet.
  void Close(BodyEnd end);

  // The one who is told. `subscriber` must outlive the log or be replaced by null before it goes.
  // If there is something to see already, it is told at once.
  void SetReader(BodyReader* subscriber);

  // A cursor that reads what is published from now on.
  ByteLogCursor CursorAtEnd() const;

  // Bytes published since the log began.
  uint64_t end_position() const;
  std::optional<BodyEnd> end() const;

 private:
  friend class ByteLogCursor;
  struct Chunk;

  static void GrowTail(void* log, OutputBuffer& tail, size_t bytes);
  void MakeRoom(size_t bytes);
  void SealTail();
  void Tell();

  const Options options_;
  std::shared_ptr<Chunk> tail_;            // where the next bytes go
  std::shared_ptr<Chunk> published_tail_;  // where the published bytes end
  size_t next_chunk_bytes_;
  uint64_t end_position_ = 0;
  size_t pending_bytes_ = 0;  // appended, not yet published
  BodyReader* subscriber_ = nullptr;
  bool told_ = false;  // the subscriber was, and has not read to the end since
  std::optional<BodyEnd> end_;
};

// A position in a ByteLog. It keeps alive what it has not read.
//
// Threads: one; not necessarily the appender's.
class ByteLogCursor final {
 public:
  ByteLogCursor() = default;
  ByteLogCursor(ByteLogCursor&&) noexcept = default;
  ByteLogCursor& operator=(ByteLogCursor&&) noexcept;
  ByteLogCursor(const ByteLogCursor&) = default;
  ByteLogCursor& operator=(const ByteLogCursor&);
  ~ByteLogCursor();

  // The bytes that follow, as far as they lie contiguously; empty when all that is published was
  // read. Valid until Advance or the end of this cursor.
  absl::string_view Unread();

  // The same, and what follows in other places, as far as `pieces` has room. Returns how many of
  // `pieces` were filled. Unlike Unread it does not count as having looked: who finds nothing here
  // calls Unread to be told again.
  size_t UnreadPieces(absl::Span<absl::string_view> pieces) const;

  // Moves on by `bytes`, which must not be more than there are to read.
  void Advance(size_t bytes);

  // Bytes of the log that lie before this cursor.
  uint64_t position() const { return position_; }

 private:
  friend class ByteLog;
  ByteLogCursor(std::shared_ptr<ByteLog::Chunk> chunk, size_t offset, uint64_t position);

  std::shared_ptr<ByteLog::Chunk> chunk_;
  size_t offset_ = 0;
  uint64_t position_ = 0;
};

}  // namespace sluice

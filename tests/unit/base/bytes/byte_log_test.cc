// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/bytes/byte_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"

namespace sluice {
namespace {

using ::testing::ElementsAre;

constexpr ByteLog::Options kTiny{.min_chunk_bytes = 8, .max_chunk_bytes = 32};

std::string ReadAll(ByteLogCursor& cursor) {
  std::string text;
  for (auto bytes = cursor.Unread(); !bytes.empty(); bytes = cursor.Unread()) {
    absl::StrAppend(&text, bytes);
    cursor.Advance(bytes.size());
  }
  return text;
}

class Recorder final : public BodyReader {
 public:
  void OnBytes() override { told.push_back("bytes"); }
  void OnEnd(BodyEnd end) override {
    told.push_back(end == BodyEnd::kClean ? "clean end" : "open end");
  }
  std::vector<std::string> told;
};

TEST(ByteLog, ShowsNothingBeforePublish) {
  ByteLog log;
  ByteLogCursor cursor = log.CursorAtEnd();
  log.Append("a");
  EXPECT_EQ(cursor.Unread(), "");
  log.Append("b");
  log.Publish();
  EXPECT_EQ(cursor.Unread(), "ab");
  EXPECT_EQ(log.end_position(), 2u);
}

TEST(ByteLog, ShowsAllOfABatchAtOnceWhenItSpansSeveralChunks) {
  ByteLog log(kTiny);
  ByteLogCursor cursor = log.CursorAtEnd();
  std::string expected;
  for (int i = 0; i < 50; ++i) {
    log.Append(absl::StrCat("<", i, ">"));
    absl::StrAppend(&expected, "<", i, ">");
    EXPECT_EQ(cursor.Unread(), "");
  }
  log.Publish();
  EXPECT_EQ(ReadAll(cursor), expected);
  EXPECT_EQ(cursor.position(), expected.size());
}

TEST(ByteLog, KeepsEachAppendInOnePiece) {
  ByteLog log(kTiny);
  ByteLogCursor cursor = log.CursorAtEnd();
  log.Append("12345");
  log.Append("678901");
  log.Append(std::string(100, 'x'));
  log.Publish();
  std::vector<std::string> pieces;
  for (auto bytes = cursor.Unread(); !bytes.empty(); bytes = cursor.Unread()) {
    pieces.emplace_back(bytes);
    cursor.Advance(bytes.size());
  }
  EXPECT_THAT(pieces, ElementsAre("12345", "678901", std::string(100, 'x')));
}

TEST(ByteLog, LetsACursorStopAnywhere) {
  ByteLog log(kTiny);
  ByteLogCursor cursor = log.CursorAtEnd();
  log.Append("abcdef");
  log.Publish();
  EXPECT_EQ(cursor.Unread(), "abcdef");
  cursor.Advance(2);
  log.Append("ghijkl");
  log.Publish();
  EXPECT_EQ(ReadAll(cursor), "cdefghijkl");
}

TEST(ByteLog, ShowsTheUnreadPiecesWithoutMovingTheCursor) {
  Recorder recorder;
  ByteLog log(kTiny);
  ByteLogCursor cursor = log.CursorAtEnd();
  log.SetReader(&recorder);
  std::vector<absl::string_view> pieces(3);
  EXPECT_EQ(cursor.UnreadPieces(absl::MakeSpan(pieces)), 0u);
  const std::string large(40, 'x');
  log.Append("1234567");
  log.Append(large);
  log.Append("abc");
  log.Append("def");
  log.Append(large);
  log.Publish();
  ASSERT_EQ(cursor.UnreadPieces(absl::MakeSpan(pieces)), 3u);
  EXPECT_THAT(pieces, ElementsAre("1234567", large, "abcdef"));
  cursor.Advance(7 + 40 + 2);
  EXPECT_EQ(cursor.position(), 49u);
  ASSERT_EQ(cursor.UnreadPieces(absl::MakeSpan(pieces)), 2u);
  EXPECT_EQ(pieces[0], "cdef");
  EXPECT_EQ(pieces[1], large);
  log.Append("!");
  log.Publish();
  EXPECT_THAT(recorder.told, ElementsAre("bytes"));  // it has not read to the end yet
}

TEST(ByteLog, GivesACursorOnlyWhatComesAfterIt) {
  ByteLog log;
  log.Append("old");
  log.Publish();
  log.Append("pending");
  ByteLogCursor cursor = log.CursorAtEnd();
  EXPECT_EQ(cursor.position(), 3u);
  log.Publish();
  EXPECT_EQ(ReadAll(cursor), "pending");
}

TEST(ByteLog, LetsManyCursorsReadTheSameBytes) {
  ByteLog log(kTiny);
  ByteLogCursor first = log.CursorAtEnd();
  ByteLogCursor second = first;
  for (int i = 0; i < 20; ++i) {
    log.Append("0123456789");
    log.Publish();
    if (i % 3 == 0) ReadAll(first);
  }
  ReadAll(first);
  EXPECT_EQ(ReadAll(second).size(), 200u);
  EXPECT_EQ(first.position(), second.position());
}

TEST(ByteLog, CanBeReadAfterTheLogIsGone) {
  ByteLogCursor cursor;
  EXPECT_EQ(cursor.Unread(), "");
  {
    ByteLog log(kTiny);
    cursor = log.CursorAtEnd();
    for (int i = 0; i < 10; ++i) log.Append("0123456789");
    log.Publish();
  }
  EXPECT_EQ(ReadAll(cursor).size(), 100u);
}

TEST(ByteLog, TellsTheSubscriberOnceUntilItHasReadToTheEnd) {
  Recorder recorder;
  ByteLog log(kTiny);
  ByteLogCursor cursor = log.CursorAtEnd();
  log.SetReader(&recorder);
  EXPECT_THAT(recorder.told, ElementsAre());
  for (int i = 0; i < 5; ++i) {
    log.Append("hello world");
    log.Publish();
  }
  EXPECT_THAT(recorder.told, ElementsAre("bytes"));
  cursor.Advance(cursor.Unread().size());
  log.Append("x");
  log.Publish();
  EXPECT_THAT(recorder.told, ElementsAre("bytes"));
  ReadAll(cursor);
  log.Append("x");
  log.Publish();
  EXPECT_THAT(recorder.told, ElementsAre("bytes", "bytes"));
}

TEST(ByteLog, TellsTheSubscriberOfTheEndAfterTheLastBytes) {
  Recorder recorder;
  ByteLog log;
  log.SetReader(&recorder);
  log.Append("x");
  log.Close(BodyEnd::kOpen);
  EXPECT_THAT(recorder.told, ElementsAre("bytes", "open end"));
  EXPECT_EQ(log.end(), BodyEnd::kOpen);
}

TEST(ByteLog, TellsALateSubscriberAtOnceWhatItMissed) {
  ByteLog log;
  log.Append("x");
  log.Close(BodyEnd::kClean);
  Recorder recorder;
  log.SetReader(&recorder);
  EXPECT_THAT(recorder.told, ElementsAre("bytes", "clean end"));
}

TEST(ByteLog, EndsOpenlyWhenItGoesWithoutAWord) {
  Recorder recorder;
  {
    ByteLog log;
    log.SetReader(&recorder);
    log.Append("never published");
  }
  EXPECT_THAT(recorder.told, ElementsAre("open end"));
}

TEST(ByteLog, TellsNobodyWithoutASubscriber) {
  Recorder recorder;
  ByteLog log;
  log.SetReader(&recorder);
  log.SetReader(nullptr);
  log.Append("x");
  log.Close(BodyEnd::kClean);
  EXPECT_THAT(recorder.told, ElementsAre());
}

TEST(ByteLog, FreesALongChainWithoutRecursion) {
  ByteLogCursor behind;
  ByteLog log({.min_chunk_bytes = 1, .max_chunk_bytes = 1});
  behind = log.CursorAtEnd();
  for (int i = 0; i < 300'000; ++i) log.Append("x");
  log.Publish();
  ByteLogCursor at_end = log.CursorAtEnd();
  behind = at_end;
  EXPECT_EQ(behind.Unread(), "");
}

TEST(ByteLog, LetsBatchesOfOneSizeLieInOnePieceWhenTheReaderKeepsUp) {
  ByteLog log;
  ByteLogCursor cursor = log.CursorAtEnd();
  size_t pieces = 0;
  for (int batch = 0; batch < 20; ++batch) {
    for (int i = 0; i < 100; ++i) log.Append(std::string(150, 'x'));
    log.Publish();
    for (; !cursor.Unread().empty(); cursor.Advance(cursor.Unread().size())) {
      if (batch >= 10) ++pieces;
    }
  }
  EXPECT_EQ(pieces, 10u);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(SLUICE_TSAN)
size_t AllocatedBytes() { return ::mallinfo2().uordblks; }

TEST(ByteLog, HoldsNextToNothingWhenItIsIdleAndRead) {
  ByteLog log;
  ByteLogCursor cursor = log.CursorAtEnd();
  const size_t before = AllocatedBytes();
  for (int i = 0; i < 100; ++i) {
    log.Append(std::string(10'000, 'x'));
    log.Publish();
    log.Append(std::string(10'000, 'x'));
    log.Publish();
    ReadAll(cursor);
  }
  log.Append(":\n");
  log.Publish();
  ReadAll(cursor);
  EXPECT_LT(AllocatedBytes(), before + 512);
}
#endif

TEST(ByteLog, IsReadOnAnotherThreadWhileItGrows) {
  constexpr int kLines = 50'000;
  ByteLog log;
  std::vector<ByteLogCursor> cursors(3, log.CursorAtEnd());
  std::atomic<int> wrong{0};
  std::vector<std::thread> readers;
  for (ByteLogCursor& cursor : cursors) {
    readers.emplace_back([own = std::move(cursor), &wrong]() mutable {
      int line = 0;
      while (line < kLines) {
        const absl::string_view bytes = own.Unread();
        if (bytes.empty()) {
          std::this_thread::yield();
          continue;
        }
        const std::string expected = absl::StrCat(line, "\n");
        // Appends lie in one piece, so a line begins where the last one ended.
        if (bytes.substr(0, expected.size()) != expected) ++wrong;
        own.Advance(std::min(expected.size(), bytes.size()));
        ++line;
      }
    });
  }
  for (int line = 0; line < kLines; ++line) {
    log.Append(absl::StrCat(line, "\n"));
    if (line % 7 == 0) log.Publish();
  }
  log.Publish();
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
}

TEST(ByteLogTail, IsWrittenWhereItLies) {
  ByteLog log({.min_chunk_bytes = 8, .max_chunk_bytes = 64});
  ByteLogCursor cursor = log.CursorAtEnd();
  std::string all;
  for (int i = 0; i < 40; ++i) {
    OutputBuffer tail = log.Tail();
    const std::string text(static_cast<size_t>(i), static_cast<char>('a' + i % 26));
    for (const char byte : text) tail.Append({&byte, 1});
    tail.Append("\n");
    log.AppendTail(tail);
    all += text + "\n";
    if (i % 3 == 0) log.Publish();
  }
  log.Publish();
  EXPECT_EQ(log.end_position(), all.size());
  EXPECT_EQ(ReadAll(cursor), all);
}

TEST(ByteLogTail, LeavesNothingWhereItIsDropped) {
  ByteLog log({.min_chunk_bytes = 8, .max_chunk_bytes = 64});
  ByteLogCursor cursor = log.CursorAtEnd();
  log.Append("abc");
  log.Tail().Append("of this nothing stays");
  log.Append("def");
  {
    OutputBuffer tail = log.Tail();
    tail.Append("nor of this, which is long enough for a chunk of its own, and for another one");
  }
  log.Append("ghi");
  log.Publish();
  EXPECT_EQ(ReadAll(cursor), "abcdefghi");
}

}  // namespace
}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/bytes/byte_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include <array>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace sluice {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> PiecesOf(const ByteQueue& queue) {
  std::array<absl::string_view, 100> pieces;
  const size_t count = queue.Pieces(absl::MakeSpan(pieces));
  return {pieces.begin(), pieces.begin() + static_cast<std::ptrdiff_t>(count)};
}

// Reads up to `most` bytes.
std::string Read(ByteQueue& queue, size_t most = 1 << 30) {
  std::string text;
  for (std::string piece; text.size() < most && !queue.empty(); text += piece) {
    piece = PiecesOf(queue)[0].substr(0, most - text.size());
    queue.Advance(piece.size());
  }
  return text;
}

void AppendEvent(ByteQueue& queue, absl::string_view text) {
  OutputBuffer tail = queue.Tail();
  for (const char byte : text) tail.Append({&byte, 1});
  queue.AppendTail(tail);
}

TEST(ByteQueue, GivesWhatWasAppendedInItsOrder) {
  ByteQueue queue;
  EXPECT_TRUE(queue.empty());
  EXPECT_THAT(PiecesOf(queue), IsEmpty());
  queue.Append("ab");
  queue.Append("");
  queue.Append("cd");
  EXPECT_EQ(queue.size(), 4u);
  EXPECT_THAT(PiecesOf(queue), ElementsAre("abcd"));
  queue.Advance(1);
  EXPECT_THAT(PiecesOf(queue), ElementsAre("bcd"));
  queue.Append("ef");
  EXPECT_EQ(Read(queue), "bcdef");
  EXPECT_TRUE(queue.empty());
  queue.Append("again");
  EXPECT_EQ(Read(queue), "again");
}

TEST(ByteQueue, KeepsEachAppendInOnePiece) {
  ByteQueue queue;
  const std::string large(100'000, 'x');
  const std::string half(600, 'y');
  queue.Append("a");
  queue.Append(large);
  queue.Append(half);
  queue.Append(half);
  queue.Append(half);
  queue.Append(half);
  std::string all;
  for (const std::string& piece : PiecesOf(queue)) {
    all += piece;
    if (piece[0] != 'y') continue;
    EXPECT_EQ(piece.size() % half.size(), 0u);
  }
  EXPECT_EQ(all, absl::StrCat("a", large, half, half, half, half));
  EXPECT_THAT(PiecesOf(queue), ::testing::Contains(large));
}

TEST(ByteQueue, GivesNoMorePiecesThanThereIsRoomFor) {
  ByteQueue queue;
  const std::string large(40'000, 'x');
  for (int i = 0; i < 5; ++i) queue.Append(large);
  std::array<absl::string_view, 2> pieces;
  EXPECT_EQ(queue.Pieces(absl::MakeSpan(pieces)), 2u);
  EXPECT_EQ(pieces[1], large);
  EXPECT_EQ(queue.Pieces({}), 0u);
}

TEST(ByteQueue, CanBeReadInPartsWhileItGrows) {
  ByteQueue queue;
  std::string expected, read;
  for (int i = 0; i < 3000; ++i) {
    const std::string text = absl::StrCat("<", i, ":", std::string(i * 7 % 900, 'x'), ">");
    if (i % 3 == 0) {
      queue.Append(text);
    } else {
      AppendEvent(queue, text);
    }
    expected += text;
    read += Read(queue, i * 131 % 1500);
    EXPECT_EQ(queue.size(), expected.size() - read.size());
  }
  EXPECT_EQ(read + Read(queue), expected);
}

TEST(ByteQueue, ReadsWhatIsPutToTheFrontFirst) {
  ByteQueue queue;
  queue.Prepend("front ");
  EXPECT_EQ(Read(queue), "front ");
  queue.Append("abc");
  queue.Advance(1);
  queue.Prepend("");
  queue.Prepend("torn ");
  queue.Append("d");
  EXPECT_EQ(queue.size(), 8u);
  EXPECT_EQ(Read(queue, 6), "torn b");
  EXPECT_EQ(Read(queue), "cd");
}

TEST(ByteQueue, DoesNotMoveWhatIsThereWhenMoreIsAppended) {
  ByteQueue queue;
  queue.Append("abc");
  absl::string_view before, after;
  queue.Pieces({&before, 1});
  queue.Append(std::string(100'000, 'x'));
  AppendEvent(queue, std::string(5000, 'y'));
  queue.Pieces({&after, 1});
  EXPECT_EQ(before.data(), after.data());
}

TEST(ByteQueue, FreesALongChainWithoutRecursion) {
  ByteQueue read, left;
  for (int i = 0; i < 300'000; ++i) {
    left.Prepend("x");
    read.Prepend("x");
  }
  read.Advance(299'999);
  EXPECT_EQ(Read(read), "x");
}

TEST(ByteQueue, LetsBatchesOfOneSizeLieInOnePieceWhenTheReaderKeepsUp) {
  ByteQueue queue;
  size_t pieces = 0;
  for (int batch = 0; batch < 20; ++batch) {
    for (int i = 0; i < 100; ++i) AppendEvent(queue, std::string(150, 'x'));
    if (batch >= 10) pieces += PiecesOf(queue).size();
    Read(queue);
  }
  EXPECT_EQ(pieces, 10u);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(SLUICE_TSAN)
size_t AllocatedBytes() { return ::mallinfo2().uordblks; }

TEST(ByteQueue, HoldsNothingWhenItIsRead) {
  const size_t before = AllocatedBytes();
  ByteQueue queue;
  for (int i = 0; i < 100; ++i) {
    AppendEvent(queue, std::string(10'000, 'x'));
    queue.Append(std::string(10'000, 'x'));
    queue.Advance(queue.size());
  }
  queue.Append(":\n");
  queue.Advance(2);
  // What the allocator keeps for the next time counts as allocated.
  EXPECT_LT(AllocatedBytes(), before + 4 * ByteQueue::kMinChunkBytes);
}

TEST(ByteQueue, HoldsLittleMoreThanWhatIsNotRead) {
  ByteQueue queue;
  const size_t before = AllocatedBytes();
  for (int i = 0; i < 1000; ++i) AppendEvent(queue, std::string(1000, 'x'));
  queue.Advance(900'000);
  EXPECT_LT(AllocatedBytes() - before, 100'000 + 2 * ByteQueue::kMaxChunkBytes);
}
#endif

TEST(ByteQueueTail, IsWrittenWhereItLies) {
  ByteQueue queue;
  std::string all;
  for (int i = 0; i < 200; ++i) {
    const std::string text(static_cast<size_t>(i * i % 5000), static_cast<char>('a' + i % 26));
    AppendEvent(queue, text + "\n");
    all += text + "\n";
    if (i % 60 == 59) {
      EXPECT_EQ(Read(queue), all);
      all.clear();
    }
  }
  EXPECT_EQ(Read(queue), all);
}

TEST(ByteQueueTail, LeavesNothingWhereItIsDropped) {
  ByteQueue queue;
  queue.Tail().Append(std::string(5000, 'x'));
  EXPECT_TRUE(queue.empty());
  EXPECT_THAT(PiecesOf(queue), IsEmpty());
  queue.Append("abc");
  queue.Tail().Append("of this nothing stays");
  queue.Append("def");
  queue.Tail().Append(std::string(5000, 'x'));
  EXPECT_EQ(queue.size(), 6u);
  queue.Append("ghi");
  EXPECT_EQ(Read(queue), "abcdefghi");
  queue.AppendTail(queue.Tail());
  EXPECT_TRUE(queue.empty());
}

}  // namespace
}  // namespace sluice

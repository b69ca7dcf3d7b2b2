// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/bytes/shared_log.h"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

constexpr SharedLog::Options kSmallChunks = {.min_chunk_bytes = 16, .max_chunk_bytes = 16};

void Publish(SharedLog& log, absl::string_view entry) {
  log.Append(entry);
  log.Publish();
}

// Everything from `position` on, over as many chunks as it takes.
std::string AllFrom(const SharedLogReader& reader, uint64_t position) {
  std::string all;
  for (absl::string_view some = reader.From(position); !some.empty();
       some = reader.From(position + all.size())) {
    all.append(some.data(), some.size());
  }
  return all;
}

TEST(SharedLog, ShowsWhatIsPublishedAndNoMore) {
  SharedLog log({});
  SharedLogReader reader(log);
  log.Append("a");
  reader.Look();
  EXPECT_EQ(reader.end(), 0u);
  EXPECT_EQ(log.published(), 0u);
  log.Publish();
  log.Append("b");
  EXPECT_EQ(reader.From(0), "");  // it has not looked
  reader.Look();
  EXPECT_EQ(reader.From(0), "a");
  EXPECT_EQ(log.published(), 1u);
  EXPECT_EQ(log.end_position(), 2u);
}

TEST(SharedLog, TakesWhatWasWrittenToItsTail) {
  SharedLog log(kSmallChunks);
  SharedLogReader reader(log);
  std::string all;
  for (const size_t bytes : {3, 16, 1, 40, 0, 100, 5}) {
    OutputBuffer tail = log.Tail();
    const std::string entry(bytes, static_cast<char>('a' + bytes % 26));
    for (const char c : entry) tail.Append(absl::string_view(&c, 1));  // grows in the middle
    const uint64_t position = log.end_position();
    log.AppendTail(tail);
    EXPECT_EQ(log.EntryAt(position, bytes), entry);
    all += entry;
  }
  log.Append("copied");
  log.Publish();
  reader.Look();
  EXPECT_EQ(AllFrom(reader, 0), all + "copied");
}

TEST(SharedLog, ForgetsATailThatWasNotAppended) {
  SharedLog log(kSmallChunks);
  SharedLogReader reader(log);
  Publish(log, "a");
  for (const size_t bytes : {5, 50}) {
    OutputBuffer tail = log.Tail();
    tail.Append(std::string(bytes, 'x'));
  }
  const size_t held = log.held_bytes();
  OutputBuffer tail = log.Tail();
  tail.Append("b");
  log.AppendTail(tail);
  log.Publish();
  reader.Look();
  EXPECT_EQ(AllFrom(reader, 0), "ab");
  EXPECT_EQ(log.held_bytes(), held);
}

TEST(SharedLog, LeavesEveryEntryInOnePiece) {
  SharedLog log(kSmallChunks);
  SharedLogReader reader(log);
  const std::vector<std::string> entries = {"first", "twelve bytes", "", std::string(100, 'x'),
                                            "y"};
  std::vector<uint64_t> positions;
  for (const std::string& entry : entries) {
    positions.push_back(log.end_position());
    Publish(log, entry);
  }
  reader.Look();
  for (size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ(reader.From(positions[i]).substr(0, entries[i].size()), entries[i]);
    EXPECT_EQ(log.EntryAt(positions[i], entries[i].size()), entries[i]);
  }
  EXPECT_EQ(AllFrom(reader, 0), absl::StrCat("firsttwelve bytes", entries[3], "y"));
  EXPECT_EQ(reader.From(reader.end()), "");
}

TEST(SharedLog, NeverMovesWhatWasPublished) {
  SharedLog log(kSmallChunks);
  SharedLogReader reader(log);
  Publish(log, "stays");
  reader.Look();
  const absl::string_view before = reader.From(0);
  for (int i = 0; i < 1000; ++i) Publish(log, "more");
  reader.Look();
  EXPECT_EQ(before, "stays");
  EXPECT_EQ(reader.From(0).data(), before.data());
}

TEST(SharedLog, FreesAChunkWhenAllOfItIsForgotten) {
  SharedLog log(kSmallChunks);
  for (int i = 0; i < 8; ++i) Publish(log, "8 bytes.");
  EXPECT_EQ(log.held_bytes(), 64u);
  log.ForgetBefore(8);
  EXPECT_EQ(log.held_bytes(), 64u);  // the second entry of the chunk is still there
  log.ForgetBefore(16);
  EXPECT_EQ(log.held_bytes(), 48u);
  log.ForgetBefore(64);
  EXPECT_EQ(log.held_bytes(), 16u);  // the one that is written to
  EXPECT_EQ(log.end_position(), 64u);
}

TEST(SharedLog, GrowsItsChunksFromSmallToLarge) {
  SharedLog log({.min_chunk_bytes = 16, .max_chunk_bytes = 64});
  EXPECT_EQ(log.held_bytes(), 0u);
  Publish(log, "x");
  EXPECT_EQ(log.held_bytes(), 16u);
  Publish(log, std::string(16, 'x'));
  EXPECT_EQ(log.held_bytes(), 16u + 32);
  Publish(log, std::string(32, 'x'));
  Publish(log, std::string(64, 'x'));
  EXPECT_EQ(log.held_bytes(), 16u + 32 + 64 + 64);
  Publish(log, std::string(1000, 'x'));
  EXPECT_EQ(log.held_bytes(), 16u + 32 + 64 + 64 + 1000);
}

TEST(SharedLogReader, KeepsWhatIsForgottenUntilItIsToldToDropIt) {
  SharedLog log(kSmallChunks);
  SharedLogReader reader(log);
  for (int i = 0; i < 8; ++i) Publish(log, absl::StrCat("entry ", i, "."));
  reader.Look();
  log.ForgetBefore(32);
  EXPECT_EQ(reader.begin(), 0u);
  reader.Look();
  EXPECT_EQ(reader.begin(), 32u);
  EXPECT_EQ(reader.From(8).substr(0, 8), "entry 1.");
  reader.DropBefore(32);
  EXPECT_EQ(reader.From(32).substr(0, 8), "entry 4.");
  EXPECT_EQ(reader.Before(32), "entry 2.entry 3.");
  EXPECT_EQ(reader.Before(16), "");
}

TEST(SharedLogReader, ShowsWhatLiesBefore) {
  SharedLog log(kSmallChunks);
  for (int i = 0; i < 3; ++i) Publish(log, absl::StrCat("entry ", i, "."));
  SharedLogReader reader(log);
  EXPECT_EQ(reader.Before(0), "");
  EXPECT_EQ(reader.Before(8), "entry 0.");
  EXPECT_EQ(reader.Before(16), "entry 0.entry 1.");
  EXPECT_EQ(reader.Before(24), "entry 2.");
  EXPECT_EQ(reader.Before(25), "");  // nobody knows yet
}

TEST(SharedLogReader, MayBeginWhenMuchIsForgotten) {
  SharedLog log(kSmallChunks);
  for (int i = 0; i < 9; ++i) Publish(log, absl::StrCat("entry ", i, "."));
  log.ForgetBefore(64);
  const SharedLogReader reader(log);
  EXPECT_EQ(reader.begin(), 64u);
  EXPECT_EQ(reader.From(64), "entry 8.");
}

TEST(SharedLogReader, OutlivesTheLog) {
  auto log = std::make_unique<SharedLog>(kSmallChunks);
  SharedLogReader reader(*log);
  for (int i = 0; i < 9; ++i) Publish(*log, "8 bytes.");
  log.reset();
  reader.Look();
  EXPECT_EQ(AllFrom(reader, 0).size(), 72u);
}

// Each chunk holds the next: freed one inside of the other they would need a stack without end.
TEST(SharedLogReader, CanGoHoweverMuchCameThatItNeverLookedAt) {
  SharedLog log(kSmallChunks);
  auto reader = std::make_optional<SharedLogReader>(log);
  const std::string entry(16, 'x');
  for (int i = 0; i < 400'000; ++i) {
    Publish(log, entry);
    log.ForgetBefore(log.published());
  }
  reader.reset();
  EXPECT_EQ(log.held_bytes(), 16u);
}

TEST(SharedLogReader, SeesWholeEntriesInOrderFromOtherThreads) {
  constexpr int kEntries = 20'000;
  SharedLog log({.min_chunk_bytes = 64, .max_chunk_bytes = 256});
  const auto read = [](SharedLogReader& reader) {
    uint64_t position = 0;
    int next = 0;
    while (next < kEntries) {
      reader.Look();
      for (absl::string_view some = reader.From(position); !some.empty();
           some = reader.From(position)) {
        while (!some.empty()) {
          const std::string expected = absl::StrCat("entry ", next++, ";");
          if (some.substr(0, expected.size()) != expected) return expected;
          some.remove_prefix(expected.size());
          position += expected.size();
        }
      }
      reader.DropBefore(position);
    }
    return std::string("all");
  };
  SharedLogReader readers[] = {SharedLogReader(log), SharedLogReader(log)};
  std::string seen[2];
  std::thread threads[] = {std::thread([&] { seen[0] = read(readers[0]); }),
                           std::thread([&] { seen[1] = read(readers[1]); })};
  for (int i = 0; i < kEntries; ++i) {
    log.Append(absl::StrCat("entry ", i, ";"));
    if (i % 7 == 0) log.Publish();
  }
  log.Publish();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(seen[0], "all");
  EXPECT_EQ(seen[1], "all");
}

}  // namespace
}  // namespace sluice

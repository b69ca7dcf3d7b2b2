// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/observe/line_queue.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "gateway/base/loop/fd.h"

namespace sluice {
namespace {

class LineQueueTest : public testing::Test {
 protected:
  LineQueueTest() {
    signal(SIGPIPE, SIG_IGN);
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    reader_ = Fd(ends[0]);
    writer_ = Fd(ends[1]);
    ::fcntl(writer_.get(), F_SETPIPE_SZ, 4096);
  }

  LineQueue::Options Options(size_t max_bytes) {
    return {.fd = writer_.get(), .max_bytes = max_bytes, .lost_line = [](uint64_t lost) {
              return absl::StrCat("lost ", lost, "\n");
            }};
  }

  // Reads until `end` has come.
  std::string ReadUntil(const std::string& end) {
    std::string all;
    char buffer[4096];
    while (!absl::EndsWith(all, end)) {
      const ssize_t size = ::read(reader_.get(), buffer, sizeof buffer);
      if (size <= 0) break;
      all.append(buffer, static_cast<size_t>(size));
    }
    return all;
  }

  Fd reader_;
  Fd writer_;
};

TEST_F(LineQueueTest, WritesLinesInTheirOrder) {
  LineQueue queue(Options(1024));
  queue.Push("one\n");
  queue.Push("two\n");
  EXPECT_EQ(ReadUntil("two\n"), "one\ntwo\n");
  EXPECT_TRUE(queue.Flush(absl::Seconds(5)));
}

TEST_F(LineQueueTest, LosesAndCountsWhatNobodyReadsAndTellsLater) {
  const std::string line = std::string(1023, 'x') + "\n";
  LineQueue queue(Options(16 * 1024));
  for (int i = 0; i < 1000; ++i) queue.Push(line);  // would block for ever on the pipe itself
  EXPECT_GT(queue.lost(), 900u);
  uint64_t lines = 0;
  uint64_t told = 0;
  std::string text;
  while (lines + told < 1000) {
    text += ReadUntil("\n");
    lines = told = 0;
    for (absl::string_view each : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
      uint64_t lost = 0;
      if (each[0] == 'x') ++lines;
      if (absl::ConsumePrefix(&each, "lost ")) {
        EXPECT_TRUE(absl::SimpleAtoi(each, &lost)) << each;
      }
      told += lost;
    }
  }
  EXPECT_EQ(told, queue.lost());
}

TEST_F(LineQueueTest, GoesAwayInTimeThoughItsDescriptorIsBlocked) {
  const absl::Time begin = absl::Now();
  {
    LineQueue queue(Options(1 << 20));
    for (int i = 0; i < 100; ++i) queue.Push(std::string(1023, 'x') + "\n");
    EXPECT_FALSE(queue.Flush(absl::Milliseconds(1)));
  }
  EXPECT_LT(absl::Now() - begin, absl::Seconds(5));
}

TEST_F(LineQueueTest, CountsWhatABrokenDescriptorDoesNotTake) {
  reader_.Close();
  LineQueue queue(Options(1024));
  queue.Push("one\ntwo\n");
  EXPECT_TRUE(queue.Flush(absl::Seconds(5)));
  EXPECT_EQ(queue.lost(), 2u);
}

}  // namespace
}  // namespace sluice

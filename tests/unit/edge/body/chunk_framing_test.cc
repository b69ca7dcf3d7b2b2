// SPDX-License-Identifier: Apache-2.0
#include "gateway/edge/body/chunk_framing.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace sluice {
namespace {

// What a kernel that takes `step` bytes a call would get.
std::string Drain(ChunkFraming& framing, absl::string_view payload, size_t step) {
  std::string wire;
  while (!framing.idle()) {
    const std::string left =
        absl::StrCat(framing.before(), payload.substr(0, framing.payload_left()), framing.after());
    const size_t taken = std::min(step, left.size());
    wire += left.substr(0, taken);
    payload.remove_prefix(framing.Consume(taken));
  }
  EXPECT_EQ(payload, "");
  return wire;
}

TEST(ChunkFraming, GoesOnExactlyWhereverTheKernelStopped) {
  const std::string payload(300, 'x');
  for (size_t step = 1; step < 320; ++step) {
    ChunkFraming framing(ChunkFraming::Kind::kChunked);
    framing.Begin(payload.size(), ChunkFraming::Last::kNo);
    EXPECT_EQ(Drain(framing, payload, step), absl::StrCat("12c\r\n", payload, "\r\n"));
    EXPECT_FALSE(framing.finished());
    framing.Begin(2, ChunkFraming::Last::kYes);
    EXPECT_EQ(Drain(framing, "yz", step), "2\r\nyz\r\n0\r\n\r\n");
    EXPECT_TRUE(framing.finished());
  }
}

TEST(ChunkFraming, CanFinishWithoutAChunk) {
  ChunkFraming framing(ChunkFraming::Kind::kChunked);
  framing.Finish();
  EXPECT_EQ(Drain(framing, "", 1), "0\r\n\r\n");
}

TEST(ChunkFraming, HoldsTheLargestSize) {
  ChunkFraming framing(ChunkFraming::Kind::kChunked);
  framing.Begin(SIZE_MAX, ChunkFraming::Last::kNo);
  EXPECT_EQ(framing.before(), "ffffffffffffffff\r\n");
}

TEST(ChunkFraming, AddsNothingWhenTheConnectionIsTheFrame) {
  ChunkFraming framing(ChunkFraming::Kind::kUntilClose);
  framing.Begin(3, ChunkFraming::Last::kNo);
  EXPECT_EQ(Drain(framing, "abc", 2), "abc");
  framing.Finish();
  EXPECT_TRUE(framing.idle());
  EXPECT_TRUE(framing.finished());
}

}  // namespace
}  // namespace sluice

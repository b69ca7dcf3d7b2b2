// SPDX-License-Identifier: Apache-2.0
#include "gateway/sse/frame.h"

#include <utility>

#include "gtest/gtest.h"

namespace sluice {
namespace {

std::string Frame(const SseEvent& event) {
  OutputBuffer out;
  AppendEvent(event, out);
  return std::string(out.written());
}

TEST(SseFrame, WritesTheIdLastSoThatADeathInMidEventCostsNoEvent) {
  EXPECT_EQ(
      Frame({.retry = absl::Milliseconds(3127), .name = "Tick", .data = "{}", .id = "k7q2-1042"}),
      "retry: 3127\nevent: Tick\ndata: {}\nid: k7q2-1042\n\n");
}

TEST(SseFrame, LeavesOutWhatIsNotThere) { EXPECT_EQ(Frame({.data = "1"}), "data: 1\n\n"); }

TEST(SseFrame, HasADataLineEvenWithoutData) {
  EXPECT_EQ(Frame({.name = "Empty"}), "event: Empty\ndata: \n\n");
}

TEST(SseFrame, SplitsTextOnEveryLineEnd) {
  EXPECT_EQ(Frame({.data = "a\nb\rc\r\nd"}), "data: a\ndata: b\ndata: c\ndata: d\n\n");
  EXPECT_EQ(Frame({.data = "a\n"}), "data: a\ndata: \n\n");
  EXPECT_EQ(Frame({.data = "\r\r\n"}), "data: \ndata: \ndata: \n\n");
}

TEST(SseFrame, AppendsToWhatIsThere) {
  OutputBuffer out;
  out.Append("x");
  AppendEvent({.data = "1"}, out);
  EXPECT_EQ(out.written(), "xdata: 1\n\n");
}

TEST(SseFrame, HeartbeatIsACommentLineWithoutABlankLine) { EXPECT_EQ(kSseHeartbeat, ":\n"); }

TEST(SseFrame, IsTheSameInPieces) {
  const std::pair<const char*, const char*> cases[] = {{"Tick", "7"}, {"", ""}, {"Tick", ""}};
  for (const auto& [name, id] : cases) {
    OutputBuffer out;
    BeginEvent(name, out);
    out.Append("{}");
    EndEvent(id, out);
    SseEvent event{.name = name, .data = "{}"};
    if (*id != 0) event.id = id;
    EXPECT_EQ(out.written(), Frame(event));
  }
}

}  // namespace
}  // namespace sluice

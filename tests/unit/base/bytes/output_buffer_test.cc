// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/bytes/output_buffer.h"

#include <string>

#include "gtest/gtest.h"

namespace sluice {
namespace {

TEST(OutputBuffer, KeepsWhatWasWrittenWhileItGrows) {
  OutputBuffer out;
  std::string all;
  for (int i = 0; i < 3000; ++i) {
    out.Append("0123456789");
    all += "0123456789";
  }
  EXPECT_EQ(out.written(), all);
}

TEST(OutputBuffer, IsWrittenThroughItsPointers) {
  OutputBuffer out;
  out.Reserve(3);
  ASSERT_GE(out.end() - out.at(), 3);
  std::memcpy(out.at(), "abc", 3);
  out.set_at(out.at() + 3);
  EXPECT_EQ(out.written(), "abc");
}

TEST(OutputBuffer, TakesBackWhatWasWrittenLast) {
  OutputBuffer out;
  out.Append("event: x");
  out.Truncate(5);
  out.Append("!");
  EXPECT_EQ(out.written(), "event!");
}

TEST(OutputBuffer, AsksItsHostForRoom) {
  struct Host {
    char small[4];
    char large[100];
    int asked = 0;
  } host;
  const auto grow = [](void* self, OutputBuffer& buffer, size_t bytes) {
    Host& at = *static_cast<Host*>(self);
    ++at.asked;
    EXPECT_EQ(bytes, 5u);
    std::memcpy(at.large, buffer.written().data(), buffer.size());
    buffer.Move(at.large, at.large + sizeof(at.large));
  };
  OutputBuffer out(host.small, host.small + sizeof(host.small), grow, &host);
  out.Append("abc");
  out.Append("defgh");
  EXPECT_EQ(host.asked, 1);
  EXPECT_EQ(out.written(), "abcdefgh");
  EXPECT_EQ(out.written().data(), host.large);
}

}  // namespace
}  // namespace sluice

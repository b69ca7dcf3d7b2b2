// SPDX-License-Identifier: Apache-2.0
#include "gateway/edge/body/framed_piece.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice {
namespace {

TEST(FramedPiece, IsTheSameForThoseAtTheSamePlace) {
  FramedPiece framed;
  const Body::Piece piece = {
      .bytes = "0123456789abcdef\n\n", .is_of_log = true, .serial = 7, .position = 40};
  const absl::string_view first = framed.Of(piece);
  EXPECT_EQ(first, "12\r\n0123456789abcdef\n\n\r\n");
  EXPECT_EQ(framed.Of(piece).data(), first.data());
}

TEST(FramedPiece, IsAnotherForAnotherWindowPlaceOrLength) {
  FramedPiece framed;
  const auto of = [&](absl::string_view bytes, uint64_t serial, uint64_t position) {
    return std::string(
        framed.Of({.bytes = bytes, .is_of_log = true, .serial = serial, .position = position}));
  };
  EXPECT_EQ(of("aaa", 1, 0), "3\r\naaa\r\n");
  EXPECT_EQ(of("bbb", 2, 0), "3\r\nbbb\r\n");
  EXPECT_EQ(of("ccc", 2, 3), "3\r\nccc\r\n");
  EXPECT_EQ(of("cccdd", 2, 3), "5\r\ncccdd\r\n");
}

TEST(FramedPiece, LeavesALongPieceToOthers) {
  FramedPiece framed;
  EXPECT_EQ(framed.Of({.bytes = std::string(9000, 'x'), .is_of_log = true}), "");
  const std::string fits(8 * 1024 - 24, 'x');
  EXPECT_EQ(framed.Of({.bytes = fits, .is_of_log = true, .serial = 1}).size(), fits.size() + 8);
}

}  // namespace
}  // namespace sluice

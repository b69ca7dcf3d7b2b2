// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/loop/fd.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>

#include <utility>

namespace sluice {
namespace {

bool IsOpen(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

TEST(Fd, ClosesWhatItOwns) {
  int number = -1;
  {
    Fd fd(::eventfd(0, EFD_CLOEXEC));
    number = fd.get();
    ASSERT_TRUE(IsOpen(number));
  }
  EXPECT_FALSE(IsOpen(number));
}

TEST(Fd, GivesItsDescriptorToWhomItIsMovedTo) {
  Fd first(::eventfd(0, EFD_CLOEXEC));
  const int number = first.get();
  Fd second(std::move(first));
  EXPECT_FALSE(first.valid());
  EXPECT_EQ(second.get(), number);
  second = Fd();
  EXPECT_FALSE(IsOpen(number));
}

TEST(Fd, ForgetsWhatItReleases) {
  Fd fd(::eventfd(0, EFD_CLOEXEC));
  const Fd other(fd.Release());
  EXPECT_FALSE(fd.valid());
  fd.Close();
  EXPECT_TRUE(IsOpen(other.get()));
}

}  // namespace
}  // namespace sluice

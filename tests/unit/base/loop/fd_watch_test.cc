// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/loop/fd_watch.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "gateway/base/loop/fd.h"
#include "tests/support/fake_clock.h"
#include "tests/support/told.h"

namespace sluice {
namespace {

class FdWatchTest : public ::testing::Test {
 protected:
  FdWatchTest() {
    int fds[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), 0);
    ours_ = Fd(fds[0]);
    theirs_ = Fd(fds[1]);
  }

  std::unique_ptr<FdWatch> Watch() {
    return std::make_unique<FdWatch>(loop_, ours_.get(), owner_.call());
  }
  void Send() { ASSERT_EQ(::send(theirs_.get(), "x", 1, MSG_NOSIGNAL), 1); }

  FakeClock clock_;
  Loop loop_{clock_};
  Fd ours_, theirs_;
  std::string told_;
  Told<FdWatch::Event> owner_{[this](FdWatch::Event event) {
    told_ += event == FdWatch::Event::kReadable   ? 'r'
             : event == FdWatch::Event::kWritable ? 'w'
                                                  : 'b';
  }};
};

TEST_F(FdWatchTest, TellsOnceAWaitThatItCanBeRead) {
  const auto watch = Watch();
  watch->WaitReadable();
  watch->WaitReadable();
  loop_.RunReady();
  EXPECT_EQ(told_, "");
  Send();
  loop_.RunReady();
  EXPECT_EQ(told_, "r");
  loop_.RunReady();
  EXPECT_EQ(told_, "r");
}

TEST_F(FdWatchTest, TellsOfBytesThatWereThereBeforeTheWait) {
  Send();
  const auto watch = Watch();
  loop_.RunReady();
  EXPECT_EQ(told_, "");
  watch->WaitReadable();
  loop_.RunReady();
  watch->WaitReadable();
  loop_.RunReady();
  EXPECT_EQ(told_, "rr");
}

TEST_F(FdWatchTest, TellsThatItCanBeWritten) {
  const auto watch = Watch();
  watch->WaitWritable();
  EXPECT_EQ(told_, "");
  loop_.RunReady();
  EXPECT_EQ(told_, "w");
}

TEST_F(FdWatchTest, TellsThatThePeerIsGoneWithoutAWait) {
  const auto watch = Watch();
  theirs_.Close();
  loop_.RunReady();
  loop_.RunReady();
  EXPECT_EQ(told_, "b");
}

TEST_F(FdWatchTest, DoesNotTakeAHalfCloseForTheEnd) {
  const auto watch = Watch();
  ASSERT_EQ(::shutdown(theirs_.get(), SHUT_WR), 0);
  loop_.RunReady();
  EXPECT_EQ(told_, "");
}

TEST_F(FdWatchTest, SaysNothingAfterItsEnd) {
  auto watch = Watch();
  watch->WaitReadable();
  watch->WaitWritable();
  Send();
  watch.reset();
  theirs_.Close();
  loop_.RunReady();
  EXPECT_EQ(told_, "");
  char byte;
  EXPECT_EQ(::read(ours_.get(), &byte, 1), 1);  // the descriptor is still open
}

TEST_F(FdWatchTest, MayBeDestroyedByItsCallback) {
  std::unique_ptr<FdWatch> watch;
  Told<FdWatch::Event> owner([&](FdWatch::Event) {
    told_ += 'r';
    watch.reset();
    told_ += '.';
  });
  watch = std::make_unique<FdWatch>(loop_, ours_.get(), owner.call());
  watch->WaitReadable();
  watch->WaitWritable();
  Send();
  loop_.RunReady();
  EXPECT_EQ(told_, "r.");
}

TEST_F(FdWatchTest, MayWaitAgainFromItsCallback) {
  std::unique_ptr<FdWatch> watch;
  Told<FdWatch::Event> owner([&](FdWatch::Event) {
    char byte;
    while (::read(ours_.get(), &byte, 1) == 1) told_ += byte;
    watch->WaitReadable();
  });
  watch = std::make_unique<FdWatch>(loop_, ours_.get(), owner.call());
  watch->WaitReadable();
  Send();
  loop_.RunReady();
  Send();
  loop_.RunReady();
  EXPECT_EQ(told_, "xx");
}

TEST_F(FdWatchTest, TellsASleepingWatchNothingButItsEnd) {
  const auto watch = Watch();
  Send();
  for (int i = 0; i < 3; ++i) loop_.RunReady();
  EXPECT_EQ(told_, "");
  theirs_.Close();
  for (int i = 0; i < 3; ++i) loop_.RunReady();
  EXPECT_EQ(told_, "b");
  // The bytes that came before the end can still be read.
  watch->WaitReadable();
  loop_.RunReady();
  EXPECT_EQ(told_, "br");
}

TEST_F(FdWatchTest, IsNotToldOfWhatAnotherEndedBefore) {
  int fds[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), 0);
  Fd near(fds[0]), far(fds[1]);
  // Both are ready in the same turn, and each destroys the other.
  std::unique_ptr<FdWatch> first, second;
  Told<FdWatch::Event> first_owner([&](FdWatch::Event) {
    told_ += '1';
    second.reset();
  });
  first = std::make_unique<FdWatch>(loop_, ours_.get(), first_owner.call());
  Told<FdWatch::Event> second_owner([&](FdWatch::Event) {
    told_ += '2';
    first.reset();
  });
  second = std::make_unique<FdWatch>(loop_, near.get(), second_owner.call());
  first->WaitReadable();
  second->WaitReadable();
  Send();
  ASSERT_EQ(::send(far.get(), "x", 1, MSG_NOSIGNAL), 1);
  loop_.RunReady();
  EXPECT_EQ(told_.size(), 1);
}

TEST_F(FdWatchTest, SaysThatADescriptorItCannotWatchIsBroken) {
  bool broken = false;
  {
    Told<FdWatch::Event> owner(
        [&broken](FdWatch::Event event) { broken = event == FdWatch::Event::kBroken; });
    const FdWatch bad(loop_, -1, owner.call());
    EXPECT_FALSE(broken);
    loop_.RunReady();
  }
  EXPECT_TRUE(broken);
}

}  // namespace
}  // namespace sluice

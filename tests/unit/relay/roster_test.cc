// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/roster.h"

#include "gtest/gtest.h"

namespace sluice {
namespace {

// Runs what was posted when it is told to.
class HeldExecutor final : public Executor {
 public:
  void Post(absl::AnyInvocable<void()> work) override { work_.push_back(std::move(work)); }
  void Run() {
    std::vector<absl::AnyInvocable<void()>> work = std::exchange(work_, {});
    for (auto& piece : work) piece();
  }

 private:
  std::vector<absl::AnyInvocable<void()>> work_;
};

class Member final {
 public:
  explicit Member(int& alive) : alive_(alive) { ++alive_; }
  ~Member() { --alive_; }
  Member(const Member&) = delete;
  Member& operator=(const Member&) = delete;

 private:
  int& alive_;
};

TEST(Roster, DestroysWhatHasRetiredOnlyLater) {
  HeldExecutor executor;
  int alive = 0;
  Roster<Member> roster(executor);
  Member& first = roster.Add(std::make_unique<Member>(alive));
  roster.Add(std::make_unique<Member>(alive));
  roster.Retire(&first);
  EXPECT_EQ(roster.size(), 1u);
  EXPECT_EQ(alive, 2);
  executor.Run();
  EXPECT_EQ(alive, 1);
}

TEST(Roster, AllMayRetireWhileTheyAreGoneThrough) {
  HeldExecutor executor;
  int alive = 0;
  Roster<Member> roster(executor);
  for (int i = 0; i < 10; ++i) roster.Add(std::make_unique<Member>(alive));
  for (Member* member : roster.Members()) roster.Retire(member);
  EXPECT_EQ(roster.size(), 0u);
  executor.Run();
  EXPECT_EQ(alive, 0);
}

}  // namespace
}  // namespace sluice

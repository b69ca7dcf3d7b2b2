// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/loop/member_call.h"

#include <gtest/gtest.h>

#include <memory>

namespace sluice {
namespace {

// Adds up what it is called with; goes when that is 0.
class Adder final {
 public:
  explicit Adder(std::unique_ptr<Adder>* owner = nullptr) : owner_(owner) {}
  MemberCall<int> call() { return MemberCall<int>::Of<&Adder::Add>(*this); }
  int sum() const { return sum_; }

 private:
  void Add(int number) {
    sum_ += number;
    if (number == 0) owner_->reset();
  }

  std::unique_ptr<Adder>* owner_;
  int sum_ = 0;
};

TEST(MemberCall, CallsThatMemberOfThatObject) {
  Adder one, other;
  const MemberCall<int> call = one.call();
  call(2);
  call(3);
  other.call()(1);
  EXPECT_EQ(one.sum(), 5);
  EXPECT_EQ(other.sum(), 1);
}

TEST(MemberCall, IsOfNothingUntilItIsOfSomething) {
  MemberCall<int> call;
  EXPECT_FALSE(call);
  Adder adder;
  call = adder.call();
  EXPECT_TRUE(call);
}

TEST(MemberCall, MayDestroyItsObject) {
  std::unique_ptr<Adder> adder;
  adder = std::make_unique<Adder>(&adder);
  adder->call()(0);
  EXPECT_EQ(adder, nullptr);
}

TEST(MemberCall, IsTwoWords) { EXPECT_EQ(sizeof(MemberCall<int>), 2 * sizeof(void*)); }

}  // namespace
}  // namespace sluice

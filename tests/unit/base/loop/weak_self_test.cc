// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/loop/weak_self.h"

#include <memory>

#include "gtest/gtest.h"

namespace sluice {
namespace {

struct Counted {
  int sum = 0;
  WeakSelf<Counted> weak_self;
  auto Adder() {
    return weak_self.Bind(*this, [](Counted& self, int number) { self.sum += number; });
  }
};

TEST(WeakSelf, CallsTheObjectWhileItIsThere) {
  Counted counted;
  auto add = counted.Adder();
  add(2);
  add(3);
  EXPECT_EQ(counted.sum, 5);
}

TEST(WeakSelf, DoesNothingWhenTheObjectIsGone) {
  auto counted = std::make_unique<Counted>();
  auto add = counted->Adder();
  counted.reset();
  add(2);  // asan would see the access
}

TEST(WeakSelf, ReleasesWhatWasBound) {
  Counted counted;
  auto before = counted.Adder();
  counted.weak_self.Release();
  auto after = counted.Adder();
  before(1);
  after(10);
  EXPECT_EQ(counted.sum, 10);
}

TEST(WeakSelf, CarriesWhatCanOnlyBeMoved) {
  Counted counted;
  auto take = counted.weak_self.Bind(
      counted, [](Counted& self, std::unique_ptr<int> number) { self.sum = *number; });
  take(std::make_unique<int>(7));
  EXPECT_EQ(counted.sum, 7);
}

}  // namespace
}  // namespace sluice

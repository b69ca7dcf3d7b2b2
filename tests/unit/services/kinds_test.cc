// SPDX-License-Identifier: Apache-2.0
#include "services/kinds.h"

#include <vector>

#include "gtest/gtest.h"

namespace sluice::demo {
namespace {

TEST(Kinds, TheFirstHasEveryFieldSet) {
  const ::demo::v1::Kinds full = AllKinds().front();
  std::vector<const google::protobuf::FieldDescriptor*> set;
  full.GetReflection()->ListFields(full, &set);
  // One of the three of the oneof, and google.protobuf.NullValue has no value but the default.
  EXPECT_EQ(static_cast<int>(set.size()), full.GetDescriptor()->field_count() - 3);
}

TEST(Kinds, TheSecondIsEmpty) { EXPECT_EQ(AllKinds()[1].ByteSizeLong(), 0u); }

}  // namespace
}  // namespace sluice::demo

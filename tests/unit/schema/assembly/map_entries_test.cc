// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/assembly/map_entries.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/schema/assembly/loose_files.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;

TEST(MapEntries, TellsAnEntryFromATypeOfTheSameName) {
  const auto set = SetOfLoose({FileWithMessage(
      "field { name: 'labels' number: 1 label: LABEL_REPEATED type: TYPE_MESSAGE"
      " type_name: 'Labels' } field { name: 'other' number: 2 type: TYPE_MESSAGE"
      " type_name: 'Labels' } nested_type { name: 'Labels' } nested_type { name: 'Labels'"
      " options { map_entry: true } field { name: 'key' number: 1 type: TYPE_STRING }"
      " field { name: 'value' number: 2 type: TYPE_STRING } }")});
  const Descriptor* message = AnswerOf(*set);
  ASSERT_NE(message, nullptr);
  EXPECT_TRUE(message->FindFieldByName("labels")->is_map());
  EXPECT_FALSE(message->FindFieldByName("other")->is_map());
}

TEST(MapEntries, TakesAnEntryThatLiesBesideItsMessage) {
  const auto set = SetOfLoose(
      {FileWithMessage("field { name: 'a' number: 1 label: LABEL_REPEATED type: TYPE_MESSAGE"
                       " type_name: '.p.Pair' }") +
       " message_type { name: 'Pair' options { map_entry: true }"
       " field { name: 'key' number: 1 type: TYPE_STRING }"
       " field { name: 'value' number: 2 type_name: 'M' } }"});
  const Descriptor* message = AnswerOf(*set);
  ASSERT_NE(message, nullptr);
  EXPECT_TRUE(message->field(0)->is_map());
}

}  // namespace
}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/assembly/schema_units.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/schema/assembly/loose_files.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

const char kExtendable[] =
    "name: 'a.proto' package: 'p' message_type { name: 'M' extension_range { start: 100 end: 200 }"
    " } service { name: 'S' method { name: 'Get' input_type: 'M' output_type: 'M' } }";

TEST(SchemaUnits, KeepsATypeThatLiesInABrokenOne) {
  const auto set =
      SetOfLoose({"name: 'a.proto' package: 'p' syntax: 'proto3'"
                  " message_type { name: 'Bad' field { name: 'x' number: 1 type_name: '.gone.T' }"
                  " nested_type { name: 'M' } } service { name: 'S'"
                  " method { name: 'Get' input_type: 'Bad.M' output_type: 'Bad.M' }"
                  " method { name: 'Bad' input_type: 'Bad' output_type: 'Bad.M' } }"});
  EXPECT_THAT(Skipped(*set), ElementsAre("p.S.Bad"));
  ASSERT_NE(AnswerOf(*set), nullptr);
  EXPECT_EQ(AnswerOf(*set)->full_name(), "p.Bad.M");
}

TEST(SchemaUnits, LosesOnlyTheExtensionThatIsBroken) {
  const auto set = SetOfLoose(
      {kExtendable,
       "name: 'z.proto' package: 'z' extension { name: 'far' number: 900 label: LABEL_OPTIONAL "
       "type:"
       " TYPE_INT32 extendee: '.p.M' } extension { name: 'n' number: 101 label: LABEL_OPTIONAL "
       "type:"
       " TYPE_INT32 extendee: '.p.M' } extension { name: 'gone' number: 103 type_name: '.gone.T'"
       " extendee: '.p.M' }"});
  const Descriptor* message = AnswerOf(*set);
  ASSERT_NE(message, nullptr);
  EXPECT_NE(message->file()->pool()->FindExtensionByNumber(message, 101), nullptr);
  EXPECT_EQ(message->file()->pool()->FindExtensionByNumber(message, 900), nullptr);
}

TEST(SchemaUnits, KnowsExtensionsInWhateverFileTheyAre) {
  const auto set = SetOfLoose(
      {kExtendable,
       "name: 'z.proto' package: 'z' dependency: 'a.proto' extension { name: 'n' number: 101 label:"
       " LABEL_OPTIONAL type: TYPE_INT32 extendee: '.p.M' } message_type { name: 'Holder'"
       " extension { name: 'h' number: 102 label: LABEL_OPTIONAL type_name: 'Holder' extendee:"
       " '.p.M' } }"});
  const Descriptor* message = AnswerOf(*set);
  ASSERT_NE(message, nullptr);
  std::vector<const FieldDescriptor*> extensions;
  message->file()->pool()->FindAllExtensions(message, &extensions);
  std::vector<std::string> names;
  for (const FieldDescriptor* extension : extensions) names.push_back(extension->full_name());
  EXPECT_THAT(names, UnorderedElementsAre("z.n", "z.Holder.h"));
}

}  // namespace
}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/assembly/file_normalizer.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/schema/assembly/loose_files.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using testing::HasSubstr;

// How a library writes a message, and what it must be read as: the text of its descriptor.
struct Form {
  const char* what;
  const char* syntax;
  const char* written;
  const char* read;  // a part of Descriptor::DebugString
};

class NormalForm : public testing::TestWithParam<Form> {};

TEST_P(NormalForm, IsThatOfProtoc) {
  const auto set = SetOfLoose({FileWithMessage(GetParam().written, GetParam().syntax)});
  EXPECT_EQ(ToText(set->problems()), "");
  const Descriptor* message = AnswerOf(*set);
  ASSERT_NE(message, nullptr);
  EXPECT_THAT(message->DebugString(), HasSubstr(GetParam().read));
}

INSTANTIATE_TEST_SUITE_P(
    FileNormalizer, NormalForm,
    testing::Values(
        Form{"no label", "proto3", "field { name: 'a' number: 1 type: TYPE_INT32 }",
             "  int32 a = 1;"},
        Form{"required in proto3", "proto3",
             "field { name: 'a' number: 1 type: TYPE_INT32 label: LABEL_REQUIRED }",
             "  int32 a = 1;"},
        Form{"no type of a message", "proto3", "field { name: 'a' number: 1 type_name: 'M' }",
             "  .p.M a = 1;"},
        Form{"enum called a message", "proto3",
             "field { name: 'a' number: 1 type: TYPE_MESSAGE type_name: 'E' }"
             " enum_type { name: 'E' value { name: 'Z' number: 0 } }",
             "  .p.M.E a = 1;"},
        Form{"message called an enum", "proto3",
             "field { name: 'a' number: 1 type: TYPE_ENUM type_name: 'M' }", "  .p.M a = 1;"},
        Form{"scalar with a type's name", "proto3",
             "field { name: 'a' number: 1 type: TYPE_STRING type_name: 'string' }",
             "  string a = 1;"},
        Form{"full name without a dot", "proto3",
             "field { name: 'a' number: 1 type: TYPE_MESSAGE type_name: 'p.M' }", "  .p.M a = 1;"},
        Form{"empty JSON name", "proto3",
             "field { name: 'a_b' number: 1 type: TYPE_INT32 json_name: '' }", "  int32 a_b = 1;"},
        Form{"one JSON name for two fields", "proto3",
             "field { name: 'a' number: 1 type: TYPE_INT32 json_name: 'x' }"
             "field { name: 'b' number: 2 type: TYPE_INT32 json_name: 'x' }",
             "  int32 b = 2;"},
        Form{"entry named after its field, as protobuf.js does", "proto3",
             "field { name: 'user_names' number: 1 type: TYPE_MESSAGE label: LABEL_REPEATED"
             " type_name: 'User_names' } nested_type { name: 'User_names' options { map_entry: true"
             " } field { name: 'key' number: 1 type: TYPE_STRING }"
             " field { name: 'value' number: 2 type: TYPE_INT32 } }",
             "  map<string, int32> user_names = 1;"},
        Form{"entry with other field names, labels and order", "proto3",
             "field { name: 'a' number: 1 type: TYPE_MESSAGE type_name: '.p.M.Pair' }"
             "nested_type { name: 'Pair' options { map_entry: true }"
             " field { name: 'V' number: 2 type: TYPE_MESSAGE type_name: '.p.M' }"
             " field { name: 'K' number: 1 type: TYPE_BOOL label: LABEL_REQUIRED } }",
             "  map<bool, .p.M> a = 1;"},
        Form{"one entry for two fields", "proto3",
             "field { name: 'a' number: 1 type: TYPE_MESSAGE label: LABEL_REPEATED"
             " type_name: 'E' } field { name: 'b' number: 2 type: TYPE_MESSAGE"
             " label: LABEL_REPEATED type_name: 'E' } nested_type { name: 'E' options { map_entry:"
             " true } field { name: 'key' number: 1 type: TYPE_STRING }"
             " field { name: 'value' number: 2 type: TYPE_STRING } }",
             "  map<string, string> b = 2;"},
        Form{"entry whose key cannot be one", "proto3",
             "field { name: 'a' number: 1 type: TYPE_MESSAGE label: LABEL_REPEATED"
             " type_name: 'AEntry' } nested_type { name: 'AEntry' options { map_entry: true }"
             " field { name: 'key' number: 1 type: TYPE_FLOAT }"
             " field { name: 'value' number: 2 type: TYPE_STRING } }",
             "  repeated .p.M.AEntry a = 1;"},
        Form{"entry that no field uses", "proto3",
             "nested_type { name: 'AEntry' options { map_entry: true }"
             " field { name: 'key' number: 1 type: TYPE_INT32 }"
             " field { name: 'value' number: 2 type: TYPE_STRING } }",
             "  message AEntry {"},
        Form{"optional without its oneof", "proto3",
             "field { name: 'a' number: 1 type: TYPE_INT32 proto3_optional: true }",
             "  optional int32 a = 1;"},
        Form{"oneof of an optional first", "proto3",
             "field { name: 'a' number: 1 type: TYPE_INT32 proto3_optional: true oneof_index: 0 }"
             "field { name: 'b' number: 2 type: TYPE_INT32 oneof_index: 1 }"
             "oneof_decl { name: '_a' } oneof_decl { name: 'kind' }",
             "  oneof kind {\n    int32 b = 2;\n  }"},
        Form{"optional in a real oneof", "proto3",
             "field { name: 'a' number: 1 type: TYPE_INT32 proto3_optional: true oneof_index: 0 }"
             "field { name: 'b' number: 2 type: TYPE_INT32 oneof_index: 0 }"
             "oneof_decl { name: 'kind' }",
             "  oneof kind {\n    int32 a = 1;\n    int32 b = 2;\n  }"},
        Form{"optional of proto3 in proto2", "proto2",
             "field { name: 'a' number: 1 type: TYPE_INT32 proto3_optional: true oneof_index: 0 }"
             "oneof_decl { name: '_a' }",
             "  optional int32 a = 1;"},
        Form{"oneof in pieces", "proto3",
             "field { name: 'a' number: 1 type: TYPE_INT32 oneof_index: 0 }"
             "field { name: 'b' number: 2 type: TYPE_INT32 }"
             "field { name: 'c' number: 3 type: TYPE_INT32 oneof_index: 0 }"
             "oneof_decl { name: 'kind' }",
             "  oneof kind {\n    int32 a = 1;\n    int32 c = 3;\n  }"},
        Form{"oneof without fields", "proto3",
             "field { name: 'a' number: 1 type: TYPE_INT32 } oneof_decl { name: 'kind' }",
             "  int32 a = 1;"},
        Form{"oneof that is not there", "proto3",
             "field { name: 'a' number: 1 type: TYPE_INT32 oneof_index: 7 }", "  int32 a = 1;"},
        Form{"repeated in a oneof", "proto3",
             "field { name: 'a' number: 1 type: TYPE_INT32 label: LABEL_REPEATED oneof_index: 0 }"
             "oneof_decl { name: 'kind' }",
             "  repeated int32 a = 1;"},
        Form{"default in proto3", "proto3",
             "field { name: 'a' number: 1 type: TYPE_INT32 default_value: '7' }", "  int32 a = 1;"},
        Form{"default that is no value of its enum", "proto2",
             "field { name: 'a' number: 1 type_name: 'E' default_value: 'GONE' }"
             " enum_type { name: 'E' value { name: 'Z' number: 0 } }",
             "  optional .p.M.E a = 1;"},
        Form{"packed text", "proto3",
             "field { name: 'a' number: 1 type: TYPE_STRING label: LABEL_REPEATED"
             " options { packed: true } }",
             "  repeated string a = 1;"},
        Form{"hints for generated code", "proto3",
             "field { name: 'a' number: 1 type: TYPE_STRING options { jstype: JS_STRING lazy: true"
             " } }",
             "  string a = 1;"},
        Form{"number that is reserved", "proto3",
             "field { name: 'a' number: 1 type: TYPE_INT32 } reserved_range { start: 1 end: 2 }"
             " reserved_name: 'a'",
             "  int32 a = 1;"},
        Form{"alias that is not allowed", "proto3",
             "field { name: 'a' number: 1 type_name: 'E' } enum_type { name: 'E'"
             " value { name: 'Z' number: 0 } value { name: 'Y' number: 0 } }",
             "    Y = 0;"},
        Form{"zero that is not the first", "proto3",
             "field { name: 'a' number: 1 type_name: 'E' } enum_type { name: 'E'"
             " value { name: 'O' number: 1 } value { name: 'Z' number: 0 } }",
             "    Z = 0;\n    O = 1;"},
        Form{"no zero", "proto3",
             "field { name: 'a' number: 1 type_name: 'E' } enum_type { name: 'E'"
             " value { name: 'O' number: 1 } }",
             "    O = 1;"},
        Form{"group in proto3", "proto3",
             "field { name: 'a' number: 1 type: TYPE_GROUP type_name: 'A' }"
             " nested_type { name: 'A' field { name: 'b' number: 1 type: TYPE_INT32 } }",
             "  optional group A = 1 {"},
        Form{"extension in proto3, with its twin of protobuf.js", "proto3",
             "field { name: '.p.M.x' number: 9 type: TYPE_INT32 }"
             " extension { name: 'x' number: 9 type: TYPE_INT32 extendee: 'M' }",
             "  extensions 9 to 9;"},
        Form{"extension among fields, as protobuf.js has it", "proto3",
             "field { name: 'x' number: 9 type: TYPE_INT32 extendee: 'M' }"
             " extension_range { start: 9 end: 10 }",
             "  extend .p.M {\n    optional int32 x = 9;\n  }"},
        Form{"ranges of extensions over each other and over a field", "proto2",
             "field { name: 'a' number: 15 type: TYPE_INT32 label: LABEL_OPTIONAL }"
             " extension_range { start: 12 end: 20 } extension_range { start: 10 end: 13 }"
             " extension_range { start: 30 end: 30 }",
             "  extensions 16 to 19;"},
        Form{"options that are still text", "proto3",
             "field { name: 'a' number: 1 type: TYPE_INT32 options { uninterpreted_option { name {"
             " name_part: 'x' is_extension: true } string_value: 'y' } } }",
             "  int32 a = 1;"}),
    [](const testing::TestParamInfo<Form>& form) {
      std::string name;
      for (const char* at = form.param.what; *at != '\0'; ++at) {
        if (isalnum(static_cast<unsigned char>(*at))) name.push_back(*at);
      }
      return name;
    });

TEST(FileNormalizer, LeavesWhatAProtocHasWrittenAsItIs) {
  google::protobuf::FileDescriptorProto file;
  google::protobuf::FileDescriptorProto::descriptor()->file()->CopyTo(&file);
  for (auto& message : *file.mutable_message_type()) message.clear_reserved_range();
  google::protobuf::FileDescriptorProto normal = file;
  NormalizeFile(normal);
  normal.mutable_options()->set_optimize_for(file.options().optimize_for());
  EXPECT_EQ(normal.message_type(0).DebugString(), file.message_type(0).DebugString());
  EXPECT_EQ(normal.message_type_size(), file.message_type_size());
}

}  // namespace
}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/editions/file_lowering.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gateway/schema/editions/edition.h"
#include "gateway/schema/editions/feature_set.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/schema/editions/linked_texts.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptorProto;
using google::protobuf::Message;
using testing::HasSubstr;

// What the wire and the JSON depend on, in words.
std::string Words(const FieldDescriptor& field) {
  std::vector<std::string> words = {field.name()};
  if (field.is_required()) words.push_back("required");
  if (field.is_repeated()) words.push_back("repeated");
  if (field.is_packed()) words.push_back("packed");
  if (!field.is_repeated() && !HasPresence(field)) words.push_back("implicit");
  if (field.real_containing_oneof() != nullptr) words.push_back("member");
  if (const auto* type = EnumTypeOf(field)) {
    words.push_back(field.enum_type() == nullptr ? "open" : "closed");
    words.push_back(type->name());
  } else if (field.message_type() != nullptr) {
    words.push_back(field.type() == FieldDescriptor::TYPE_GROUP ? "delimited" : "prefixed");
    words.push_back(field.message_type()->name());
  } else {
    words.push_back(field.type_name());
  }
  return absl::StrJoin(words, " ");
}

std::string Words(const Descriptor& type) {
  std::vector<std::string> fields;
  for (int i = 0; i < type.field_count(); ++i) fields.push_back(Words(*type.field(i)));
  return absl::StrJoin(fields, ", ");
}

struct Row {
  const char* text;
  const char* wanted;  // of t.M
};

void ExpectFields(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    LinkedTexts texts(std::map<std::string, std::string>{{"t.proto", row.text}});
    EXPECT_EQ(texts.problems(), "") << row.text;
    EXPECT_EQ(Words(texts.type("t.M")), row.wanted) << row.text;
    texts.LinkAsCompiled();
    EXPECT_EQ(texts.problems(), "") << row.text;
    EXPECT_EQ(Words(texts.type("t.M")), row.wanted) << "compiled: " << row.text;
  }
}

TEST(FileLowering, SaysPresence) {
  ExpectFields({
      {"edition = '2023'; package t; message M { int32 a = 1; string b = 2; M c = 3; }",
       "a int32, b string, c prefixed M"},
      {"edition = '2024'; package t; message M { int32 a = 1; }", "a int32"},
      {"edition = '2026'; package t; message M { int32 a = 1; }", "a int32"},
      {"edition = '2023'; package t; option features.field_presence = IMPLICIT;"
       "message M { int32 a = 1; string b = 2; M c = 3; double d = 4;"
       "  bool e = 5 [features.field_presence = EXPLICIT]; repeated int32 f = 6; }",
       "a implicit int32, b implicit string, c prefixed M, d implicit double, e bool, "
       "f repeated packed int32"},
      {"edition = '2023'; package t; option features = { field_presence: IMPLICIT };"
       "message M { oneof o { int32 a = 1; M b = 2; } bytes c = 3; map<string, int32> d = 4; }",
       "a member int32, b member prefixed M, c implicit bytes, d repeated prefixed DEntry"},
      {"edition = '2023'; package t; message M { int32 a = 1 [features.field_presence = IMPLICIT];"
       "  M b = 2 [features.field_presence = LEGACY_REQUIRED];"
       "  int32 c = 3 [features.field_presence = LEGACY_REQUIRED]; }",
       "a implicit int32, b required prefixed M, c required int32"},
      {"edition = '2023'; package t; message M { int32 a = 1 [default = 7]; string b = 2; }",
       "a int32, b string"},
  });
}

TEST(FileLowering, SaysWhetherEnumsAreOpen) {
  ExpectFields({
      {"edition = '2023'; package t; enum E { A = 0; } message M { E a = 1; repeated E b = 2; }",
       "a open E, b repeated packed open E"},
      {"edition = '2023'; package t; option features.enum_type = CLOSED;"
       "enum E { A = 1; } message M { E a = 1; repeated E b = 2; }",
       "a closed E, b repeated packed closed E"},
      {"edition = '2023'; package t; enum E { option features.enum_type = CLOSED; A = 1; }"
       "message M { enum F { B = 0; } .t.E a = 1; M.F b = 2; F c = 3 [default = B]; }",
       "a closed E, b open F, c open F"},
      {"edition = '2023'; package t; message M { option features.enum_type = CLOSED;"
       "  enum E { A = 1; } oneof o { E a = 1; } "
       "  repeated E b = 2 [features.repeated_field_encoding = EXPANDED]; }",
       "a member closed E, b repeated closed E"},
      {"edition = '2023'; package t; import 'google/protobuf/struct.proto';"
       "message M { google.protobuf.NullValue a = 1; google.protobuf.Struct b = 2; }",
       "a open NullValue, b prefixed Struct"},
      {"edition = '2023'; package t; import 'google/protobuf/descriptor.proto';"
       "message M { google.protobuf.FieldDescriptorProto.Type a = 1; }",
       "a closed Type"},
      {"edition = '2023'; package t; option features.field_presence = IMPLICIT;"
       "enum E { A = 0; } message M { E a = 1; E b = 2 [features.field_presence = EXPLICIT]; }",
       "a implicit open E, b open E"},
  });
}

TEST(FileLowering, SaysHowValuesLieOnTheWire) {
  ExpectFields({
      {"edition = '2023'; package t; message M { repeated int32 a = 1; repeated string b = 2;"
       "  repeated M c = 3; repeated bool d = 4 [features.repeated_field_encoding = EXPANDED]; }",
       "a repeated packed int32, b repeated string, c repeated prefixed M, d repeated bool"},
      {"edition = '2023'; package t; option features.repeated_field_encoding = EXPANDED;"
       "message M { repeated double a = 1; message N { option features.repeated_field_encoding ="
       "  PACKED; } repeated fixed32 b = 2 [features.repeated_field_encoding = PACKED]; }",
       "a repeated double, b repeated packed fixed32"},
      {"edition = '2023'; package t; option features.message_encoding = DELIMITED;"
       "message M { M a = 1; repeated M b = 2; map<string, M> c = 3; oneof o { N d = 4; }"
       "  M e = 5 [features.message_encoding = LENGTH_PREFIXED]; message N {} }",
       "a delimited M, b repeated delimited M, c repeated prefixed CEntry, d member delimited N, "
       "e prefixed M"},
      {"edition = '2023'; package t; import 'google/protobuf/timestamp.proto'; message M {"
       "  google.protobuf.Timestamp a = 1 [features.message_encoding = DELIMITED]; }",
       "a delimited Timestamp"},
      {"edition = '2023'; package t; option features.utf8_validation = NONE;"
       "message M { string a = 1; map<string, string> b = 2; }",
       "a string, b repeated prefixed BEntry"},
  });
}

TEST(FileLowering, InheritsFromWhateverIsAround) {
  ExpectFields({
      {"edition = '2023'; package t; option features.field_presence = IMPLICIT;"
       "message M { int32 a = 1; oneof o { option features.field_presence = EXPLICIT; int32 b = 2;"
       "  } message N { int32 a = 1; } extensions 100 to 200; }"
       "extend M { int32 x = 100; }",
       "a implicit int32, b member int32"},
      {"edition = '2023'; package t; import 'google/protobuf/go_features.proto';"
       "import 'google/protobuf/cpp_features.proto'; import 'google/protobuf/java_features.proto';"
       "option features.(pb.go).api_level = API_OPAQUE;"
       "option features.(pb.cpp).string_type = VIEW; message M { string a = 1"
       "  [features.(pb.java).utf8_validation = VERIFY, debug_redact = true]; }",
       "a string"},
  });
}

TEST(FileLowering, LinksWhatOtherFilesTakeFromAnEdition) {
  LinkedTexts texts(std::map<std::string, std::string>{
      {"e.proto",
       "edition = '2023'; package t; enum E { A = 0; } enum C {"
       "  option features.enum_type = CLOSED; B = 1; } message X { E e = 1; }"},
      {"p.proto",
       "syntax = 'proto3'; package t; import public 'e.proto';"
       "message P { E a = 1; repeated E b = 2; optional E c = 3; int32 d = 4;"
       "  repeated int32 e = 5 [packed = false]; oneof o { int32 f = 6; }"
       "  optional int32 g = 7; map<int32, E> h = 8; X i = 9; }"},
      {"q.proto",
       "syntax = 'proto3'; package q; import 'p.proto';"
       "message Q { t.E a = 1; t.P b = 2; enum F { Z = 0; } F c = 3; }"},
      {"two.proto",
       "syntax = 'proto2'; package two; import 'e.proto';"
       "message T { optional t.E a = 1; optional t.C b = 2; repeated int32 c = 3; }"},
      {"f.proto",
       "edition = '2024'; package f; import 'e.proto'; import 'q.proto';"
       "message F { t.E a = 1; t.C b = 2; q.Q.F c = 3; }"},
  });
  for (int compiled = 0; compiled < 2; ++compiled) {
    EXPECT_EQ(texts.problems(), "");
    EXPECT_EQ(Words(texts.type("t.P")),
              "a implicit open E, b repeated packed open E, c open E, d implicit int32, "
              "e repeated int32, f member int32, g int32, h repeated prefixed HEntry, "
              "i prefixed X");
    EXPECT_EQ(Words(texts.type("q.Q")), "a implicit open E, b prefixed P, c implicit open F");
    EXPECT_EQ(Words(texts.type("two.T")), "a closed E, b closed C, c repeated int32");
    EXPECT_EQ(Words(texts.type("f.F")), "a open E, b closed C, c open F");
    texts.LinkAsCompiled();
  }
}

TEST(FileLowering, LinksJsonNamesThatAreNoConflict) {
  ExpectFields({
      {"syntax = 'proto3'; package t; message M { int32 foo_bar = 1; optional int32 foobar = 2;"
       "  repeated int32 c = 3; E d = 4; enum E { A = 0; } }",
       "foo_bar implicit int32, foobar int32, c repeated packed int32, d implicit open E"},
      {"edition = '2023'; package t; message M { int32 foo_bar = 1; int32 FooBar = 2; }",
       "foo_bar int32, FooBar int32"},
      {"edition = '2023'; package t; option features.json_format = LEGACY_BEST_EFFORT;"
       "message M { int32 foo_bar = 1; int32 foo__bar = 2; }",
       "foo_bar int32, foo__bar int32"},
      {"syntax = 'proto3'; package t; message M { "
       "  option deprecated_legacy_json_field_conflicts = true;"
       "  int32 foo_bar = 1; int32 foo__bar = 2; }",
       "foo_bar implicit int32, foo__bar implicit int32"},
      {"syntax = 'proto3'; package t; message M { enum E { "
       "  option deprecated_legacy_json_field_conflicts = true; E_A = 0; A = 1; } E a = 1; }",
       "a implicit open E"},
  });
}

TEST(FileLowering, LeavesOtherFilesAsTheyAre) {
  FileDescriptorProto file;
  file.set_name("a.proto");
  file.set_syntax("proto3");
  file.add_message_type()->set_name("M");
  const DescriptorPool pool;
  class NoErrors final : public DescriptorPool::ErrorCollector {
    void AddError(const std::string&, const std::string&, const Message*, ErrorLocation,
                  const std::string& message) override {
      ADD_FAILURE() << message;
    }
  } errors;
  EXPECT_EQ(LowerFile(file, pool, errors), nullptr);
  file.set_syntax("proto2");
  EXPECT_EQ(LowerFile(file, pool, errors), nullptr);
}

TEST(FileLowering, ReportsFaultsAtTheirPlace) {
  struct Fault {
    const char* text;
    const char* wanted;
  };
  for (const Fault& fault : {
           Fault{"edition = '2023';\nmessage M {\n  int32 foo_bar = 1;\n  int32 foo__bar = 2; }",
                 "t.proto:4:9: its JSON name \"fooBar\" is that of field "
                 "\"foo_bar\" too"},
           Fault{"edition = '2023';\nmessage M {\n  Missing a = 1; }", "t.proto:3:3: "},
           Fault{"edition = '2023';\nmessage M {\n  int32 a = 1 [nonsense = 2]; }",
                 "t.proto:3:16: "},
           Fault{"edition = '2023';\nmessage M { int32 a = 1 [features.enum_type = AJAR]; }",
                 "t.proto:2:26: features: "},
           Fault{"syntax = 'proto3';\nmessage M { int32 a = 1 [features.enum_type = OPEN]; }",
                 "t.proto:2:26: the option features.enum_type needs an edition"},
           Fault{"edition = '2023';\nmessage M { optional int32 a = 1; }", "t.proto:2:28: "},
           Fault{"edition = '2023';\nmessage M { required int32 a = 1; }", "LEGACY_REQUIRED"},
           Fault{"edition = '2023';\nmessage M { repeated group A = 1 {} }", "DELIMITED"},
           Fault{"edition = '2031';\nmessage M {}", "t.proto:1:11: edition \"2031\""},
           Fault{"edition = '2023';\nmessage M { map<string, Missing> a = 1; }",
                 "\"Missing\" is not defined"},
       }) {
    const LinkedTexts texts(std::map<std::string, std::string>{{"t.proto", fault.text}});
    EXPECT_THAT(texts.problems(), HasSubstr(fault.wanted)) << fault.text;
  }
}

TEST(FileLowering, ReportsMalformedFeaturesOfCompiledFiles) {
  FileDescriptorProto file;
  file.set_name("a.proto");
  SetEdition(Edition::k2023, file);
  auto& message = *file.add_message_type();
  message.set_name("M");
  message.mutable_options()->mutable_unknown_fields()->AddLengthDelimited(12, "\x08\x09");
  FileLinker linker([&file](const std::string&) { return FileLinker::Source{&file, nullptr, {}}; });
  EXPECT_EQ(linker.Link("a.proto"), nullptr);
  EXPECT_THAT(ToText(linker.problems()),
              HasSubstr("a.proto: M: features.field_presence has the value 9"));
}

// As protoc 36 has made it of
//   edition = "2024"; package t; message M { int32 a = 1; }
TEST(FileLowering, TakesWhatANewerProtocWrites) {
  constexpr char kBytes[] =
      "\x0a\x07t.proto\x12\x01t\"\x11\x0a\x01M\x12\x0c\x0a\x01\x61\x18\x01 \x01(\x05R\x01\x61"
      "b\x08"
      "editionsp\xe9\x07";
  FileDescriptorProto file;
  ASSERT_TRUE(file.ParseFromString(std::string(kBytes, sizeof(kBytes) - 1)));
  FileLinker linker([&file](const std::string&) { return FileLinker::Source{&file, nullptr, {}}; });
  ASSERT_NE(linker.Link("t.proto"), nullptr) << ToText(linker.problems());
  EXPECT_EQ(Words(*linker.TakePool()->FindMessageTypeByName("t.M")), "a int32");
}

}  // namespace
}  // namespace sluice

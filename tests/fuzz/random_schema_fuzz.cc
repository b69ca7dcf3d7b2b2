// SPDX-License-Identifier: Apache-2.0
// Messages of any schema: descriptors are made of the input, then messages of them, which may lie
// on the wire in pieces and in any order. The same schema as one of an edition gives the same JSON.
#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/schema/editions/edition.h"
#include "gateway/schema/editions/feature_set.h"
#include "gateway/schema/editions/file_lowering.h"
#include "google/protobuf/descriptor.pb.h"
#include "tests/fuzz/json_check.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::DescriptorProto;
using google::protobuf::FieldDescriptor;
using google::protobuf::FieldDescriptorProto;
using google::protobuf::FileDescriptorProto;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int kMessages = 3;

// Types that a map's key can have come first.
constexpr FieldDescriptorProto::Type kTypes[] = {
    FieldDescriptorProto::TYPE_INT32,    FieldDescriptorProto::TYPE_INT64,
    FieldDescriptorProto::TYPE_UINT32,   FieldDescriptorProto::TYPE_UINT64,
    FieldDescriptorProto::TYPE_SINT32,   FieldDescriptorProto::TYPE_SINT64,
    FieldDescriptorProto::TYPE_FIXED32,  FieldDescriptorProto::TYPE_FIXED64,
    FieldDescriptorProto::TYPE_SFIXED32, FieldDescriptorProto::TYPE_SFIXED64,
    FieldDescriptorProto::TYPE_BOOL,     FieldDescriptorProto::TYPE_STRING,
    FieldDescriptorProto::TYPE_BYTES,    FieldDescriptorProto::TYPE_FLOAT,
    FieldDescriptorProto::TYPE_DOUBLE,   FieldDescriptorProto::TYPE_ENUM,
    FieldDescriptorProto::TYPE_MESSAGE};
constexpr int kKeyTypes = 12;
constexpr int kAllTypes = static_cast<int>(sizeof(kTypes) / sizeof(kTypes[0]));

void SetType(FuzzedDataProvider& input, int types, FieldDescriptorProto& field) {
  field.set_type(kTypes[input.ConsumeIntegralInRange(0, types - 1)]);
  if (field.type() == FieldDescriptorProto::TYPE_ENUM) field.set_type_name(".r.E");
  if (field.type() == FieldDescriptorProto::TYPE_MESSAGE) {
    field.set_type_name(absl::StrCat(".r.M", input.ConsumeIntegralInRange(0, kMessages - 1)));
  }
}

void AddMap(FuzzedDataProvider& input, const std::string& name, DescriptorProto& message,
            FieldDescriptorProto& field) {
  DescriptorProto& entry = *message.add_nested_type();
  entry.set_name(absl::StrCat("X", name.substr(1), "Entry"));
  entry.mutable_options()->set_map_entry(true);
  const char* names[] = {"key", "value"};
  for (int number = 1; number <= 2; ++number) {
    FieldDescriptorProto& part = *entry.add_field();
    part.set_name(names[number - 1]);
    part.set_number(number);
    part.set_label(FieldDescriptorProto::LABEL_OPTIONAL);
    SetType(input, number == 1 ? kKeyTypes : kAllTypes, part);
  }
  field.set_label(FieldDescriptorProto::LABEL_REPEATED);
  field.set_type(FieldDescriptorProto::TYPE_MESSAGE);
  field.set_type_name(absl::StrCat(".r.", message.name(), ".", entry.name()));
}

void AddField(FuzzedDataProvider& input, bool is_proto3, int index, DescriptorProto& message) {
  // Around those where a tag needs one byte more.
  constexpr int kNumbers[] = {1, 12, 100, 2040, 5000, 300000, 536870000};
  FieldDescriptorProto& field = *message.add_field();
  const std::string name = absl::StrCat("x", index);
  field.set_name(name);
  field.set_number(kNumbers[input.ConsumeIntegralInRange<size_t>(0, 6)] + index);
  const int form = input.ConsumeIntegralInRange(0, 9);
  if (form == 0) {
    AddMap(input, name, message, field);
    return;
  }
  SetType(input, kAllTypes, field);
  const bool repeated = form <= 3;
  field.set_label(repeated ? FieldDescriptorProto::LABEL_REPEATED
                           : FieldDescriptorProto::LABEL_OPTIONAL);
  const bool can_be_packed = field.type() != FieldDescriptorProto::TYPE_STRING &&
                             field.type() != FieldDescriptorProto::TYPE_BYTES &&
                             field.type() != FieldDescriptorProto::TYPE_MESSAGE;
  if (repeated && can_be_packed && input.ConsumeBool()) {
    field.mutable_options()->set_packed(input.ConsumeBool());
  }
  // The members of a oneof must follow each other.
  const bool can_be_member =
      message.oneof_decl_size() == 0 || message.field(message.field_size() - 2).has_oneof_index();
  if ((form == 4 || form == 5) && can_be_member) {
    if (message.oneof_decl_size() == 0) message.add_oneof_decl()->set_name("pick");
    field.set_oneof_index(0);
  }
  if (form == 6 && !is_proto3) field.set_label(FieldDescriptorProto::LABEL_REQUIRED);
}

FileDescriptorProto MakeFile(FuzzedDataProvider& input) {
  FileDescriptorProto file;
  const bool is_proto3 = input.ConsumeBool();
  file.set_name("r.proto");
  file.set_package("r");
  file.set_syntax(is_proto3 ? "proto3" : "proto2");
  auto& type = *file.add_enum_type();
  type.set_name("E");
  for (const int number : {0, 1, 7, -5, 2000}) {
    auto& value = *type.add_value();
    value.set_name(absl::StrCat("V", number < 0 ? 99 : number));
    value.set_number(number);
  }
  for (int i = 0; i < kMessages; ++i) {
    DescriptorProto& message = *file.add_message_type();
    message.set_name(absl::StrCat("M", i));
    const int fields = input.ConsumeIntegralInRange(1, 9);
    for (int index = 0; index < fields; ++index) AddField(input, is_proto3, index, message);
  }
  return file;
}

void Must(const absl::Status& status) {
  if (!status.ok()) std::abort();
}

// The same file as one of an edition, as a compiler would write it.
FileDescriptorProto AsEdition(FileDescriptorProto file) {
  Must(
      AddFeatures(file.syntax() == "proto3"
                      ? "field_presence: IMPLICIT"
                      : "enum_type: CLOSED repeated_field_encoding: EXPANDED utf8_validation: NONE "
                        "json_format: LEGACY_BEST_EFFORT",
                  *file.mutable_options()));
  for (DescriptorProto& message : *file.mutable_message_type()) {
    for (FieldDescriptorProto& field : *message.mutable_field()) {
      if (field.label() == FieldDescriptorProto::LABEL_REQUIRED) {
        field.set_label(FieldDescriptorProto::LABEL_OPTIONAL);
        Must(AddFeatures("field_presence: LEGACY_REQUIRED", *field.mutable_options()));
      }
      if (!field.options().has_packed()) continue;
      Must(AddFeatures(absl::StrCat("repeated_field_encoding: ",
                                    field.options().packed() ? "PACKED" : "EXPANDED"),
                       *field.mutable_options()));
      field.mutable_options()->clear_packed();
    }
  }
  SetEdition(Edition::k2023, file);
  return file;
}

class NoErrors final : public DescriptorPool::ErrorCollector {
 public:
  void AddError(const std::string&, const std::string& element, const Message*, ErrorLocation,
                const std::string& message) override {
    std::fprintf(stderr, "%s: %s\n", element.c_str(), message.c_str());
    std::abort();
  }
};

// Null if the file needs no lowering, which is wrong of one of an edition.
const google::protobuf::FileDescriptor* BuildEdition(const FileDescriptorProto& file,
                                                     DescriptorPool& pool) {
  NoErrors errors;
  const std::unique_ptr<FileDescriptorProto> lowered = LowerFile(AsEdition(file), pool, errors);
  return lowered == nullptr ? nullptr : pool.BuildFileCollectingErrors(*lowered, &errors);
}

void CheckTwins(const ResponseTranscoder& one, const ResponseTranscoder& other,
                absl::string_view wire) {
  TranscodedEvent event;
  TranscodedEvent twin;
  const absl::Status status = one.Transcode(wire, event);
  const absl::Status twin_status = other.Transcode(wire, twin);
  // Of a string that another value replaces, only a parser of proto3 checks the bytes.
  if (twin_status.ok() && absl::StrContains(status.message(), "is not valid UTF-8")) return;
  const bool same =
      status.ok() == twin_status.ok() && event.name == twin.name &&
      event.unknown_fields == twin.unknown_fields &&
      (!status.ok() || nlohmann::json::parse(event.data) == nlohmann::json::parse(twin.data));
  if (same) return;
  std::fprintf(stderr, "%s %s\n%s %s\n", event.data.c_str(), status.ToString().c_str(),
               twin.data.c_str(), twin_status.ToString().c_str());
  std::abort();
}

void SetScalar(FuzzedDataProvider& input, const FieldDescriptor& field, Message& message) {
  const Reflection& reflection = *message.GetReflection();
  const bool add = field.is_repeated();
  const auto number = input.ConsumeIntegral<int64_t>();
  const int64_t value = input.ConsumeBool() ? number : number % 3;
#define SLUICE_SET(kind, Name, given)                    \
  case FieldDescriptor::kind:                            \
    add ? reflection.Add##Name(&message, &field, given)  \
        : reflection.Set##Name(&message, &field, given); \
    return
  switch (field.cpp_type()) {
    SLUICE_SET(CPPTYPE_INT32, Int32, static_cast<int32_t>(value));
    SLUICE_SET(CPPTYPE_INT64, Int64, value);
    SLUICE_SET(CPPTYPE_UINT32, UInt32, static_cast<uint32_t>(value));
    SLUICE_SET(CPPTYPE_UINT64, UInt64, static_cast<uint64_t>(value));
    SLUICE_SET(CPPTYPE_BOOL, Bool, (value & 1) != 0);
    SLUICE_SET(CPPTYPE_DOUBLE, Double, input.ConsumeFloatingPoint<double>());
    SLUICE_SET(CPPTYPE_FLOAT, Float, input.ConsumeFloatingPoint<float>());
    SLUICE_SET(CPPTYPE_STRING, String, input.ConsumeRandomLengthString(20));
    default:
      break;
  }
#undef SLUICE_SET
  const bool known = field.file()->syntax() == google::protobuf::FileDescriptor::SYNTAX_PROTO2;
  const int given = known ? field.enum_type()->value(static_cast<int>(value & 3))->number()
                          : static_cast<int32_t>(value);
  add ? reflection.AddEnumValue(&message, &field, given)
      : reflection.SetEnumValue(&message, &field, given);
}

void FillMessage(FuzzedDataProvider& input, int depth, Message& message) {
  const Descriptor& type = *message.GetDescriptor();
  const Reflection& reflection = *message.GetReflection();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const int times = field.is_required()   ? 1
                      : field.is_repeated() ? input.ConsumeIntegralInRange(0, 4)
                                            : input.ConsumeIntegralInRange(0, 1);
    for (int time = 0; time < times; ++time) {
      if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
        SetScalar(input, field, message);
      } else if (depth > 0) {
        FillMessage(input, depth - 1,
                    field.is_repeated() ? *reflection.AddMessage(&message, &field)
                                        : *reflection.MutableMessage(&message, &field));
      }
    }
  }
}

std::string MakeWire(FuzzedDataProvider& input, const Message& prototype) {
  std::string wire;
  const int pieces = input.ConsumeIntegralInRange(1, 3);
  for (int i = 0; i < pieces; ++i) {
    const std::unique_ptr<Message> message(prototype.New());
    FillMessage(input, 4, *message);
    wire += message->SerializePartialAsString();
  }
  if (!wire.empty() && input.ConsumeIntegralInRange(0, 9) == 0) {
    wire[input.ConsumeIntegralInRange<size_t>(0, wire.size() - 1)] = input.ConsumeIntegral<char>();
  }
  return wire;
}

}  // namespace
}  // namespace sluice

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  FuzzedDataProvider input(data, size);
  google::protobuf::DescriptorPool pool;
  const google::protobuf::FileDescriptorProto file = sluice::MakeFile(input);
  if (pool.BuildFile(file) == nullptr) return 0;
  sluice::ResponseTranscoder::Options options;
  options.type = pool.FindMessageTypeByName("r.M0");
  options.event =
      input.ConsumeBool() ? sluice::v1::StreamOptions::ONEOF : sluice::v1::StreamOptions::MESSAGE;
  const sluice::JsonCheck check(options);
  google::protobuf::DynamicMessageFactory factory(&pool);
  const google::protobuf::Message& prototype = *factory.GetPrototype(options.type);
  google::protobuf::DescriptorPool edition;
  if (sluice::BuildEdition(file, edition) == nullptr) std::abort();
  const sluice::ResponseTranscoder transcoder(options);
  options.type = edition.FindMessageTypeByName("r.M0");
  const sluice::ResponseTranscoder twin(options);
  for (int i = 0; i < 4; ++i) {
    const std::string wire = sluice::MakeWire(input, prototype);
    check.Check(wire);
    sluice::CheckTwins(transcoder, twin, wire);
  }
  return 0;
}

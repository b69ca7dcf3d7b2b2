// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/editions/feature_set.h"

#include <memory>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gateway/base/text/shown.h"
#include "google/protobuf/compiler/parser.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/unknown_field_set.h"

// Protobuf 3.21 knows no FeatureSet: what compilers write of it is an unknown field of each options
// message, under a number that differs from kind to kind.

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorProto;
using google::protobuf::FileDescriptorProto;
using google::protobuf::Message;
using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;
using google::protobuf::io::ArrayInputStream;

constexpr char kDefinition[] = R"(
    syntax = "proto2";
    package google.protobuf;
    message FeatureSet {
      enum FieldPresence {
        FIELD_PRESENCE_UNKNOWN = 0;
        EXPLICIT = 1;
        IMPLICIT = 2;
        LEGACY_REQUIRED = 3;
      }
      enum EnumType { ENUM_TYPE_UNKNOWN = 0; OPEN = 1; CLOSED = 2; }
      enum RepeatedFieldEncoding {
        REPEATED_FIELD_ENCODING_UNKNOWN = 0;
        PACKED = 1;
        EXPANDED = 2;
      }
      enum Utf8Validation { UTF8_VALIDATION_UNKNOWN = 0; VERIFY = 2; NONE = 3; }
      enum MessageEncoding {
        MESSAGE_ENCODING_UNKNOWN = 0;
        LENGTH_PREFIXED = 1;
        DELIMITED = 2;
      }
      enum JsonFormat { JSON_FORMAT_UNKNOWN = 0; ALLOW = 1; LEGACY_BEST_EFFORT = 2; }
      enum EnforceNamingStyle {
        ENFORCE_NAMING_STYLE_UNKNOWN = 0;
        STYLE2024 = 1;
        STYLE_LEGACY = 2;
        STYLE2026 = 3;
      }
      message VisibilityFeature {
        enum DefaultSymbolVisibility {
          DEFAULT_SYMBOL_VISIBILITY_UNKNOWN = 0;
          EXPORT_ALL = 1;
          EXPORT_TOP_LEVEL = 2;
          LOCAL_ALL = 3;
          STRICT = 4;
        }
      }
      message ProtoLimitsFeature {
        enum EnforceProtoLimits {
          PROTO_LIMITS_UNKNOWN = 0;
          LEGACY_NO_EXPLICIT_LIMITS = 1;
          PROTO_LIMITS2026 = 2;
        }
      }
      optional FieldPresence field_presence = 1;
      optional EnumType enum_type = 2;
      optional RepeatedFieldEncoding repeated_field_encoding = 3;
      optional Utf8Validation utf8_validation = 4;
      optional MessageEncoding message_encoding = 5;
      optional JsonFormat json_format = 6;
      optional EnforceNamingStyle enforce_naming_style = 7;
      optional VisibilityFeature.DefaultSymbolVisibility default_symbol_visibility = 8;
      optional ProtoLimitsFeature.EnforceProtoLimits enforce_proto_limits = 9;
      extensions 1000 to 10000;
    }
)";

// The number of `features` in an options message; 0: it has none.
int FeaturesNumber(const Descriptor& options) {
  struct Row {
    const char* name;
    int number;
  };
  constexpr Row kRows[] = {
      {"FileOptions", 50},    {"MessageOptions", 12}, {"FieldOptions", 21},
      {"OneofOptions", 1},    {"EnumOptions", 7},     {"EnumValueOptions", 2},
      {"ServiceOptions", 34}, {"MethodOptions", 35},  {"ExtensionRangeOptions", 50}};
  for (const Row& row : kRows) {
    if (options.name() == row.name) return row.number;
  }
  return 0;
}

absl::Status UnknownValue(absl::string_view feature, uint64_t value) {
  return absl::InvalidArgumentError(
      absl::StrCat("features.", feature, " has the value ", value, ", which is not known"));
}

absl::Status Override(int number, uint64_t value, FeatureSet& features) {
  const bool is_second = value == 2;
  switch (number) {
    case 1:
      if (value < 1 || value > 3) return UnknownValue("field_presence", value);
      features.presence = value == 1  ? FeatureSet::Presence::kExplicit
                          : is_second ? FeatureSet::Presence::kImplicit
                                      : FeatureSet::Presence::kRequired;
      break;
    case 2:
      if (value < 1 || value > 2) return UnknownValue("enum_type", value);
      features.open_enums = !is_second;
      break;
    case 3:
      if (value < 1 || value > 2) return UnknownValue("repeated_field_encoding", value);
      features.packed = !is_second;
      break;
    case 5:
      if (value < 1 || value > 2) return UnknownValue("message_encoding", value);
      features.delimited = is_second;
      break;
    case 6:
      if (value < 1 || value > 2) return UnknownValue("json_format", value);
      features.unique_json_names = !is_second;
      break;
    default:
      break;
  }
  return absl::OkStatus();
}

class FirstError final : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int, int, const std::string& message) override {
    if (text_.empty()) text_ = Shown(message);
  }
  void AddWarning(int, int, const std::string&) override {}
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

const FileDescriptorProto& Definition() {
  static const FileDescriptorProto& file = *[] {
    auto* parsed = new FileDescriptorProto;
    ArrayInputStream input(kDefinition, sizeof(kDefinition) - 1);
    FirstError errors;
    google::protobuf::io::Tokenizer tokens(&input, &errors);
    google::protobuf::compiler::Parser().Parse(&tokens, parsed);
    parsed->clear_source_code_info();
    parsed->set_name("feature_set.proto");
    return parsed;
  }();
  return file;
}

// A message of that definition, to read text by.
std::unique_ptr<Message> NewFeatures() {
  static const google::protobuf::DescriptorPool& pool = *[] {
    auto* made = new google::protobuf::DescriptorPool;
    made->BuildFile(Definition());
    return made;
  }();
  static google::protobuf::DynamicMessageFactory& types =
      *new google::protobuf::DynamicMessageFactory(&pool);
  const Descriptor* type = pool.FindMessageTypeByName("google.protobuf.FeatureSet");
  return std::unique_ptr<Message>(types.GetPrototype(type)->New());
}

}  // namespace

FeatureSet FeatureSet::DefaultsOf(Edition edition) {
  FeatureSet features;  // those of 2023 and later
  if (edition == Edition::kProto3) features.presence = Presence::kImplicit;
  if (edition == Edition::kProto2) {
    features.open_enums = false;
    features.packed = false;
    features.unique_json_names = false;
  }
  return features;
}

absl::StatusOr<FeatureSet> FeatureSet::With(const Message& options) const {
  FeatureSet features = *this;
  const UnknownFieldSet& unknown = options.GetReflection()->GetUnknownFields(options);
  if (unknown.empty()) return features;
  const int features_number = FeaturesNumber(*options.GetDescriptor());
  for (int i = 0; i < unknown.field_count(); ++i) {
    const UnknownField& field = unknown.field(i);
    if (field.number() != features_number || field.type() != UnknownField::TYPE_LENGTH_DELIMITED) {
      continue;
    }
    UnknownFieldSet set;
    if (!set.ParseFromString(field.length_delimited())) {
      return absl::InvalidArgumentError("its features are no google.protobuf.FeatureSet");
    }
    for (int j = 0; j < set.field_count(); ++j) {
      if (set.field(j).type() != UnknownField::TYPE_VARINT) continue;
      absl::Status taken = Override(set.field(j).number(), set.field(j).varint(), features);
      if (!taken.ok()) return taken;
    }
  }
  return features;
}

absl::Status AddFeatures(absl::string_view text, Message& options) {
  const std::unique_ptr<Message> features = NewFeatures();
  FirstError errors;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&errors);
  parser.AllowUnknownExtension(true);
  ArrayInputStream input(text.data(), static_cast<int>(text.size()));
  if (!parser.Parse(&input, features.get())) {
    return absl::InvalidArgumentError(
        absl::StrCat("features: ", errors.text().empty() ? "cannot be read" : errors.text()));
  }
  options.GetReflection()->MutableUnknownFields(&options)->AddLengthDelimited(
      FeaturesNumber(*options.GetDescriptor()), features->SerializeAsString());
  return absl::OkStatus();
}

const DescriptorProto& FeatureSetDefinition() { return Definition().message_type(0); }

}  // namespace sluice

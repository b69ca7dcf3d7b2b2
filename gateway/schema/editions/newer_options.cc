// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/editions/newer_options.h"

#include <set>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/base/text/shown.h"
#include "gateway/schema/editions/edition.h"
#include "gateway/schema/editions/feature_set.h"
#include "google/protobuf/unknown_field_set.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::FieldDescriptorProto;
using google::protobuf::FileDescriptorProto;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::UninterpretedOption;
using ErrorLocation = DescriptorPool::ErrorCollector::ErrorLocation;

// An option that protobuf 3.21 does not know.
struct Newer {
  const char* options;
  const char* name;
  int flag;  // the number of a bool that is read here; 0: read past
};
constexpr Newer kNewer[] = {
    {"MessageOptions", "deprecated_legacy_json_field_conflicts", 11},
    {"EnumOptions", "deprecated_legacy_json_field_conflicts", 6},
    {"FieldOptions", "debug_redact", 0},
    {"FieldOptions", "retention", 0},
    {"FieldOptions", "targets", 0},
    {"FieldOptions", "edition_defaults", 0},
    {"FieldOptions", "feature_support", 0},
    {"EnumValueOptions", "debug_redact", 0},
    {"EnumValueOptions", "feature_support", 0},
    {"ExtensionRangeOptions", "declaration", 0},
    {"ExtensionRangeOptions", "verification", 0},
};

const Newer* FindNewer(const Descriptor& options, const std::string& name) {
  for (const Newer& newer : kNewer) {
    if (options.name() == newer.options && name == newer.name) return &newer;
  }
  return nullptr;
}

// `features.(pb.go).api_level`
std::string NameOf(const UninterpretedOption& option) {
  std::string name;
  for (const UninterpretedOption::NamePart& part : option.name()) {
    absl::StrAppend(&name, name.empty() ? "" : ".", part.is_extension() ? "(" : "",
                    part.name_part(), part.is_extension() ? ")" : "");
  }
  return Shown(name);
}

// The option's value as protobuf's text format writes it.
std::string ValueOf(const UninterpretedOption& option) {
  if (option.has_identifier_value()) return option.identifier_value();
  if (option.has_positive_int_value()) return absl::StrCat(option.positive_int_value());
  if (option.has_negative_int_value()) return absl::StrCat(option.negative_int_value());
  return "\"\"";  // of no feature
}

class Reader final {
 public:
  Reader(FileDescriptorProto& file, const NewerOptions& reports)
      : file_(file), reports_(reports), is_of_edition_(IsOfEdition(file)) {}

  void Run() { ReadIn(file_); }

 private:
  // Looks at everything below; the parser has limited how deep that is.
  void ReadIn(Message& message) {
    if (is_of_edition_ && message.GetDescriptor() == FieldDescriptorProto::descriptor()) {
      CheckField(static_cast<const FieldDescriptorProto&>(message));
    }
    const Reflection& reflection = *message.GetReflection();
    std::vector<const FieldDescriptor*> fields;
    reflection.ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
      if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
      if (field->message_type() == UninterpretedOption::descriptor()) {
        ReadOptions(message, *field);
        continue;
      }
      if (!field->is_repeated()) {
        ReadIn(*reflection.MutableMessage(&message, field));
        continue;
      }
      const int size = reflection.FieldSize(message, field);
      for (int i = 0; i < size; ++i) ReadIn(*reflection.MutableRepeatedMessage(&message, field, i));
    }
  }

  void CheckField(const FieldDescriptorProto& field) {
    if (field.proto3_optional()) {
      reports_.error(field, DescriptorPool::ErrorCollector::NAME,
                     "an edition has no label `optional`; presence is explicit unless "
                     "features.field_presence says otherwise");
    }
    if (field.label() == FieldDescriptorProto::LABEL_REQUIRED) {
      reports_.error(field, DescriptorPool::ErrorCollector::NAME,
                     "an edition has no label `required`; use features.field_presence = "
                     "LEGACY_REQUIRED");
    }
    if (field.type() == FieldDescriptorProto::TYPE_GROUP) {
      reports_.error(field, DescriptorPool::ErrorCollector::NAME,
                     "an edition has no groups; use a message and features.message_encoding = "
                     "DELIMITED");
    }
  }

  void ReadOptions(Message& options, const FieldDescriptor& uninterpreted) {
    const Reflection& reflection = *options.GetReflection();
    const int size = reflection.FieldSize(options, &uninterpreted);
    int kept = 0;
    for (int i = 0; i < size; ++i) {
      const auto& option = static_cast<const UninterpretedOption&>(
          reflection.GetRepeatedMessage(options, &uninterpreted, i));
      if (!Read(option, options)) reflection.SwapElements(&options, &uninterpreted, kept++, i);
    }
    for (int i = kept; i < size; ++i) reflection.RemoveLast(&options, &uninterpreted);
  }

  // False if it is an option like any other.
  bool Read(const UninterpretedOption& option, Message& options) {
    if (option.name_size() == 0 || option.name(0).is_extension()) return false;
    const std::string& name = option.name(0).name_part();
    if (name == "features") return ReadFeatures(option, options);
    const Newer* newer = FindNewer(*options.GetDescriptor(), name);
    if (newer == nullptr) return false;
    if (newer->flag != 0 && option.identifier_value() == "true") {
      options.GetReflection()->MutableUnknownFields(&options)->AddVarint(newer->flag, 1);
    }
    if (newer->flag == 0 && warned_.insert(name).second) {
      reports_.warning(option, DescriptorPool::ErrorCollector::OPTION_NAME,
                       absl::StrCat("the option ", name, " changes nothing here; it is ignored"));
    }
    return true;
  }

  bool ReadFeatures(const UninterpretedOption& option, Message& options) {
    if (!is_of_edition_) {
      reports_.error(option, DescriptorPool::ErrorCollector::OPTION_NAME,
                     absl::StrCat("the option ", NameOf(option), " needs an edition"));
      return true;
    }
    const bool is_of_language = option.name_size() > 1 && option.name(1).is_extension();
    if (is_of_language) return true;
    std::string text = option.aggregate_value();
    if (option.name_size() == 2) {
      text = absl::StrCat(option.name(1).name_part(), ": ", ValueOf(option));
    } else if (option.name_size() > 2 || !option.has_aggregate_value()) {
      text = NameOf(option);
    }
    if (const absl::Status added = AddFeatures(text, options); !added.ok()) {
      reports_.error(option, DescriptorPool::ErrorCollector::OPTION_NAME,
                     std::string(added.message()));
    }
    return true;
  }

  FileDescriptorProto& file_;
  const NewerOptions& reports_;
  const bool is_of_edition_;
  std::set<std::string> warned_;
};

}  // namespace

void ReadNewerOptions(FileDescriptorProto& file, const NewerOptions& reports) {
  Reader(file, reports).Run();
}

}  // namespace sluice

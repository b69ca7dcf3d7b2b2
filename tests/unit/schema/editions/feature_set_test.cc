// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/editions/feature_set.h"

#include "gmock/gmock.h"
#include "google/protobuf/descriptor.pb.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

using google::protobuf::FieldOptions;
using google::protobuf::FileOptions;
using google::protobuf::Message;
using testing::HasSubstr;

FeatureSet After(const std::string& text, const FeatureSet& around = {}) {
  FieldOptions options;
  const absl::Status added = AddFeatures(text, options);
  EXPECT_TRUE(added.ok()) << added;
  const absl::StatusOr<FeatureSet> features = around.With(options);
  EXPECT_TRUE(features.ok()) << features.status();
  return features.value_or(FeatureSet());
}

TEST(FeatureSet, HasTheDefaultsOfItsEdition) {
  const FeatureSet proto2 = FeatureSet::DefaultsOf(Edition::kProto2);
  EXPECT_EQ(proto2.presence, FeatureSet::Presence::kExplicit);
  EXPECT_FALSE(proto2.open_enums || proto2.packed || proto2.delimited || proto2.unique_json_names);
  const FeatureSet proto3 = FeatureSet::DefaultsOf(Edition::kProto3);
  EXPECT_EQ(proto3.presence, FeatureSet::Presence::kImplicit);
  EXPECT_TRUE(proto3.open_enums && proto3.packed && proto3.unique_json_names);
  for (const Edition edition : {Edition::k2023, Edition::k2024, Edition::k2026}) {
    const FeatureSet features = FeatureSet::DefaultsOf(edition);
    EXPECT_EQ(features.presence, FeatureSet::Presence::kExplicit);
    EXPECT_TRUE(features.open_enums && features.packed && features.unique_json_names);
    EXPECT_FALSE(features.delimited);
  }
}

TEST(FeatureSet, TakesWhatTheOptionsSay) {
  EXPECT_EQ(After("field_presence: IMPLICIT").presence, FeatureSet::Presence::kImplicit);
  EXPECT_EQ(After("field_presence: LEGACY_REQUIRED").presence, FeatureSet::Presence::kRequired);
  EXPECT_FALSE(After("enum_type: CLOSED").open_enums);
  EXPECT_FALSE(After("repeated_field_encoding: EXPANDED").packed);
  EXPECT_TRUE(After("message_encoding: DELIMITED").delimited);
  EXPECT_FALSE(After("json_format: LEGACY_BEST_EFFORT").unique_json_names);
}

TEST(FeatureSet, KeepsWhatHoldsAroundTheElement) {
  const FeatureSet around = After("enum_type: CLOSED message_encoding: DELIMITED");
  const FeatureSet features = After("message_encoding: LENGTH_PREFIXED", around);
  EXPECT_FALSE(features.open_enums);
  EXPECT_FALSE(features.delimited);
}

TEST(FeatureSet, ReadsPastWhatConcernsOthers) {
  const FeatureSet features = After(
      "utf8_validation: NONE enforce_naming_style: STYLE2024 default_symbol_visibility: STRICT "
      "[pb.go] { api_level: API_OPAQUE }");
  EXPECT_EQ(features.presence, FeatureSet::Presence::kExplicit);
  EXPECT_TRUE(features.open_enums && features.packed);
}

TEST(FeatureSet, HasANumberOfItsOwnInEachKindOfOptions) {
  google::protobuf::FileOptions file;
  google::protobuf::MessageOptions message;
  google::protobuf::EnumOptions type;
  google::protobuf::OneofOptions oneof;
  struct Row {
    Message* options;
    int number;
  };
  for (const Row& row : {Row{&file, 50}, Row{&message, 12}, Row{&type, 7}, Row{&oneof, 1}}) {
    ASSERT_TRUE(AddFeatures("enum_type: CLOSED", *row.options).ok());
    const auto& unknown = row.options->GetReflection()->GetUnknownFields(*row.options);
    ASSERT_EQ(unknown.field_count(), 1);
    EXPECT_EQ(unknown.field(0).number(), row.number);
    EXPECT_FALSE(FeatureSet().With(*row.options)->open_enums);
  }
}

TEST(FeatureSet, RefusesWhatItDoesNotKnow) {
  struct Row {
    const char* text;
    const char* wanted;
  };
  for (const Row& row : {Row{"enum_type: AJAR", "AJAR"}, Row{"colour: RED", "colour"},
                         Row{"enum_type", "Expected"}, Row{"enum_type: { }", "features"}}) {
    FieldOptions options;
    EXPECT_THAT(std::string(AddFeatures(row.text, options).message()), HasSubstr(row.wanted));
  }
  FieldOptions options;
  options.mutable_unknown_fields()->AddLengthDelimited(21, std::string("\x08\x07", 2));
  EXPECT_THAT(std::string(FeatureSet().With(options).status().message()),
              HasSubstr("features.field_presence has the value 7"));
  options.mutable_unknown_fields()->AddLengthDelimited(21, "\x08");
  EXPECT_FALSE(FeatureSet().With(options).ok());
}

}  // namespace
}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "gateway/config/field_value.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const FieldDescriptor& Field(const Message& message, const std::string& name) {
  return *message.GetDescriptor()->FindFieldByName(name);
}

// What a field says after a text was written into it.
std::string After(Message&& message, const std::string& name, absl::string_view text) {
  const absl::Status status = SetText(message, Field(message, name), text);
  return status.ok() ? GetText(message, Field(message, name)) : std::string(status.message());
}

TEST(SetText, WritesEveryKindOfField) {
  using sluice::config::v1::Limits;
  EXPECT_EQ(After(Limits(), "head", "16KiB"), "16KiB");
  EXPECT_EQ(After(Limits(), "connections", "4294967295"), "4294967295");
  EXPECT_EQ(After(Limits(), "open_grace", "1.25s"), "1.25s");
  EXPECT_EQ(After(sluice::config::v1::Log(), "level", "debug"), "debug");
  EXPECT_EQ(After(sluice::config::v1::Cors(), "credentials", "true"), "true");
  EXPECT_EQ(After(sluice::v1::StreamOptions(), "event", "ONEOF"), "ONEOF");
  EXPECT_EQ(After(sluice::v1::History(), "bytes", "8388608"), "8388608");
  EXPECT_EQ(After(sluice::v1::History(), "bytes", "8MiB"), "8388608");
}

TEST(SetText, AddsToLists) {
  sluice::config::v1::Cors cors;
  ASSERT_TRUE(SetText(cors, Field(cors, "origins"), "a").ok());
  ASSERT_TRUE(SetText(cors, Field(cors, "origins"), "b").ok());
  EXPECT_THAT(cors.origins(), ElementsAre("a", "b"));
  EXPECT_EQ(GetItemText(cors, Field(cors, "origins"), 1), "b");
}

TEST(SetText, KeepsNanosecondsOfADuration) {
  sluice::v1::StreamOptions options;
  ASSERT_TRUE(SetText(options, Field(options, "retry"), "1.000000001s").ok());
  EXPECT_EQ(options.retry().seconds(), 1);
  EXPECT_EQ(options.retry().nanos(), 1);
}

TEST(SetText, SaysWhatIsAllowed) {
  using sluice::config::v1::Limits;
  EXPECT_THAT(After(Limits(), "head", "16"), HasSubstr("has no unit"));
  EXPECT_THAT(After(Limits(), "connections", "4294967296"), HasSubstr("a whole number from 0 to"));
  EXPECT_THAT(After(Limits(), "connections", "-1"), HasSubstr("\"-1\" is not allowed"));
  EXPECT_THAT(After(Limits(), "connections", "0x10"), HasSubstr("is not allowed"));
  EXPECT_THAT(After(sluice::config::v1::Cors(), "credentials", "yes"), HasSubstr("true or false"));
  EXPECT_THAT(After(sluice::v1::History(), "bytes", "99999999999999999999"),
              HasSubstr("is not allowed"));
  EXPECT_EQ(
      After(sluice::v1::StreamOptions(), "event", "ONEOFF"),
      "\"ONEOFF\" is not allowed; write one of MESSAGE, FULL, ONEOF, NONE (did you mean ONEOF?)");
  EXPECT_THAT(After(sluice::v1::StreamOptions(), "event", "EVENT_UNSPECIFIED"),
              HasSubstr("is not allowed"));
}

TEST(SetText, RefusesControlCharactersAndWhatIsNotUtf8) {
  EXPECT_THAT(After(sluice::config::v1::Config(), "listen", "a\nb"),
              HasSubstr("control character"));
  EXPECT_THAT(After(sluice::config::v1::Config(), "listen", std::string("a\0b", 3)),
              HasSubstr("control character"));
  EXPECT_THAT(After(sluice::config::v1::Config(), "listen", "\xFF"), HasSubstr("not UTF-8"));
}

// Every field below the type, each message once.
void Collect(const Descriptor& type, std::vector<const FieldDescriptor*>& fields) {
  for (int i = 0; i < type.field_count(); ++i) {
    fields.push_back(type.field(i));
    if (!IsText(*type.field(i))) Collect(*type.field(i)->message_type(), fields);
  }
}

TEST(FieldValue, KnowsTheTypeOfEveryFieldOfTheConfiguration) {
  std::vector<const FieldDescriptor*> fields;
  Collect(*sluice::config::v1::Config::descriptor(), fields);
  for (const FieldDescriptor* field : fields) {
    if (!IsText(*field)) continue;
    const auto* const prototype =
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(
            field->containing_type());
    const std::unique_ptr<Message> message(prototype->New());
    EXPECT_NE(SetText(*message, *field, "x").code(), absl::StatusCode::kUnimplemented)
        << field->full_name();
    if (field->is_repeated()) {
      EXPECT_EQ(field->type(), FieldDescriptor::TYPE_STRING) << field->full_name();
    }
  }
}

TEST(PresetTexts, SplitsLists) {
  const auto& type = *sluice::config::v1::Config::descriptor();
  EXPECT_THAT(PresetTexts(*type.FindFieldByName("listen")), ElementsAre("127.0.0.1:8080"));
  EXPECT_EQ(PresetTexts(*type.FindFieldByName("retryable_codes")).size(), 6u);
  EXPECT_THAT(PresetTexts(*type.FindFieldByName("routes")), IsEmpty());
}

TEST(EnumNames, LeavesOutNotSaid) {
  EXPECT_THAT(EnumNames(*sluice::v1::StreamOptions::Event_descriptor()),
              ElementsAre("MESSAGE", "FULL", "ONEOF", "NONE"));
}

}  // namespace
}  // namespace sluice

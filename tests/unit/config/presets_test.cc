// SPDX-License-Identifier: Apache-2.0
#include "gateway/config/presets.h"

#include <set>

#include "gateway/config/field_value.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sluice/config/v1/config.pb.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using sluice::v1::StreamOptions;
using ::testing::ElementsAre;

StreamOptions Filled(StreamOptions options) {
  FillPresets(options);
  return options;
}

TEST(FillPresets, WritesWhatTheProtoSays) {
  sluice::config::v1::Config config;
  FillPresets(config);
  EXPECT_EQ(config.listen(), "127.0.0.1:8080");
  EXPECT_EQ(config.ops().listen(), "127.0.0.1:9090");
  EXPECT_EQ(config.limits().head(), 16384u);
  EXPECT_EQ(config.limits().connections(), 10000u);
  EXPECT_EQ(config.limits().open_grace().nanos(), 250000000);
  EXPECT_THAT(config.retryable_codes(), ElementsAre("UNAVAILABLE", "RESOURCE_EXHAUSTED", "ABORTED",
                                                    "DEADLINE_EXCEEDED", "INTERNAL", "UNKNOWN"));
  EXPECT_TRUE(config.has_cors());
  EXPECT_EQ(config.log().format(), "json");
}

TEST(FillPresets, LeavesWhatIsThere) {
  StreamOptions options;
  options.set_endless(true);
  options.mutable_retry()->set_nanos(5);
  options.mutable_heartbeat();
  const StreamOptions filled = Filled(options);
  EXPECT_TRUE(filled.endless());
  EXPECT_EQ(filled.retry().seconds(), 0);
  EXPECT_EQ(filled.retry().nanos(), 5);
  EXPECT_EQ(filled.heartbeat().seconds(), 0);
  EXPECT_EQ(filled.end_retry().seconds(), 3);
}

TEST(FillPresets, LeavesAbsentWhatMeansSomethingByBeingThere) {
  EXPECT_FALSE(Filled({}).has_share());
  StreamOptions options;
  options.mutable_share();
  const StreamOptions filled = Filled(options);
  EXPECT_EQ(filled.share().history().bytes(), 8u << 20);
  EXPECT_EQ(filled.share().start().at(), sluice::v1::Start::LIVE);
  EXPECT_FALSE(filled.share().has_key_field());
}

TEST(FillPresets, LeavesTheOtherMembersOfAOneofAbsent) {
  StreamOptions options;
  options.mutable_share()->mutable_start()->set_last(5);
  EXPECT_EQ(Filled(options).share().start().last(), 5u);
}

TEST(FillPresets, FillsInWhatIsThereInPart) {
  StreamOptions options;
  options.mutable_share()->mutable_history()->set_events(7);
  EXPECT_EQ(Filled(options).share().history().events(), 7u);
  EXPECT_EQ(Filled(options).share().history().bytes(), 8u << 20);
}

// A preset that cannot be read would be found by nobody but users of a release build.
void ExpectReadable(const Descriptor& type, std::set<const Descriptor*>& seen) {
  if (!seen.insert(&type).second) return;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const std::vector<std::string> texts = PresetTexts(field);
    if (!IsText(field)) {
      EXPECT_TRUE(texts.empty() || texts == std::vector<std::string>{"{}"}) << field.full_name();
      ExpectReadable(*field.message_type(), seen);
      continue;
    }
    const std::unique_ptr<google::protobuf::Message> message(
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type)->New());
    for (const std::string& text : texts) {
      EXPECT_EQ(SetText(*message, field, text), absl::OkStatus()) << field.full_name();
    }
  }
}

TEST(Presets, CanAllBeRead) {
  std::set<const Descriptor*> seen;
  ExpectReadable(*sluice::config::v1::Config::descriptor(), seen);
  EXPECT_TRUE(seen.contains(StreamOptions::descriptor()));
}

// Absent, these are nothing at all: no limit, no id, no text.
TEST(Presets, StandBesideEveryOptionThatIsSomethingWhenItIsAbsent) {
  const std::set<std::string> without = {"event_name", "id_field", "resume_field", "required",
                                         "max_age",    "share",    "key_field",    "age",
                                         "last",       "give_up"};
  for (const Descriptor* type :
       {StreamOptions::descriptor(), sluice::v1::JsonOptions::descriptor(),
        sluice::v1::Share::descriptor(), sluice::v1::History::descriptor(),
        sluice::v1::Start::descriptor(), sluice::v1::Reopen::descriptor()}) {
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor& field = *type->field(i);
      EXPECT_EQ(PresetTexts(field).empty(), without.contains(field.name())) << field.full_name();
    }
  }
}

}  // namespace
}  // namespace sluice

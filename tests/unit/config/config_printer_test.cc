// SPDX-License-Identifier: Apache-2.0
#include "gateway/config/config_printer.h"

#include <memory>

#include "gateway/config/config_draft.h"
#include "gateway/config/config_loader.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

using google::protobuf::FieldDescriptorProto;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr absl::string_view kYaml = R"(
listen: "[::1]:8080"
upstreams:
  "on": {target: "dns:///demo:50051"}
  legacy: {target: "10.0.0.7:50051", schema: {proto_path: ["a \"b\" \\ c: #"], files: [ä.proto]}}
routes:
  - selector: "demo.v1.*"
    stream: {share: {slow: LATEST, key_field: symbol, start: {last: 5}, history: {age: 1h30m}},
             heartbeat: 0s, event_name: "null", required: [a.b], endless: false}
  - selector: "*"
    stream: {share: {}}
  - {selector: x, stream: {}, forward_headers: [a]}
cors: {origins: ["https://app.example.com"], credentials: true}
limits: {head: 1025B, open_grace: 1.5s}
retryable_codes: []
)";

EffectiveConfig Load(absl::string_view yaml) {
  Problems problems;
  const auto loaded = LoadConfigText({.file = "f", .environment = {}, .flags = {}}, yaml, problems);
  EXPECT_TRUE(loaded) << ToText(problems) << yaml;
  return loaded.value_or(EffectiveConfig());
}

TEST(ToYaml, IsReadBackAsTheSameConfiguration) {
  const EffectiveConfig first = Load(kYaml);
  const EffectiveConfig second = Load(ToYaml(first));
  google::protobuf::util::MessageDifferencer differencer;
  std::string difference;
  differencer.ReportDifferencesToString(&difference);
  EXPECT_TRUE(differencer.Compare(first.config, second.config)) << difference << ToYaml(first);
}

TEST(ToYaml, SaysWhereEachValueComesFrom) {
  Problems problems;
  const auto loaded = LoadConfigText({.file = "f",
                                      .environment = {{"SLUICE_LIMITS_BODY", "2MiB"}},
                                      .flags = {{"--log-level", "log.level", "debug"}}},
                                     "upstreams: {main: {target: \"x:1\"}}", problems);
  ASSERT_TRUE(loaded) << ToText(problems);
  const std::string yaml = ToYaml(*loaded);
  EXPECT_THAT(yaml, HasSubstr("listen: \"127.0.0.1:8080\"  # from default\n"));
  EXPECT_THAT(yaml, HasSubstr("upstreams:\n  main:\n    target: x:1  # from f:1:28\n"));
  EXPECT_THAT(yaml, HasSubstr("  body: 2MiB  # from SLUICE_LIMITS_BODY\n"));
  EXPECT_THAT(yaml, HasSubstr("  level: debug  # from --log-level\n"));
  EXPECT_THAT(yaml, HasSubstr("routes: []  # from default\n"));
  EXPECT_THAT(yaml, Not(HasSubstr("    schema")));
}

TEST(ToYaml, PrintsOfAStreamOnlyWhatWasSaid) {
  const std::string yaml = ToYaml(Load(kYaml));
  EXPECT_THAT(yaml, HasSubstr("  - selector: \"*\"  # from f:10:15\n"
                              "    stream:\n"
                              "      share: {}  # from f:11:21\n"));
  EXPECT_THAT(yaml, HasSubstr("    stream: {}  # from f:12:27\n"));
  EXPECT_THAT(yaml, HasSubstr("event_name: \"null\""));
  EXPECT_THAT(yaml, HasSubstr("heartbeat: 0s"));
  EXPECT_THAT(yaml, Not(HasSubstr("end_retry")));
  EXPECT_THAT(yaml, HasSubstr("  \"on\":\n"));
}

TEST(PrintYaml, MasksSecrets) {
  google::protobuf::DescriptorPool pool(google::protobuf::DescriptorPool::generated_pool());
  google::protobuf::FileDescriptorProto file;
  file.set_name("t.proto");
  file.set_syntax("proto3");
  file.add_dependency("sluice/config/v1/config.proto");
  auto* const type = file.add_message_type();
  type->set_name("T");
  for (const auto label :
       {FieldDescriptorProto::LABEL_OPTIONAL, FieldDescriptorProto::LABEL_REPEATED}) {
    auto* const field = type->add_field();
    field->set_number(static_cast<int>(label));
    field->set_name(label == FieldDescriptorProto::LABEL_OPTIONAL ? "one" : "many");
    field->set_type(FieldDescriptorProto::TYPE_STRING);
    field->set_label(label);
    field->mutable_options()->SetExtension(sluice::config::v1::kind, sluice::config::v1::SECRET);
  }
  const auto* const built = pool.BuildFile(file);
  ASSERT_NE(built, nullptr);
  google::protobuf::DynamicMessageFactory factory(&pool);
  const std::unique_ptr<google::protobuf::Message> message(
      factory.GetPrototype(built->message_type(0))->New());
  const auto& reflection = *message->GetReflection();
  reflection.SetString(message.get(), built->message_type(0)->field(0), "hush");
  reflection.AddString(message.get(), built->message_type(0)->field(1), "hush");
  reflection.AddString(message.get(), built->message_type(0)->field(1), "hush");

  EXPECT_EQ(PrintYaml(*message, {{"one", "f:1:1"}}),
            "one: \"***\"  # from f:1:1\nmany: [\"***\", \"***\"]\n");
}

}  // namespace
}  // namespace sluice

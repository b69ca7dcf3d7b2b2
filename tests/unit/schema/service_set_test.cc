// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/service_set.h"

#include <algorithm>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sluice/v1/stream.pb.h"
#include "tests/unit/schema/proto_texts.h"

namespace sluice {
namespace {

using google::protobuf::FileDescriptorProto;
using google::protobuf::FileDescriptorSet;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const char kRoom[] = R"(
    syntax = "proto3";
    package demo.v1;
    import "demo/v1/event.proto";
    import "google/api/annotations.proto";
    import "google/protobuf/timestamp.proto";
    import "sluice/v1/stream.proto";
    message Request { string room = 1; google.protobuf.Timestamp since = 2; }
    service Room {
      rpc Join(Request) returns (stream Event) {
        option (google.api.http) = { get: "/rooms/{room}" };
        option (sluice.v1.stream) = { event: ONEOF id_field: "id" retry { seconds: 2 } };
      }
    })";
const char kEvent[] = R"(
    syntax = "proto3";
    package demo.v1;
    message Event { string id = 1; oneof kind { string text = 2; } })";

const ProtoTexts kDemo = {{"demo/v1/room.proto", kRoom}, {"demo/v1/event.proto", kEvent}};

FileDescriptorSet SetOf(const std::vector<FileDescriptorProto>& files) {
  FileDescriptorSet set;
  for (const FileDescriptorProto& file : files) *set.add_file() = file;
  return set;
}

void ExpectDemo(const ServiceSet& set) {
  EXPECT_EQ(ToText(set.problems()), "");
  ASSERT_THAT(NamesOf(set), ElementsAre("demo.v1.Room"));
  const auto* join = set.services()[0]->method(0);
  EXPECT_EQ(join->output_type()->full_name(), "demo.v1.Event");
  ASSERT_TRUE(join->options().HasExtension(sluice::v1::stream));
  const auto& options = join->options().GetExtension(sluice::v1::stream);
  EXPECT_EQ(options.event(), sluice::v1::StreamOptions::ONEOF);
  EXPECT_EQ(options.id_field(), "id");
  EXPECT_EQ(options.retry().seconds(), 2);
}

TEST(ServiceSet, CompilesProtoFilesWhoseImportsNobodyShips) {
  const TempFolder folder(kDemo);
  ExpectDemo(*ServiceSet::FromProtoFiles({folder.path()}, {"demo/v1/room.proto"}));
}

TEST(ServiceSet, ReadsDescriptorSets) {
  const TempFolder folder;
  const std::string path =
      folder.Write("all.binpb", SetOf(CompileTexts(kDemo)).SerializeAsString());
  ExpectDemo(*ServiceSet::FromDescriptorSets({path}));
}

TEST(ServiceSet, TakesLooseFilesInAnyOrder) {
  std::vector<FileDescriptorProto> files = CompileTexts(kDemo);
  ExpectDemo(*ServiceSet::FromFiles("main", files, {}));
  std::reverse(files.begin(), files.end());
  ExpectDemo(*ServiceSet::FromFiles("main", files, {"demo.v1.Room"}));
}

TEST(ServiceSet, ReadsTheOptionThroughASchemasOwnCopyOfItsFile) {
  std::vector<FileDescriptorProto> files = CompileTexts(kDemo);
  sluice::v1::StreamOptions::descriptor()->file()->CopyTo(&files.emplace_back());
  ExpectDemo(*ServiceSet::FromFiles("main", files, {}));

  ProtoTexts texts = kDemo;
  texts["sluice/v1/stream.proto"] = R"(
      syntax = "proto3";
      package sluice.v1;
      import "google/protobuf/descriptor.proto";
      import "google/protobuf/duration.proto";
      extend google.protobuf.MethodOptions { optional StreamOptions stream = 50561; }
      message StreamOptions {
        enum Event { EVENT_UNSPECIFIED = 0; MESSAGE = 1; ONEOF = 3; }
        optional Event event = 1;
        optional string id_field = 3;
        optional google.protobuf.Duration retry = 6;
      })";
  const TempFolder folder(texts);
  ExpectDemo(*ServiceSet::FromProtoFiles({folder.path()}, {"demo/v1/room.proto"}));
}

TEST(ServiceSet, SaysEveryErrorOfEveryFileWithItsPlace) {
  const TempFolder folder(ProtoTexts{
      {"a.proto", "syntax = \"proto3\";\nimport \"b.proto\";\nimport \"gone.proto\";\n"},
      {"b.proto", "syntax = \"proto3\";\nmessage M { Nowhere a = 1; }\nmessage N { Never b = 1; }"},
      {"c.proto", "syntax = \"proto3\";\nmessage {}\n"},
      {"d.proto", "syntax = \"proto3\";\nimport \"d.proto\";\n"},
  });
  const auto set =
      ServiceSet::FromProtoFiles({folder.path()}, {"a.proto", "c.proto", "d.proto", "none.proto"});
  EXPECT_THAT(set->services(), IsEmpty());
  std::vector<std::string> places;
  for (const Problem& problem : set->problems()) places.push_back(problem.where);
  EXPECT_THAT(places, testing::UnorderedElementsAre("a.proto:3:1", "b.proto:2:13", "b.proto:3:13",
                                                    "c.proto:2:9", "d.proto:2:1", "none.proto"))
      << ToText(set->problems());
}

TEST(ServiceSet, SaysWhereAnOptionIsWrong) {
  const TempFolder folder(ProtoTexts{{"a.proto", R"(syntax = "proto3";
import "sluice/v1/stream.proto";
message M {}
service S {
  rpc Get(M) returns (stream M) {
    option (sluice.v1.stream) = { id_feld: "id" };
  }
})"}});
  const auto set = ServiceSet::FromProtoFiles({folder.path()}, {"a.proto"});
  ASSERT_EQ(set->problems().size(), 1u) << ToText(set->problems());
  EXPECT_THAT(set->problems()[0].where, testing::StartsWith("a.proto:6:"));
  EXPECT_THAT(set->problems()[0].what, HasSubstr("id_feld"));
}

TEST(ServiceSet, NamesTheFoldersInWhichItLooked) {
  const TempFolder folder;
  const auto set = ServiceSet::FromProtoFiles({folder.path()}, {"a.proto"});
  EXPECT_EQ(ToText(set->problems()),
            "a.proto: is in none of the folders (" + folder.path() + ") and not a bundled file\n");
}

TEST(ServiceSet, LeavesOutABrokenServiceAndKeepsTheOthers) {
  std::vector<FileDescriptorProto> files = CompileTexts(kDemo);
  FileDescriptorProto& broken = files.emplace_back();
  broken.set_name("broken.proto");
  broken.add_dependency("gone.proto");
  auto* service = broken.add_service();
  service->set_name("Broken");
  service->add_method()->set_name("Watch");
  service->mutable_method(0)->set_input_type("Gone");
  service->mutable_method(0)->set_output_type("Gone");

  const auto set = ServiceSet::FromFiles("main", files, {});

  EXPECT_THAT(NamesOf(*set), ElementsAre("demo.v1.Room"));
  EXPECT_EQ(ToText(set->problems()),
            "main: service Broken is left out: broken.proto: Broken.Watch: \"Gone\" is not "
            "defined; missing imports: \"gone.proto\"\n");
}

TEST(ServiceSet, ReportsAServiceThatNoFileDescribes) {
  const auto set = ServiceSet::FromFiles("main", {}, {"demo.v1.Room", "demo.v1.Room"});
  EXPECT_EQ(ToText(set->problems()),
            "main: service demo.v1.Room is left out: no file describes it\n");
}

TEST(ServiceSet, ReportsAnOptionThatTheServiceSendsInAnotherForm) {
  std::vector<FileDescriptorProto> files = CompileTexts(kDemo);
  for (FileDescriptorProto& file : files) {
    if (file.service_size() == 0) continue;
    auto* options = file.mutable_service(0)->mutable_method(0)->mutable_options();
    options->ClearExtension(sluice::v1::stream);
    options->mutable_unknown_fields()->AddVarint(50561, 1);
  }
  const auto set = ServiceSet::FromFiles("main", files, {});
  EXPECT_THAT(NamesOf(*set), IsEmpty());
  EXPECT_THAT(ToText(set->problems()),
              HasSubstr("the option (sluice.v1.stream) of demo.v1.Room.Join"));
}

TEST(ServiceSet, LeavesOutAServiceWhoseOptionIsMalformedAndKeepsTheOthers) {
  std::vector<FileDescriptorProto> files = CompileTexts(kDemo);
  FileDescriptorProto& broken = files.emplace_back();
  broken.set_name("broken.proto");
  broken.add_dependency("sluice/v1/stream.proto");
  broken.add_message_type()->set_name("M");
  auto* service = broken.add_service();
  service->set_name("Broken");
  service->add_method()->set_name("Watch");
  service->mutable_method(0)->set_input_type("M");
  service->mutable_method(0)->set_output_type("M");
  service->mutable_method(0)->mutable_options()->mutable_unknown_fields()->AddLengthDelimited(
      50561, "\x1a\x7f");

  const auto set = ServiceSet::FromFiles("main", files, {"demo.v1.Room", "Broken"});

  EXPECT_THAT(NamesOf(*set), ElementsAre("demo.v1.Room"));
  EXPECT_EQ(ToText(set->problems()),
            "main: service Broken is left out: broken.proto: the option (sluice.v1.stream) of "
            "Broken.Watch is no sluice.v1.StreamOptions\n");
}

TEST(ServiceSet, ReportsFilesThatCannotBeRead) {
  const TempFolder folder(ProtoTexts{{"empty.binpb", ""}});
  const auto set =
      ServiceSet::FromDescriptorSets({folder.path() + "/none", folder.path() + "/empty.binpb"});
  ASSERT_EQ(set->problems().size(), 2u);
  EXPECT_EQ(set->problems()[0].what, "there is no such file");
  EXPECT_EQ(set->problems()[1].where, folder.path() + "/empty.binpb");
}

const char kShop[] = R"(
    syntax = "proto3";
    package shop.v1;
    import "shop/v1/order.proto";
    service Orders { rpc Watch(Order) returns (stream Order); })";
const char kOrder[] = "syntax = \"proto3\"; package shop.v1; message Order { string id = 1; }";

std::vector<std::string> NamesOf(const std::vector<std::shared_ptr<const ServiceSet>>& sets) {
  std::vector<std::string> names;
  for (const auto& set : sets) {
    EXPECT_EQ(ToText(set->problems()), "");
    for (const auto* service : set->services()) names.push_back(service->full_name());
  }
  return names;
}

TEST(ServiceSet, TakesFilesOfTypesAloneInAnyOrder) {
  const TempFolder folder(
      ProtoTexts{{"shop/v1/shop.proto", kShop}, {"shop/v1/order.proto", kOrder}});
  std::vector<FileDescriptorProto> files =
      CompileTexts({{"shop/v1/shop.proto", kShop}, {"shop/v1/order.proto", kOrder}});
  std::vector<std::string> sets;
  for (const FileDescriptorProto& file : files) {
    sets.push_back(folder.Write(file.name() + ".binpb", SetOf({file}).SerializeAsString()));
  }
  std::vector<std::string> texts = {"shop/v1/order.proto", "shop/v1/shop.proto"};
  for (int i = 0; i < 2; ++i) {
    ServiceSet::NamedFiles named{.proto_path = {}, .files = {}, .descriptor_sets = sets};
    EXPECT_THAT(NamesOf(ServiceSet::FromNamedFiles(named)), ElementsAre("shop.v1.Orders"));
    named = {.proto_path = {folder.path()}, .files = texts, .descriptor_sets = {}};
    EXPECT_THAT(NamesOf(ServiceSet::FromNamedFiles(named)), ElementsAre("shop.v1.Orders"));
    std::reverse(sets.begin(), sets.end());
    std::reverse(texts.begin(), texts.end());
  }
}

TEST(ServiceSet, TakesAnImportOfOneKindOfFileFromTheOther) {
  const std::vector<FileDescriptorProto> files =
      CompileTexts({{"shop/v1/shop.proto", kShop}, {"shop/v1/order.proto", kOrder}});
  for (const FileDescriptorProto& file : files) {
    const bool is_order = file.name() == "shop/v1/order.proto";
    const TempFolder folder(is_order ? ProtoTexts{{"shop/v1/shop.proto", kShop}}
                                     : ProtoTexts{{"shop/v1/order.proto", kOrder}});
    const std::string set = folder.Write("set.binpb", SetOf({file}).SerializeAsString());
    const std::string text = is_order ? "shop/v1/shop.proto" : "shop/v1/order.proto";
    EXPECT_THAT(NamesOf(ServiceSet::FromNamedFiles(
                    {.proto_path = {folder.path()}, .files = {text}, .descriptor_sets = {set}})),
                ElementsAre("shop.v1.Orders"))
        << text;
    // Folders alone are where imports of a descriptor set are looked up.
    if (is_order) continue;
    EXPECT_THAT(NamesOf(ServiceSet::FromNamedFiles(
                    {.proto_path = {folder.path()}, .files = {}, .descriptor_sets = {set}})),
                ElementsAre("shop.v1.Orders"));
  }
}

TEST(ServiceSet, SaysWhereAnImportOfSeveralKindsOfFileWasLookedFor) {
  const TempFolder folder(ProtoTexts{{"shop/v1/shop.proto", kShop}});
  const std::string set = folder.Write(
      "set.binpb", SetOf(CompileTexts({{"a.proto", "syntax = \"proto3\";"}})).SerializeAsString());
  const auto sets = ServiceSet::FromNamedFiles(
      {.proto_path = {folder.path()}, .files = {"shop/v1/shop.proto"}, .descriptor_sets = {set}});
  EXPECT_EQ(ToText(sets[0]->problems()),
            "shop/v1/shop.proto:4:5: imports \"shop/v1/order.proto\", which is in none of the "
            "folders (" +
                folder.path() + "), in no descriptor set and not a bundled file\n");
}

TEST(ServiceSet, TellsTheServicesOfATextThatCannotBeLinked) {
  const TempFolder folder(ProtoTexts{{"shop/v1/shop.proto", kShop}});
  const auto set = ServiceSet::FromProtoFiles({folder.path()}, {"shop/v1/shop.proto"});
  ASSERT_EQ(set->skipped().size(), 1u);
  EXPECT_EQ(set->skipped()[0].full_name, "shop.v1.Orders");
  EXPECT_EQ(set->skipped()[0].path, "/shop.v1.Orders/");
  EXPECT_TRUE(set->skipped()[0].is_service());
  EXPECT_THAT(set->skipped()[0].reason, HasSubstr("shop/v1/order.proto"));
}

TEST(ServiceSet, NamesTheFilesWhereNoneHasAService) {
  const TempFolder folder(ProtoTexts{{"a.proto", "syntax = \"proto3\"; message A {}"},
                                     {"b.proto", "syntax = \"proto3\"; message B {}"}});
  EXPECT_EQ(ToText(ServiceSet::FromProtoFiles({folder.path()}, {"a.proto"})->problems()),
            "a.proto: has no service\n");
  EXPECT_EQ(ToText(ServiceSet::FromProtoFiles({folder.path()}, {"a.proto", "b.proto"})->problems()),
            "a.proto, b.proto: none of them has a service\n");
}

TEST(ServiceSet, WritesNothingToStandardError) {
  testing::internal::CaptureStderr();
  FileDescriptorProto file;
  file.set_name("a.proto");
  file.set_syntax("proto9");
  file.add_dependency("not\xffUTF-8");
  file.add_message_type()->set_name("M");
  auto* service = file.add_service();
  service->set_name("S");
  service->add_method()->set_name("Get");
  service->mutable_method(0)->set_input_type("M");
  service->mutable_method(0)->set_output_type("M");
  const auto set = ServiceSet::FromFiles("main", {file}, {});
  EXPECT_THAT(ToText(set->problems()), HasSubstr("service S is left out: a.proto: "));
  EXPECT_EQ(set->problems().size(), 1u);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace sluice

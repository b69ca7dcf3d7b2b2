// SPDX-License-Identifier: Apache-2.0
#include "gateway/server/schema_state.h"

#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.pb.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

constexpr char kProto[] =
    "syntax = \"proto3\"; package t; import \"google/api/annotations.proto\";\n"
    "service S { rpc Watch(M) returns (stream M); rpc Chat(stream M) returns (stream M); }\n"
    "message M { string id = 1; }\n";

class SchemaBookTest : public testing::Test {
 protected:
  SchemaBookTest() : folder_(absl::StrCat(testing::TempDir(), "/schema_book_", getpid())) {
    std::filesystem::create_directories(folder_);
    std::ofstream(folder_ + "/t.proto") << kProto;
  }
  ~SchemaBookTest() override { std::filesystem::remove_all(folder_); }

  EffectiveConfig Config() {
    EffectiveConfig effective;
    effective.config.mutable_limits()->set_schema(64 << 20);
    auto& upstream = (*effective.config.mutable_upstreams())["files"];
    upstream.set_target("localhost:1");
    upstream.mutable_schema()->add_proto_path(folder_);
    upstream.mutable_schema()->add_files("t.proto");
    return effective;
  }

  const std::string folder_;
};

TEST_F(SchemaBookTest, ReadsFilesWithoutAService) {
  SchemaState book(Config());
  EXPECT_TRUE(book.Pending().empty());
  book.ReadFiles();
  const SchemaState::Routes routes = book.BuildRoutes();
  ASSERT_NE(routes.table, nullptr) << ToText(routes.errors);
  EXPECT_EQ(ToText(routes.left_out), "");
  EXPECT_NE(routes.table->Match("GET", "/t.S/Watch").route, nullptr);
  EXPECT_NE(routes.table->Match("GET", "/t.S/Chat").skipped, nullptr);
}

TEST_F(SchemaBookTest, WhatStandsInOneOfSeveralSourcesCountsForAllOfAnUpstream) {
  const std::string set = folder_ + "/other.binpb";
  google::protobuf::FileDescriptorSet files;
  google::protobuf::FileDescriptorProto& file = *files.add_file();
  file.set_name("other.proto");
  file.set_package("u");
  file.add_dependency("t.proto");
  google::protobuf::MethodDescriptorProto& method = *file.add_service()->add_method();
  file.mutable_service(0)->set_name("Other");
  method.set_name("Get");
  method.set_input_type(".t.M");
  method.set_output_type(".t.M");
  std::ofstream(set) << files.SerializeAsString();
  EffectiveConfig config = Config();
  auto& upstream = config.config.mutable_upstreams()->at("files");
  upstream.mutable_schema()->add_descriptor_set(set);
  upstream.add_services("t.S");
  upstream.add_services("u.Other");
  SchemaState book(config);
  book.ReadFiles();
  const SchemaState::Routes routes = book.BuildRoutes();
  ASSERT_NE(routes.table, nullptr) << ToText(routes.errors);
  EXPECT_EQ(ToText(routes.left_out), "");
  EXPECT_NE(routes.table->Match("GET", "/t.S/Watch").route, nullptr);
  EXPECT_NE(routes.table->Match("GET", "/u.Other/Get").route, nullptr);
}

TEST_F(SchemaBookTest, AnUpstreamWithoutFilesIsPendingUntilItAnswers) {
  EffectiveConfig config = Config();
  (*config.config.mutable_upstreams())["asked"].set_target("127.0.0.1:1");
  SchemaState book(config);
  book.ReadFiles();
  EXPECT_EQ(book.Pending(), std::vector<std::string>{"asked"});
  EXPECT_FALSE(book.Ask("asked", {}).ok());
  EXPECT_EQ(book.Pending(), std::vector<std::string>{"asked"});
  EXPECT_NE(book.BuildRoutes().table, nullptr);
}

TEST_F(SchemaBookTest, SaysThatThereIsNothingToServeOnceNobodyIsPending) {
  EffectiveConfig config = Config();
  (*config.config.mutable_upstreams())["files"].add_services("t.Other");
  SchemaState book(config);
  book.ReadFiles();
  const std::string problems = ToText(book.NothingToServe(book.BuildRoutes()));
  EXPECT_TRUE(absl::StrContains(problems, "matches no service")) << problems;
  EXPECT_TRUE(absl::EndsWith(problems, "schema: there is no method to serve\n")) << problems;
  (*config.config.mutable_upstreams())["asked"].set_target("127.0.0.1:1");
  SchemaState pending(config);
  pending.ReadFiles();
  EXPECT_EQ(ToText(pending.NothingToServe(pending.BuildRoutes())), "");
}

TEST_F(SchemaBookTest, InheritsNothingFromFilesOrFromAnotherTarget) {
  EffectiveConfig asked;
  (*asked.config.mutable_upstreams())["files"].set_target("localhost:1");
  SchemaState earlier(Config());
  earlier.ReadFiles();
  SchemaState book(asked);
  EXPECT_TRUE(book.Inherit(earlier).empty());
  EXPECT_EQ(book.Pending(), std::vector<std::string>{"files"});
}

TEST_F(SchemaBookTest, ARuleThatIsWrongIsNamedByItsPlace) {
  EffectiveConfig config = Config();
  config.origins["routes[0].selector"] = "sluice.yaml:7:5";
  auto* route = config.config.add_routes();
  route->set_selector("t.S.Watch");
  route->mutable_stream()->set_id_field("no_such");
  SchemaState book(config);
  book.ReadFiles();
  const SchemaState::Routes routes = book.BuildRoutes();
  EXPECT_EQ(routes.table, nullptr);
  EXPECT_TRUE(absl::StrContains(ToText(routes.errors), "sluice.yaml:7:5")) << ToText(routes.errors);
  EXPECT_TRUE(absl::StrContains(ToText(routes.errors), "no_such")) << ToText(routes.errors);
}

}  // namespace
}  // namespace sluice

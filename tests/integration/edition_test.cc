// SPDX-License-Identifier: Apache-2.0
// A schema of an edition serves what its twin of proto3 serves: from .proto files, and from a
// descriptor set of a newer compiler.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "demo/v1/faults.pb.h"
#include "google/protobuf/descriptor.pb.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/support/http_answer.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

using google::protobuf::DescriptorProto;
using google::protobuf::FieldDescriptorProto;
using google::protobuf::FileDescriptor;
using google::protobuf::FileDescriptorProto;
using google::protobuf::FileDescriptorSet;

class Edition : public testing::Test {
 protected:
  Edition() : folder_(absl::StrCat(testing::TempDir(), "/edition_", getpid())) {
    std::filesystem::create_directories(folder_ + "/demo/v1");
  }
  ~Edition() override { std::filesystem::remove_all(folder_); }

  // The .proto file of the demo as one of an edition.
  std::string TextConfig() const {
    std::ifstream original("proto/demo/v1/faults.proto");
    std::ostringstream text;
    text << original.rdbuf();
    std::ofstream(folder_ + "/demo/v1/faults.proto") << absl::StrReplaceAll(
        text.str(),
        {{"syntax = \"proto3\";", "edition = \"2024\"; option features.field_presence = IMPLICIT;"},
         {"optional int32 optional_int32 = 18;",
          "int32 optional_int32 = 18 [features = { field_presence: EXPLICIT }];"},
         {"\n  message Nested {", "\n  local message Nested {"}});
    return absl::StrCat("upstreams: {main: {schema: {proto_path: [\"", folder_,
                        "\"], files: [demo/v1/faults.proto]}}}\n");
  }

  // The same as a newer compiler makes it.
  std::string SetConfig() const {
    FileDescriptorSet set;
    const FileDescriptor& file = *::demo::v1::Kinds::descriptor()->file();
    for (int i = 0; i < file.dependency_count(); ++i) {
      file.dependency(i)->CopyTo(set.add_file());
    }
    FileDescriptorProto& edition = *set.add_file();
    file.CopyTo(&edition);
    edition.set_syntax("editions");
    edition.mutable_unknown_fields()->AddVarint(14, 1000);
    edition.mutable_options()->mutable_unknown_fields()->AddLengthDelimited(50, "\x08\x02");
    for (DescriptorProto& message : *edition.mutable_message_type()) {
      for (FieldDescriptorProto& field : *message.mutable_field()) {
        if (!field.proto3_optional()) continue;
        field.clear_proto3_optional();
        field.clear_oneof_index();
        field.mutable_options()->mutable_unknown_fields()->AddLengthDelimited(21, "\x08\x01");
        message.mutable_oneof_decl()->RemoveLast();
      }
    }
    std::ofstream(folder_ + "/set.binpb", std::ios::binary) << set.SerializeAsString();
    return absl::StrCat("upstreams: {main: {schema: {descriptor_set: [\"", folder_,
                        "/set.binpb\"]}}}\n");
  }

  const std::string folder_;
};

// Fields and entries have no order.
nlohmann::json FirstEvent(const TestGateway& gateway, const std::string& target) {
  HttpAnswer answer(gateway.port(), {.target = target});
  while (const auto event = answer.NextEvent()) {
    if (event->name != "stream-open") return {event->name, nlohmann::json::parse(event->data)};
  }
  return absl::StrCat("none: ", answer.status(), " ", answer.body());
}

nlohmann::json Echo(const TestGateway& gateway, const std::string& body) {
  HttpAnswer answer(gateway.port(), {.method = "POST",
                                     .target = "/demo.v1.Faults/Echo",
                                     .headers = {{"Content-Type", "application/json"}},
                                     .body = body});
  nlohmann::json body_back = nlohmann::json::parse(answer.ReadBody());
  body_back.erase("metadata");  // has the id of the request
  return {answer.status(), body_back};
}

TEST_F(Edition, ServesWhatItsTwinServes) {
  const TestGateway twin;
  for (const std::string& yaml : {TextConfig(), SetConfig()}) {
    const TestGateway gateway({.yaml = yaml});
    const nlohmann::json everything = FirstEvent(twin, "/demo.v1.Faults/Everything");
    EXPECT_EQ(everything[1]["enumValue"], "GREEN") << everything;
    EXPECT_EQ(FirstEvent(gateway, "/demo.v1.Faults/Everything"), everything) << yaml;
    for (const char* target :
         {"/demo.v1.Faults/Run?count=1&text=x", "/demo.v1.Faults/Run?count=1&size=0"}) {
      EXPECT_EQ(FirstEvent(gateway, target), FirstEvent(twin, target)) << yaml;
    }
    for (const char* body :
         {"{\"text\":\"x\"}",
          "{\"text\":\"\",\"kinds\":{\"enumValue\":7,\"enumMap\":{\"true\":\"RED\"}}}",
          "{\"kinds\":{\"null\":null,\"optionalInt32\":0,\"int32Value\":0}}", "{\"nonsense\":1}",
          "{\"text\":7}"}) {
      EXPECT_EQ(Echo(gateway, body), Echo(twin, body)) << yaml;
    }
  }
}

TEST_F(Edition, ThatIsUnknownIsRefusedWithItsPlace) {
  std::ofstream(folder_ + "/a.proto") << "// a\nedition = \"2091\";\nmessage M {}\n";
  const TestGateway gateway({.yaml = TextConfig()});
  EXPECT_FALSE(gateway.Page("/status").empty());
  TestGateway running;
  EXPECT_FALSE(running.Reload(absl::StrCat("upstreams: {main: {schema: {proto_path: [\"", folder_,
                                           "\"], files: [a.proto]}}}\n")));
  EXPECT_NE(running.Page("/status").find("a.proto:2:11"), std::string::npos)
      << running.Page("/status");
}

}  // namespace
}  // namespace sluice

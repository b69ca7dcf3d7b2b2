// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/grpc/reflection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "sluice/internal/reflection.pb.h"
#include "tests/unit/upstream/fake_service.h"

namespace sluice {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

constexpr absl::Duration kEnough = absl::Seconds(20);

// A service that can be asked what it serves.
struct Reflecting {
  std::string package = "grpc.reflection.v1";
  std::vector<std::string> services;
  std::map<std::string, std::vector<std::string>> symbols;  // service: files that are sent with it
  std::map<std::string, std::vector<std::string>> imports;  // file: what it imports
  // Replaces an answer, where it says something.
  std::function<std::optional<Script>(const internal::ReflectionRequest&)> instead;

  std::string File(const std::string& name) const {
    google::protobuf::FileDescriptorProto file;
    file.set_name(name);
    if (const auto found = imports.find(name); found != imports.end()) {
      for (const std::string& import : found->second) file.add_dependency(import);
    }
    return file.SerializeAsString();
  }

  internal::ReflectionResponse Answer(const internal::ReflectionRequest& question) const {
    internal::ReflectionResponse answer;
    if (question.has_list_services()) {
      for (const std::string& name : services) {
        answer.mutable_list_services_response()->add_service()->set_name(name);
      }
    } else if (const auto found = symbols.find(question.file_containing_symbol());
               found != symbols.end()) {
      for (const std::string& name : found->second) {
        answer.mutable_file_descriptor_response()->add_file_descriptor_proto(File(name));
      }
    } else if (imports.contains(question.file_by_filename())) {
      answer.mutable_file_descriptor_response()->add_file_descriptor_proto(
          File(question.file_by_filename()));
    } else {
      answer.mutable_error_response()->set_error_code(5);
      answer.mutable_error_response()->set_error_message("not found");
    }
    return answer;
  }

  Script operator()(const FakeService::Request& request) const {
    if (request.path != absl::StrCat("/", package, ".ServerReflection/ServerReflectionInfo")) {
      return Script{.status = grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "")};
    }
    internal::ReflectionRequest question;
    question.ParseFromString(request.message);
    if (instead) {
      if (std::optional<Script> script = instead(question)) return *script;
    }
    return Script{.messages = {Answer(question).SerializeAsString()},
                  .after = Script::After::kListen};
  }
};

Reflecting Demo() {
  Reflecting demo;
  demo.services = {"demo.v1.Ticker",
                   "grpc.reflection.v1.ServerReflection",
                   "grpc.reflection.v1alpha.ServerReflection",
                   "demo.v1.Room",
                   "grpc.health.v1.Health",
                   "grpc.channelz.v1.Channelz"};
  demo.symbols = {{"demo.v1.Ticker", {"demo/ticker.proto", "demo/money.proto"}},
                  {"demo.v1.Room", {"demo/room.proto"}}};
  demo.imports = {{"demo/ticker.proto", {"demo/money.proto"}},
                  {"demo/money.proto", {"demo/base.proto"}},
                  {"demo/room.proto", {"demo/base.proto", "google/protobuf/timestamp.proto"}},
                  {"demo/base.proto", {}}};
  return demo;
}

absl::StatusOr<SchemaFiles> Reflect(const std::string& target, absl::Duration timeout = kEnough) {
  return ReflectFiles({.target = target, .answer_timeout = timeout, .timeout = timeout});
}

std::vector<std::string> NamesOf(const SchemaFiles& files) {
  std::vector<std::string> names;
  for (const LooseFile& file : files.files) names.push_back(file.proto.name());
  return names;
}

absl::Status StatusOf(const Reflecting& reflecting, absl::Duration timeout = kEnough) {
  FakeService service(reflecting);
  return Reflect(service.target(), timeout).status();
}

TEST(Reflection, CollectsServicesAndEveryFileOnce) {
  FakeService service(Demo());
  const auto files = Reflect(service.target());
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_THAT(files->services, ElementsAre("demo.v1.Ticker", "demo.v1.Room"));
  EXPECT_THAT(NamesOf(*files), UnorderedElementsAre("demo/ticker.proto", "demo/money.proto",
                                                    "demo/room.proto", "demo/base.proto"));
  EXPECT_EQ(service.opened(), 1u);
}

TEST(Reflection, AsksByV1AlphaWhereV1IsNotImplemented) {
  Reflecting demo = Demo();
  demo.package = "grpc.reflection.v1alpha";
  FakeService service(demo);
  const auto files = Reflect(service.target());
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_EQ(files->files.size(), 4u);
}

TEST(Reflection, SaysHowToDoWithoutWhereThereIsNone) {
  Reflecting none;
  none.package = "another.package";
  const absl::Status status = StatusOf(none);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(std::string(status.message()), HasSubstr("give its schema in files"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("127.0.0.1:"));
}

TEST(Reflection, NamesTheTargetWhereNobodyListens) {
  DeadPort port(DeadPort::Kind::kRefuses);
  const absl::Status status = Reflect(port.target()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr(port.target()));
  EXPECT_THAT(std::string(status.message()), HasSubstr("the list of services"));
}

TEST(Reflection, DoesNotLoseTheOthersWithAServiceWhoseFileIsMissing) {
  Reflecting demo = Demo();
  demo.symbols.erase("demo.v1.Ticker");
  FakeService service(demo);
  const auto files = Reflect(service.target());
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_THAT(files->services, ElementsAre("demo.v1.Ticker", "demo.v1.Room"));
  EXPECT_THAT(NamesOf(*files), UnorderedElementsAre("demo/room.proto", "demo/base.proto"));
}

// Otherwise nobody could say why its services are missing.
TEST(Reflection, KeepsAFileWhoseStreamOptionIsMalformed) {
  google::protobuf::FileDescriptorProto file;
  file.set_name("demo/ticker.proto");
  auto* options = file.add_service()->add_method()->mutable_options();
  options->mutable_unknown_fields()->AddLengthDelimited(50561, "\x1a\x7f");
  internal::ReflectionResponse answer;
  answer.mutable_file_descriptor_response()->add_file_descriptor_proto(file.SerializeAsString());
  Reflecting demo = Demo();
  demo.instead = [&answer](const internal::ReflectionRequest& question) {
    if (question.file_containing_symbol() != "demo.v1.Ticker") return std::optional<Script>();
    return std::optional(
        Script{.messages = {answer.SerializeAsString()}, .after = Script::After::kListen});
  };
  FakeService service(demo);
  const auto files = Reflect(service.target());
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_THAT(NamesOf(*files),
              UnorderedElementsAre("demo/ticker.proto", "demo/room.proto", "demo/base.proto"));
}

TEST(Reflection, DoesNotLoseTheOthersWithAQuestionThatEndsTheRpc) {
  for (const Script& end : {Script{.status = grpc::Status(grpc::StatusCode::INTERNAL, "crash")},
                            Script{}, Script{.messages = {"\xff"}}, Script{.messages = {""}}}) {
    Reflecting demo = Demo();
    demo.instead = [end](const auto& question) {
      return question.file_containing_symbol() == "demo.v1.Ticker" ? std::optional(end)
                                                                   : std::nullopt;
    };
    FakeService service(demo);
    const auto files = Reflect(service.target());
    ASSERT_TRUE(files.ok()) << files.status();
    EXPECT_THAT(NamesOf(*files), UnorderedElementsAre("demo/room.proto", "demo/base.proto"));
  }
}

TEST(Reflection, WorksWithAServiceThatEndsTheRpcAfterEachAnswer) {
  Reflecting demo = Demo();
  demo.instead = [&demo](const internal::ReflectionRequest& question) {
    return std::optional(Script{.messages = {demo.Answer(question).SerializeAsString()}});
  };
  FakeService service(demo);
  const auto files = Reflect(service.target());
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_EQ(files->files.size(), 4u);
}

TEST(Reflection, LeavesOutAFileThatDoesNotParse) {
  Reflecting demo = Demo();
  demo.instead = [](const internal::ReflectionRequest& question) -> std::optional<Script> {
    if (question.file_containing_symbol() != "demo.v1.Ticker") return std::nullopt;
    internal::ReflectionResponse answer;
    answer.mutable_file_descriptor_response()->add_file_descriptor_proto("\xff\xff");
    answer.mutable_file_descriptor_response()->add_file_descriptor_proto("");
    return Script{.messages = {answer.SerializeAsString()}, .after = Script::After::kListen};
  };
  FakeService service(demo);
  const auto files = Reflect(service.target());
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_THAT(NamesOf(*files), UnorderedElementsAre("demo/room.proto", "demo/base.proto"));
}

TEST(Reflection, ComesToAnEndWhereFilesImportEachOther) {
  Reflecting demo = Demo();
  demo.imports["demo/base.proto"] = {"demo/room.proto", "demo/base.proto", "demo/ticker.proto"};
  FakeService service(demo);
  const auto files = Reflect(service.target());
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_EQ(files->files.size(), 4u);
}

TEST(Reflection, EndsWhereTheServiceGoesOnInventingFiles) {
  Reflecting demo = Demo();
  int count = 0;
  demo.instead = [&](const internal::ReflectionRequest& question) -> std::optional<Script> {
    if (question.has_list_services()) return std::nullopt;
    google::protobuf::FileDescriptorProto file;
    file.set_name(absl::StrCat("f", count, ".proto"));
    file.add_dependency(absl::StrCat("f", ++count, ".proto"));
    internal::ReflectionResponse answer;
    answer.mutable_file_descriptor_response()->add_file_descriptor_proto(file.SerializeAsString());
    return Script{.messages = {answer.SerializeAsString()}, .after = Script::After::kListen};
  };
  const absl::Status status = StatusOf(demo, absl::Seconds(1));
  EXPECT_TRUE(absl::IsDeadlineExceeded(status) || absl::IsResourceExhausted(status)) << status;
}

TEST(Reflection, BoundsTheFilesAndTheServices) {
  Reflecting files = Demo();
  files.instead = [](const internal::ReflectionRequest& question) -> std::optional<Script> {
    if (question.has_list_services()) return std::nullopt;
    internal::ReflectionResponse answer;
    for (int i = 0; i < 10'001; ++i) {
      google::protobuf::FileDescriptorProto file;
      file.set_name(absl::StrCat("f", i));
      answer.mutable_file_descriptor_response()->add_file_descriptor_proto(
          file.SerializeAsString());
    }
    return Script{.messages = {answer.SerializeAsString()}, .after = Script::After::kListen};
  };
  EXPECT_EQ(StatusOf(files).code(), absl::StatusCode::kResourceExhausted);
  Reflecting services;
  services.services.assign(10'001, "a.B");
  EXPECT_EQ(StatusOf(services).code(), absl::StatusCode::kResourceExhausted);
}

TEST(Reflection, BoundsTheBytesOfOneFile) {
  Reflecting demo = Demo();
  demo.instead = [](const internal::ReflectionRequest& question) -> std::optional<Script> {
    if (question.has_list_services()) return std::nullopt;
    internal::ReflectionResponse answer;
    answer.mutable_file_descriptor_response()->add_file_descriptor_proto(
        std::string(9 * 1024 * 1024, 'x'));
    return Script{.messages = {answer.SerializeAsString()}, .after = Script::After::kListen};
  };
  EXPECT_EQ(StatusOf(demo).code(), absl::StatusCode::kResourceExhausted);
}

TEST(Reflection, RefusesAListThatMakesNoSense) {
  Reflecting odd;
  odd.services = {"a.B", "bad\nname\xff"};
  EXPECT_EQ(StatusOf(odd).code(), absl::StatusCode::kInternal);
  for (const std::string& garbage : {std::string("\xff\xff"), std::string()}) {
    Reflecting demo = Demo();
    demo.instead = [&](const auto&) { return std::optional(Script{.messages = {garbage}}); };
    EXPECT_EQ(StatusOf(demo).code(), absl::StatusCode::kInternal);
  }
}

TEST(Reflection, GivesUpInTimeOnAServiceThatHangs) {
  Reflecting demo = Demo();
  demo.instead = [](const internal::ReflectionRequest& question) -> std::optional<Script> {
    if (question.has_list_services()) return std::nullopt;
    return Script{.after = Script::After::kHold};
  };
  const absl::Time begin = absl::Now();
  EXPECT_EQ(StatusOf(demo, absl::Milliseconds(300)).code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_LT(absl::Now() - begin, absl::Seconds(10));
}

}  // namespace
}  // namespace sluice

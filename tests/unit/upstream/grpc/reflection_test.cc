// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/grpc/reflection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "google/protobuf/text_format.h"
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

// ---- What no import leads to ----

// `file.proto` of package p, in the text of a descriptor.
std::string Wire(const std::string& text) {
  google::protobuf::FileDescriptorProto file;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &file)) << text;
  return file.SerializeAsString();
}

// A service p.S that sends one file of its own, and others for questions of this kind.
class Knowing final {
 public:
  using Key = std::pair<std::string, int>;

  explicit Knowing(const std::string& own) : own_(Wire(own)) {}

  std::map<std::string, std::string> by_symbol;     // symbol ⇒ text of the file
  std::map<std::string, std::vector<int>> numbers;  // type ⇒ of extensions
  std::map<Key, std::string> by_extension;

  FakeService::Author Author() {
    return [this](const FakeService::Request& request) {
      internal::ReflectionRequest question;
      question.ParseFromString(request.message);
      internal::ReflectionResponse answer;
      *answer.mutable_original_request() = question;
      Answer(question, answer);
      asked.push_back(question);
      return Script{.messages = {answer.SerializeAsString()}, .after = Script::After::kListen};
    };
  }

  std::vector<internal::ReflectionRequest> asked;

 private:
  void Answer(const internal::ReflectionRequest& question, internal::ReflectionResponse& answer) {
    const auto send = [&answer](const std::string& wire) {
      answer.mutable_file_descriptor_response()->add_file_descriptor_proto(wire);
    };
    const internal::ExtensionRequest& extension = question.file_containing_extension();
    if (question.has_list_services()) {
      answer.mutable_list_services_response()->add_service()->set_name("p.S");
    } else if (question.file_containing_symbol() == "p.S") {
      send(own_);
    } else if (const auto found = by_symbol.find(question.file_containing_symbol());
               found != by_symbol.end()) {
      send(Wire(found->second));
    } else if (question.has_all_extension_numbers_of_type()) {
      auto& response = *answer.mutable_all_extension_numbers_response();
      for (const int number : numbers[question.all_extension_numbers_of_type()]) {
        response.add_extension_number(number);
      }
    } else if (const auto file =
                   by_extension.find({extension.containing_type(), extension.extension_number()});
               file != by_extension.end()) {
      send(Wire(file->second));
    } else {
      answer.mutable_error_response()->set_error_code(5);
      answer.mutable_error_response()->set_error_message("no such thing");
    }
  }

  const std::string own_;
};

std::string OwnFile(const std::string& field_type) {
  return "name: 's.proto' package: 'p' dependency: 'wrong/path.proto' message_type { name: 'M'"
         " field { name: 'a' number: 1 type_name: '" +
         field_type +
         "' } extension_range { start: 100 end: 200 } } service { name: 'S' method { name: 'Get'"
         " input_type: '.p.M' output_type: '.p.M' } }";
}

TEST(Reflection, AsksForATypeThatIsInNoFile) {
  Knowing knowing(OwnFile(".q.T"));
  knowing.by_symbol["q.T"] =
      "name: 'path.proto' package: 'q' message_type { name: 'T' field {"
      " name: 'u' number: 1 type_name: 'U' } }";
  knowing.by_symbol["q.U"] = "name: 'u.proto' package: 'q' message_type { name: 'U' }";
  FakeService service(knowing.Author());
  const auto files = Reflect(service.target());
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_THAT(NamesOf(*files), ElementsAre("s.proto", "path.proto", "u.proto"));
  EXPECT_EQ(service.opened(), 1u);
}

TEST(Reflection, AsksForARelativeNameInEachScope) {
  Knowing knowing(OwnFile("v1.T"));
  knowing.by_symbol["p.v1.T"] = "name: 't.proto' package: 'p.v1' message_type { name: 'T' }";
  FakeService service(knowing.Author());
  const auto files = Reflect(service.target());
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_THAT(NamesOf(*files), ElementsAre("s.proto", "t.proto"));
}

TEST(Reflection, DoesNotAskForWhatIsBundled) {
  Knowing knowing(OwnFile(".google.protobuf.Timestamp"));
  FakeService service(knowing.Author());
  ASSERT_TRUE(Reflect(service.target()).ok());
  for (const internal::ReflectionRequest& question : knowing.asked) {
    EXPECT_EQ(question.file_containing_symbol().find("google"), std::string::npos);
  }
}

TEST(Reflection, AsksForTheExtensionsOfWhatMethodsNeed) {
  Knowing knowing(OwnFile(".p.M"));
  knowing.numbers["p.M"] = {101, 102, 103};
  knowing.by_extension[{"p.M", 101}] =
      "name: 'e.proto' package: 'e' dependency: 's.proto' extension { name: 'x' number: 101 type:"
      " TYPE_INT32 extendee: '.p.M' } extension { name: 'y' number: 102 type_name: '.q.T'"
      " extendee: '.p.M' }";
  knowing.by_symbol["q.T"] = "name: 't.proto' package: 'q' message_type { name: 'T' }";
  FakeService service(knowing.Author());
  const auto files = Reflect(service.target());
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_THAT(NamesOf(*files), ElementsAre("s.proto", "e.proto", "t.proto"));
}

TEST(Reflection, KeepsEachVersionOfAFileWithTheAnswerThatBroughtIt) {
  Reflecting demo = Demo();
  demo.instead = [](const internal::ReflectionRequest& question) -> std::optional<Script> {
    if (question.has_list_services()) return std::nullopt;
    internal::ReflectionResponse answer;
    auto& sent = *answer.mutable_file_descriptor_response();
    sent.add_file_descriptor_proto(Wire("name: 'same.proto'"));
    sent.add_file_descriptor_proto(
        Wire("name: 'common.proto' package: '" + question.file_containing_symbol() + "'"));
    return Script{.messages = {answer.SerializeAsString()}, .after = Script::After::kListen};
  };
  FakeService service(demo);
  const auto files = Reflect(service.target());
  ASSERT_TRUE(files.ok()) << files.status();
  ASSERT_THAT(NamesOf(*files), ElementsAre("same.proto", "common.proto", "common.proto"));
  EXPECT_EQ(files->files[0].groups.size(), 2u);
  EXPECT_NE(files->files[1].groups, files->files[2].groups);
}

TEST(Reflection, KeepsWhatTheServiceSaidOfWhatItDoesNotHave) {
  Reflecting demo = Demo();
  demo.symbols.erase("demo.v1.Ticker");
  FakeService service(demo);
  const auto files = Reflect(service.target());
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_THAT(files->refusals,
              ElementsAre(testing::Pair("demo.v1.Ticker", "NOT_FOUND: not found")));
}

TEST(Reflection, DoesNotLoseTheOthersWithAQuestionWhoseRpcIsRefused) {
  for (const auto code : {grpc::StatusCode::UNAVAILABLE, grpc::StatusCode::RESOURCE_EXHAUSTED,
                          grpc::StatusCode::UNAUTHENTICATED, grpc::StatusCode::UNIMPLEMENTED}) {
    Reflecting demo = Demo();
    demo.instead = [code](const auto& question) {
      return question.file_containing_symbol() == "demo.v1.Ticker"
                 ? std::optional(Script{.status = grpc::Status(code, "no")})
                 : std::nullopt;
    };
    FakeService service(demo);
    const auto files = Reflect(service.target());
    ASSERT_TRUE(files.ok()) << files.status();
    EXPECT_THAT(NamesOf(*files), UnorderedElementsAre("demo/room.proto", "demo/base.proto"));
    EXPECT_EQ(files->refusals.size(), 1u);
  }
}

TEST(Reflection, IsNoAnswerWhereEveryQuestionIsRefused) {
  Reflecting demo = Demo();
  demo.instead = [](const internal::ReflectionRequest& question) -> std::optional<Script> {
    if (question.has_list_services()) return std::nullopt;
    return Script{.status = grpc::Status(grpc::StatusCode::UNAUTHENTICATED, "who are you")};
  };
  EXPECT_EQ(StatusOf(demo).code(), absl::StatusCode::kUnauthenticated);
}

// The answer to the question before comes again, and late.
TEST(Reflection, TellsWhichQuestionAnAnswerIsTo) {
  Reflecting demo = Demo();
  std::string before;
  demo.instead = [&demo, &before](const internal::ReflectionRequest& question) {
    internal::ReflectionResponse answer = demo.Answer(question);
    *answer.mutable_original_request() = question;
    Script script{.after = Script::After::kListen};
    if (!before.empty()) script.messages.push_back(before);
    script.messages.push_back(answer.SerializeAsString());
    before = script.messages.back();
    return std::optional(script);
  };
  FakeService service(demo);
  const auto files = Reflect(service.target());
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_EQ(files->files.size(), 4u);
  EXPECT_TRUE(files->refusals.empty());
}

TEST(Reflection, SendsItsMetadataWithEveryQuestion) {
  Reflecting demo = Demo();
  std::atomic<int> without{0};
  FakeService service([&](const FakeService::Request& request) {
    const auto found = request.metadata.find("authorization");
    if (found == request.metadata.end() || found->second != "Bearer x") ++without;
    return demo(request);
  });
  const auto files = ReflectFiles({.target = service.target(),
                                   .metadata = {{"authorization", "Bearer x"}},
                                   .answer_timeout = kEnough});
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_EQ(without, 0);
}

TEST(Reflection, EndsBetweenTwoQuestionsWhenItIsStopped) {
  FakeService service(Demo());
  int looked = 0;
  const auto files =
      ReflectFiles({.target = service.target(), .answer_timeout = kEnough, .stopped = [&looked] {
                      return ++looked > 2;
                    }});
  EXPECT_EQ(files.status().code(), absl::StatusCode::kCancelled);
}

TEST(Reflection, WaitsForASlowServiceAsLongAsItGoesOnAnswering) {
  Reflecting demo = Demo();
  FakeService service([&demo](const FakeService::Request& request) {
    absl::SleepFor(absl::Milliseconds(20));
    return demo(request);
  });
  const auto files = ReflectFiles({.target = service.target(), .answer_timeout = kEnough});
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_EQ(files->files.size(), 4u);
}

}  // namespace
}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "tests/support/reflecting_service.h"

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

void Send(const std::vector<std::string>& files, internal::ReflectionResponse& answer) {
  for (const std::string& text : files) {
    google::protobuf::FileDescriptorProto file;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &file)) << text;
    answer.mutable_file_descriptor_response()->add_file_descriptor_proto(file.SerializeAsString());
  }
}

template <typename Key, typename Value>
const Value* Find(const std::map<Key, Value>& map, const Key& key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

}  // namespace

ReflectingService::ReflectingService(Schema schema)
    : schema_(std::move(schema)),
      service_(std::make_unique<FakeService>(
          [this](const FakeService::Request& request) { return Author(request); })) {}

std::string ReflectingService::last_request(const std::string& path) {
  std::lock_guard lock(mu_);
  return requests_[path];
}

Script ReflectingService::Author(const FakeService::Request& request) {
  if (const auto* messages = Find(schema_.messages, request.path)) {
    std::lock_guard lock(mu_);
    requests_[request.path] = request.message;
    return Script{.messages = *messages};
  }
  if (request.path !=
      absl::StrCat("/", schema_.package, ".ServerReflection/ServerReflectionInfo")) {
    return Script{.status = grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "")};
  }
  for (const auto& [name, value] : schema_.metadata) {
    const auto found = request.metadata.find(name);
    if (found == request.metadata.end() || found->second != value) {
      return Script{.status = grpc::Status(grpc::StatusCode::UNAUTHENTICATED, "who are you")};
    }
  }
  internal::ReflectionRequest question;
  EXPECT_TRUE(question.ParseFromString(request.message));
  return Script{
      .messages = {Answer(question).SerializeAsString()},
      .after = schema_.ends_after_each_answer ? Script::After::kEnd : Script::After::kListen};
}

internal::ReflectionResponse ReflectingService::Answer(
    const internal::ReflectionRequest& question) const {
  internal::ReflectionResponse answer;
  *answer.mutable_original_request() = question;
  const internal::ExtensionRequest& extension = question.file_containing_extension();
  if (question.has_list_services()) {
    auto& list = *answer.mutable_list_services_response();
    for (const std::string& name : schema_.services) list.add_service()->set_name(name);
  } else if (const auto* files = Find(schema_.by_symbol, question.file_containing_symbol())) {
    Send(*files, answer);
  } else if (const auto* named = Find(schema_.by_name, question.file_by_filename())) {
    Send(*named, answer);
  } else if (const auto* numbers =
                 Find(schema_.extension_numbers, question.all_extension_numbers_of_type())) {
    auto& response = *answer.mutable_all_extension_numbers_response();
    for (const int number : *numbers) response.add_extension_number(number);
  } else if (const auto* file = Find(schema_.by_extension,
                                     {extension.containing_type(), extension.extension_number()})) {
    Send({*file}, answer);
  } else {
    answer.mutable_error_response()->set_error_code(grpc::StatusCode::NOT_FOUND);
    answer.mutable_error_response()->set_error_message("no such thing");
  }
  return answer;
}

}  // namespace sluice

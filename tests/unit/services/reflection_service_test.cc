// SPDX-License-Identifier: Apache-2.0
#include "services/reflection_service.h"

#include <set>

#include "google/protobuf/descriptor.pb.h"
#include "gtest/gtest.h"
#include "sluice/v1/stream.pb.h"

namespace sluice::demo {
namespace {

using wire::ReflectionRequest;
using wire::ReflectionResponse;

std::set<std::string> FileNames(const ReflectionResponse& response) {
  std::set<std::string> names;
  for (const std::string& bytes : response.files().file_descriptor_proto()) {
    google::protobuf::FileDescriptorProto file;
    EXPECT_TRUE(file.ParseFromString(bytes));
    EXPECT_TRUE(names.insert(file.name()).second) << file.name() << " is sent twice";
  }
  return names;
}

const ReflectionService kService({"demo.v1.Room"});

TEST(ReflectionService, ListsItsServices) {
  ReflectionRequest request;
  request.set_list_services("");
  const ReflectionResponse response = kService.Answer(request);
  ASSERT_EQ(response.services().service_size(), 1);
  EXPECT_EQ(response.services().service(0).name(), "demo.v1.Room");
}

TEST(ReflectionService, SendsTheFileOfASymbolWithAllItsImports) {
  ReflectionRequest request;
  request.set_file_containing_symbol("demo.v1.Room");
  EXPECT_EQ(FileNames(kService.Answer(request)),
            (std::set<std::string>{"demo/v1/room.proto", "sluice/v1/stream.proto",
                                   "google/protobuf/descriptor.proto",
                                   "google/protobuf/duration.proto"}));
}

TEST(ReflectionService, FindsFilesByName) {
  ReflectionRequest request;
  request.set_file_by_filename("google/protobuf/duration.proto");
  EXPECT_EQ(FileNames(kService.Answer(request)),
            (std::set<std::string>{"google/protobuf/duration.proto"}));
}

TEST(ReflectionService, FindsExtensions) {
  ReflectionRequest numbers;
  numbers.set_all_extension_numbers_of_type("google.protobuf.MethodOptions");
  const int number = sluice::v1::stream.number();
  const auto found = kService.Answer(numbers).extension_numbers().extension_number();
  EXPECT_NE(std::find(found.begin(), found.end(), number), found.end());

  ReflectionRequest file;
  file.mutable_file_containing_extension()->set_containing_type("google.protobuf.MethodOptions");
  file.mutable_file_containing_extension()->set_extension_number(number);
  EXPECT_EQ(FileNames(kService.Answer(file)).count("sluice/v1/stream.proto"), 1u);
}

TEST(ReflectionService, SaysWhatItDoesNotFind) {
  ReflectionRequest request;
  request.set_file_containing_symbol("demo.v1.Nothing");
  EXPECT_EQ(kService.Answer(request).error().error_message(), "demo.v1.Nothing not found");
  request.set_file_by_filename("nothing.proto");
  EXPECT_EQ(kService.Answer(request).error().error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(kService.Answer({}).error().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace sluice::demo

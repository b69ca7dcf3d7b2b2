// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/source/bundled_protos.h"

#include "gmock/gmock.h"
#include "google/protobuf/dynamic_message.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using testing::IsSupersetOf;

TEST(BundledProtos, HaveWhatEveryoneImports) {
  EXPECT_THAT(BundledFileNames(), IsSupersetOf({"google/protobuf/any.proto",
                                                "google/protobuf/api.proto",
                                                "google/protobuf/descriptor.proto",
                                                "google/protobuf/duration.proto",
                                                "google/protobuf/empty.proto",
                                                "google/protobuf/field_mask.proto",
                                                "google/protobuf/source_context.proto",
                                                "google/protobuf/struct.proto",
                                                "google/protobuf/timestamp.proto",
                                                "google/protobuf/type.proto",
                                                "google/protobuf/wrappers.proto",
                                                "google/api/annotations.proto",
                                                "google/api/http.proto",
                                                "google/api/httpbody.proto",
                                                "google/api/field_behavior.proto",
                                                "google/api/resource.proto",
                                                "google/api/client.proto",
                                                "google/rpc/status.proto",
                                                "google/rpc/code.proto",
                                                "google/rpc/error_details.proto",
                                                "google/type/date.proto",
                                                "google/protobuf/go_features.proto",
                                                "google/protobuf/cpp_features.proto",
                                                "google/protobuf/java_features.proto",
                                                "google/protobuf/c_sharp_features.proto",
                                                "google/protobuf/json_options.proto",
                                                "sluice/v1/stream.proto"}));
}

TEST(BundledProtos, AllLinkInOnePool) {
  for (const std::string& name : BundledFileNames()) {
    EXPECT_NE(BundledPool().FindFileByName(name), nullptr) << name;
  }
}

TEST(BundledProtos, HaveNoOtherFile) {
  EXPECT_EQ(FindBundledFile("sluice/config/v1/config.proto"), nullptr);
  EXPECT_EQ(FindBundledFile(""), nullptr);
}

TEST(BundledProtos, NumberTheOptionsAsGoogleDoes) {
  const DescriptorPool& pool = BundledPool();
  EXPECT_EQ(pool.FindExtensionByName("google.api.http")->number(), 72295728);
  EXPECT_EQ(pool.FindExtensionByName("google.api.field_behavior")->number(), 1052);
  EXPECT_EQ(pool.FindExtensionByName("google.api.resource")->number(), 1053);
  EXPECT_EQ(pool.FindExtensionByName("google.api.method_signature")->number(), 1051);
  EXPECT_EQ(pool.FindExtensionByName("sluice.v1.stream")->number(), 50561);
}

TEST(BundledProtos, ReadTheDetailsOfAnError) {
  const Descriptor* type = BundledPool().FindMessageTypeByName("google.rpc.ErrorInfo");
  ASSERT_NE(type, nullptr);
  google::protobuf::DynamicMessageFactory factory;
  std::unique_ptr<google::protobuf::Message> info(factory.GetPrototype(type)->New());

  ASSERT_TRUE(info->ParseFromString("\x0a\x05QUOTA\x12\x04shop"));

  EXPECT_EQ(info->GetReflection()->GetString(*info, type->FindFieldByName("reason")), "QUOTA");
  EXPECT_EQ(info->GetReflection()->GetString(*info, type->FindFieldByName("domain")), "shop");
}

}  // namespace
}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "services/reflection_service.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "grpcpp/impl/codegen/proto_utils.h"

namespace sluice::demo {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;
using grpc::ByteBuffer;
using wire::ReflectionRequest;
using wire::ReflectionResponse;

const DescriptorPool& Pool() { return *DescriptorPool::generated_pool(); }

// The file and all that it imports, each once.
void AddWithImports(const FileDescriptor& file, std::set<const FileDescriptor*>& added,
                    wire::FileResponse& files) {
  if (!added.insert(&file).second) return;
  google::protobuf::FileDescriptorProto proto;
  file.CopyTo(&proto);
  files.add_file_descriptor_proto(proto.SerializeAsString());
  for (int i = 0; i < file.dependency_count(); ++i) {
    AddWithImports(*file.dependency(i), added, files);
  }
}

void SetNotFound(absl::string_view what, ReflectionResponse& response) {
  response.mutable_error()->set_error_code(grpc::StatusCode::NOT_FOUND);
  response.mutable_error()->set_error_message(absl::StrCat(what, " not found"));
}

void SetFile(const FileDescriptor* file, absl::string_view what, ReflectionResponse& response) {
  if (file == nullptr) return SetNotFound(what, response);
  std::set<const FileDescriptor*> added;
  AddWithImports(*file, added, *response.mutable_files());
}

void SetExtension(const wire::ExtensionRequest& wanted, ReflectionResponse& response) {
  const auto* type = Pool().FindMessageTypeByName(wanted.containing_type());
  const auto* extension =
      type == nullptr ? nullptr : Pool().FindExtensionByNumber(type, wanted.extension_number());
  SetFile(extension == nullptr ? nullptr : extension->file(),
          absl::StrCat("extension ", wanted.extension_number(), " of ", wanted.containing_type()),
          response);
}

void SetExtensionNumbers(const std::string& type_name, ReflectionResponse& response) {
  const auto* type = Pool().FindMessageTypeByName(type_name);
  if (type == nullptr) return SetNotFound(type_name, response);
  std::vector<const google::protobuf::FieldDescriptor*> extensions;
  Pool().FindAllExtensions(type, &extensions);
  response.mutable_extension_numbers()->set_base_type_name(type_name);
  for (const auto* extension : extensions) {
    response.mutable_extension_numbers()->add_extension_number(extension->number());
  }
}

// One reflection call: a question, its answer, the next question.
class Dialogue final : public grpc::ServerGenericBidiReactor {
 public:
  explicit Dialogue(const ReflectionService& service) : service_(service) { StartRead(&question_); }

  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    ReflectionRequest request;
    grpc::Status status =
        grpc::SerializationTraits<ReflectionRequest>::Deserialize(&question_, &request);
    if (!status.ok()) return Finish({grpc::StatusCode::INVALID_ARGUMENT, "not a request"});
    bool own_buffer = false;
    status = grpc::SerializationTraits<ReflectionResponse>::Serialize(service_.Answer(request),
                                                                      &answer_, &own_buffer);
    if (!status.ok()) return Finish(status);
    StartWrite(&answer_);
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::CANCELLED);
    answer_.Clear();
    question_.Clear();
    StartRead(&question_);
  }
  void OnDone() override { delete this; }

 private:
  const ReflectionService& service_;
  ByteBuffer question_;
  ByteBuffer answer_;
};

class Unimplemented final : public grpc::ServerGenericBidiReactor {
 public:
  explicit Unimplemented(const std::string& method) {
    Finish({grpc::StatusCode::UNIMPLEMENTED, absl::StrCat("there is no method ", method)});
  }
  void OnDone() override { delete this; }
};

}  // namespace

grpc::ServerGenericBidiReactor* ReflectionService::CreateReactor(
    grpc::GenericCallbackServerContext* context) {
  const std::string& method = context->method();
  if (method == "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo" ||
      method == "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo") {
    return new Dialogue(*this);
  }
  return new Unimplemented(method);
}

ReflectionResponse ReflectionService::Answer(const ReflectionRequest& request) const {
  ReflectionResponse response;
  response.set_valid_host(request.host());
  *response.mutable_original_request() = request;
  switch (request.question_case()) {
    case ReflectionRequest::kFileByFilename:
      SetFile(Pool().FindFileByName(request.file_by_filename()), request.file_by_filename(),
              response);
      break;
    case ReflectionRequest::kFileContainingSymbol:
      SetFile(Pool().FindFileContainingSymbol(request.file_containing_symbol()),
              request.file_containing_symbol(), response);
      break;
    case ReflectionRequest::kFileContainingExtension:
      SetExtension(request.file_containing_extension(), response);
      break;
    case ReflectionRequest::kAllExtensionNumbersOfType:
      SetExtensionNumbers(request.all_extension_numbers_of_type(), response);
      break;
    case ReflectionRequest::kListServices:
      for (const std::string& service : services_) {
        response.mutable_services()->add_service()->set_name(service);
      }
      break;
    case ReflectionRequest::QUESTION_NOT_SET:
      response.mutable_error()->set_error_code(grpc::StatusCode::INVALID_ARGUMENT);
      response.mutable_error()->set_error_message("the request asks nothing");
      break;
  }
  return response;
}

}  // namespace sluice::demo

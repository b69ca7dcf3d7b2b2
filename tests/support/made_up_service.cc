// SPDX-License-Identifier: Apache-2.0
#include "tests/support/made_up_service.h"

#include <chrono>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "demo/internal/wire.pb.h"
#include "gateway/schema/source/proto_text.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server_builder.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

using demo::wire::ReflectionRequest;
using demo::wire::ReflectionResponse;
using google::protobuf::FileDescriptorProto;
using Files = std::vector<FileDescriptorProto>;

constexpr char kReflection[] = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";

Files Parsed(const MadeUpService::Texts& texts) {
  Files files;
  Problems problems;
  for (const auto& [name, text] : texts) {
    const std::unique_ptr<ProtoText> parsed = ParseProtoText(name, text, problems);
    EXPECT_NE(parsed, nullptr) << ToText(problems);
    if (parsed == nullptr) continue;
    parsed->file.set_name(name);
    files.push_back(parsed->file);
  }
  return files;
}

std::string FullName(const FileDescriptorProto& file, const std::string& name) {
  return file.package().empty() ? name : absl::StrCat(file.package(), ".", name);
}

bool Defines(const FileDescriptorProto& file, const std::string& symbol) {
  for (const auto& service : file.service()) {
    if (FullName(file, service.name()) == symbol) return true;
  }
  for (const auto& message : file.message_type()) {
    if (FullName(file, message.name()) == symbol) return true;
  }
  return false;
}

ReflectionResponse AnswerTo(const ReflectionRequest& request, const Files& files) {
  ReflectionResponse response;
  *response.mutable_original_request() = request;
  if (request.question_case() == ReflectionRequest::kListServices) {
    for (const FileDescriptorProto& file : files) {
      for (const auto& service : file.service()) {
        response.mutable_services()->add_service()->set_name(FullName(file, service.name()));
      }
    }
    return response;
  }
  for (const FileDescriptorProto& file : files) {
    if (file.name() != request.file_by_filename() &&
        !Defines(file, request.file_containing_symbol())) {
      continue;
    }
    response.mutable_files()->add_file_descriptor_proto(file.SerializeAsString());
    return response;
  }
  response.mutable_error()->set_error_code(grpc::StatusCode::NOT_FOUND);
  return response;
}

// Writes what it is given, one message after the other.
class Scripted final : public grpc::ServerGenericBidiReactor {
 public:
  explicit Scripted(MadeUpService::Answer answer) : answer_(std::move(answer)) { GoOn(); }

  void OnWriteDone(bool ok) override {
    if (ok) return GoOn();
    Finish(grpc::Status::CANCELLED);
  }
  void OnCancel() override {
    if (answer_.hold) Finish(grpc::Status::CANCELLED);
  }
  void OnDone() override { delete this; }

 private:
  void GoOn() {
    if (next_ < answer_.messages.size()) {
      const grpc::Slice slice(answer_.messages[next_++]);
      bytes_ = grpc::ByteBuffer(&slice, 1);
      StartWrite(&bytes_);
    } else if (!answer_.hold) {
      Finish(answer_.status);
    } else if (answer_.messages.empty()) {
      StartSendInitialMetadata();
    }
  }

  const MadeUpService::Answer answer_;
  size_t next_ = 0;
  grpc::ByteBuffer bytes_;
};

}  // namespace

class MadeUpService::Service final : public grpc::CallbackGenericService {
 public:
  void SetFiles(Files files) {
    std::lock_guard lock(mu_);
    files_ = std::move(files);
  }
  void SetAnswer(const std::string& path, Answer answer) {
    std::lock_guard lock(mu_);
    answers_[path] = std::move(answer);
  }
  int asked() const {
    std::lock_guard lock(mu_);
    return asked_;
  }
  Files files() const {
    std::lock_guard lock(mu_);
    return files_;
  }

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override;

 private:
  mutable std::mutex mu_;
  Files files_ ABSL_GUARDED_BY(mu_);
  std::map<std::string, Answer> answers_ ABSL_GUARDED_BY(mu_);
  int asked_ ABSL_GUARDED_BY(mu_) = 0;
};

namespace {

// One reflection call: a question, its answer, the next question.
class Dialogue final : public grpc::ServerGenericBidiReactor {
 public:
  explicit Dialogue(Files files) : files_(std::move(files)) { StartRead(&question_); }

  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    ReflectionRequest request;
    const grpc::Status status =
        grpc::SerializationTraits<ReflectionRequest>::Deserialize(&question_, &request);
    if (!status.ok()) return Finish(status);
    const grpc::Slice slice(AnswerTo(request, files_).SerializeAsString());
    answer_ = grpc::ByteBuffer(&slice, 1);
    StartWrite(&answer_);
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::CANCELLED);
    question_.Clear();
    StartRead(&question_);
  }
  void OnDone() override { delete this; }

 private:
  const Files files_;
  grpc::ByteBuffer question_;
  grpc::ByteBuffer answer_;
};

}  // namespace

grpc::ServerGenericBidiReactor* MadeUpService::Service::CreateReactor(
    grpc::GenericCallbackServerContext* context) {
  std::lock_guard lock(mu_);
  if (context->method() == kReflection) {
    ++asked_;
    return new Dialogue(files_);
  }
  const auto found = answers_.find(context->method());
  if (found != answers_.end()) return new Scripted(found->second);
  return new Scripted(
      {.status = grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "made up of nothing")});
}

MadeUpService::MadeUpService(const Texts& texts, const std::string& target)
    : service_(std::make_unique<Service>()) {
  service_->SetFiles(Parsed(texts));
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddListeningPort(target.empty() ? "127.0.0.1:0" : target,
                           grpc::InsecureServerCredentials(), &port);
  builder.RegisterCallbackGenericService(service_.get());
  server_ = builder.BuildAndStart();
  EXPECT_NE(server_, nullptr) << target;
  target_ = absl::StrCat("127.0.0.1:", port);
}

MadeUpService::~MadeUpService() {
  if (server_ != nullptr) server_->Shutdown(std::chrono::system_clock::now());
}

void MadeUpService::SetSchema(const Texts& texts) { service_->SetFiles(Parsed(texts)); }

void MadeUpService::SetAnswer(const std::string& path, Answer answer) {
  service_->SetAnswer(path, std::move(answer));
}

int MadeUpService::asked() const { return service_->asked(); }

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/grpc/reflection.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gateway/schema/file_bytes.h"
#include "gateway/upstream/grpc/channel.h"
#include "gateway/upstream/grpc/reflection_stream.h"

namespace sluice {
namespace {

using google::protobuf::FileDescriptorProto;

constexpr size_t kMaxBytes = 64 * 1024 * 1024;
constexpr size_t kMaxFiles = 10'000;
constexpr size_t kMaxServices = 10'000;
constexpr size_t kMaxFileBytes = 8 * 1024 * 1024;
constexpr size_t kMaxName = 1024;
constexpr ChannelMaker::Limits kLimits = {kMaxBytes, 2 * kMaxBytes};

constexpr absl::string_view kV1 = "grpc.reflection.v1";
constexpr absl::string_view kV1Alpha = "grpc.reflection.v1alpha";

std::string PathOf(absl::string_view package) {
  return absl::StrCat("/", package, ".ServerReflection/ServerReflectionInfo");
}

bool IsOfGrpcItself(absl::string_view service) {
  return absl::StartsWith(service, "grpc.reflection.") ||
         absl::StartsWith(service, "grpc.health.") || absl::StartsWith(service, "grpc.channelz.");
}

// Of the letters alone: what goes on into messages and look-ups must not be a surprise.
bool IsServiceName(absl::string_view name) {
  return !name.empty() && name.size() <= kMaxName &&
         std::all_of(name.begin(), name.end(), [](char byte) {
           return absl::ascii_isalnum(static_cast<unsigned char>(byte)) || byte == '_' ||
                  byte == '.';
         });
}

std::string Shown(absl::string_view text) {
  return absl::CHexEscape(absl::ClippedSubstr(text, 0, 200));
}

// The service's own refusal of one question.
absl::Status ToStatus(const internal::ErrorResponse& error) {
  const int code = error.error_code();
  return absl::Status(
      code > 0 && code <= 16 ? static_cast<absl::StatusCode>(code) : absl::StatusCode::kUnknown,
      Shown(error.error_message()));
}

// After these the next question would fare no better, or must not be asked.
bool EndsReflection(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kUnimplemented:
      return true;
    default:
      return false;
  }
}

// Collects the files of one service, question by question.
class Reflector final {
 public:
  Reflector(const std::string& target, gpr_timespec deadline)
      : channel_(ChannelMaker(kLimits).Make(target)), deadline_(deadline) {}

  absl::StatusOr<ReflectedFiles> Run() {
    absl::Status status = ListServices(kV1);
    if (status.code() == absl::StatusCode::kUnimplemented) status = ListServices(kV1Alpha);
    if (!status.ok()) return status;
    for (const std::string& service : result_.services) {
      internal::ReflectionRequest question;
      question.set_file_containing_symbol(service);
      status = AskForFiles(question, service);
      if (!status.ok()) return status;
    }
    status = FetchMissing();
    if (!status.ok()) return status;
    return std::move(result_);
  }

 private:
  absl::Status ListServices(absl::string_view package) {
    path_ = PathOf(package);
    stream_.reset();
    internal::ReflectionRequest question;
    question.set_list_services("");
    const absl::StatusOr<internal::ReflectionResponse> answer = Ask(question);
    absl::Status status = answer.status();
    if (status.ok() && answer->has_error_response()) status = ToStatus(answer->error_response());
    if (status.ok() && !answer->has_list_services_response()) {
      status = absl::InternalError("the answer is not a list of services");
    }
    if (!status.ok()) return Annotate(status, "the list of services");
    return KeepServices(answer->list_services_response());
  }

  absl::Status KeepServices(const internal::ListServiceResponse& list) {
    if (list.service_size() > static_cast<int>(kMaxServices)) {
      return absl::ResourceExhaustedError(absl::StrCat(
          "it names ", list.service_size(), " services; ", kMaxServices, " are allowed"));
    }
    absl::flat_hash_set<std::string> seen;
    for (const internal::ServiceResponse& service : list.service()) {
      const std::string& name = service.name();
      if (!IsServiceName(name)) {
        return absl::InternalError(absl::StrCat("it names a service '", Shown(name),
                                                "'; a name has letters, digits, '_' and '.', ",
                                                kMaxName, " at most"));
      }
      if (!IsOfGrpcItself(name) && seen.insert(name).second) result_.services.push_back(name);
    }
    return absl::OkStatus();
  }

  // An answer that says no is no error here: the others may be whole, and the schema reports what
  // it misses.
  absl::Status AskForFiles(const internal::ReflectionRequest& question, absl::string_view about) {
    const absl::StatusOr<internal::ReflectionResponse> answer = Ask(question);
    if (!answer.ok()) {
      if (!EndsReflection(answer.status())) return absl::OkStatus();
      return Annotate(answer.status(), absl::StrCat("'", Shown(about), "'"));
    }
    for (const std::string& wire : answer->file_descriptor_response().file_descriptor_proto()) {
      absl::Status status = KeepFile(wire);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::Status KeepFile(const std::string& wire) {
    // Parsing makes of two bytes a hundred.
    if (wire.size() > kMaxFileBytes) {
      return absl::ResourceExhaustedError(absl::StrCat("it sent a file descriptor of ", wire.size(),
                                                       " bytes; ", kMaxFileBytes, " are allowed"));
    }
    absl::StatusOr<FileDescriptorProto> file = ParseFileBytes(wire);
    if (!file.ok() || file->name().empty()) return absl::OkStatus();
    if (!names_.insert(file->name()).second) return absl::OkStatus();
    bytes_ += wire.size();
    if (names_.size() > kMaxFiles || bytes_ > kMaxBytes) {
      return absl::ResourceExhaustedError(absl::StrCat("its descriptors are more than ", kMaxFiles,
                                                       " files or ", kMaxBytes, " bytes"));
    }
    for (const std::string& name : file->dependency()) missing_.push_back(name);
    result_.files.push_back(*std::move(file));
    return absl::OkStatus();
  }

  // Most services send a file together with what it imports; this asks for what did not come.
  absl::Status FetchMissing() {
    absl::flat_hash_set<std::string> asked;
    while (!missing_.empty()) {
      const std::string name = std::move(missing_.front());
      missing_.pop_front();
      if (names_.contains(name) || name.size() > kMaxName || !asked.insert(name).second) continue;
      if (asked.size() > kMaxFiles) {
        return absl::ResourceExhaustedError(absl::StrCat("its files import more than ", kMaxFiles,
                                                         " files that it does not send with them"));
      }
      internal::ReflectionRequest question;
      question.set_file_by_filename(name);
      absl::Status status = AskForFiles(question, name);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  // Some services end the RPC after each answer, or over a question that they cannot answer. So a
  // question that fails in an RPC where others were asked before gets one of its own.
  absl::StatusOr<internal::ReflectionResponse> Ask(const internal::ReflectionRequest& question) {
    if (stream_ != nullptr) {
      absl::StatusOr<internal::ReflectionResponse> answer = stream_->Ask(question);
      if (answer.ok()) return answer;
    }
    stream_ =
        std::make_unique<ReflectionStream>(channel_, ReflectionStream::Options{path_, deadline_});
    absl::StatusOr<internal::ReflectionResponse> answer = stream_->Ask(question);
    if (!answer.ok()) stream_.reset();
    return answer;
  }

  static absl::Status Annotate(const absl::Status& status, absl::string_view question) {
    return absl::Status(status.code(),
                        absl::StrCat("asked for ", question, ": ", Shown(status.message())));
  }

  const std::shared_ptr<grpc::Channel> channel_;
  const gpr_timespec deadline_;
  std::string path_;
  std::unique_ptr<ReflectionStream> stream_;

  ReflectedFiles result_;
  size_t bytes_ = 0;
  absl::flat_hash_set<std::string> names_;  // of result_.files
  std::deque<std::string> missing_;         // imported; may have come since
};

gpr_timespec DeadlineAfter(absl::Duration timeout) {
  const absl::Duration sane = std::clamp(timeout, absl::ZeroDuration(), absl::Hours(24));
  return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                      gpr_time_from_nanos(absl::ToInt64Nanoseconds(sane), GPR_TIMESPAN));
}

}  // namespace

absl::StatusOr<ReflectedFiles> ReflectFiles(const std::string& target, absl::Duration timeout) {
  const GrpcHold hold;
  absl::StatusOr<ReflectedFiles> files = Reflector(target, DeadlineAfter(timeout)).Run();
  if (files.ok()) return files;
  const absl::Status& status = files.status();
  const absl::string_view advice =
      status.code() == absl::StatusCode::kUnimplemented
          ? "; the service serves neither grpc.reflection.v1 nor v1alpha: switch reflection on "
            "there, or give its schema in files (.proto files or a descriptor set)"
          : "";
  return absl::Status(status.code(), absl::StrCat("server reflection of '", Shown(target),
                                                  "': ", status.message(), advice));
}

}  // namespace sluice

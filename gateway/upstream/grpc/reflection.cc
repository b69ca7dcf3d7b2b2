// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/grpc/reflection.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gateway/schema/assembly/schema_gaps.h"
#include "gateway/schema/source/bundled_protos.h"
#include "gateway/upstream/grpc/channel.h"
#include "gateway/upstream/grpc/reflected_files.h"
#include "gateway/upstream/grpc/reflection_stream.h"

namespace sluice {
namespace {

constexpr size_t kMaxBytes = 64 * 1024 * 1024;
constexpr size_t kMaxServices = 10'000;
constexpr size_t kMaxName = 1024;
constexpr size_t kMaxQuestions = 30'000;
constexpr size_t kMaxStrangers = 100;  // answers to other questions, for one of ours
constexpr int kMaxRounds = 64;
constexpr int kMaxLostInARow = 3;
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

// Whether the service, rather than the question, is what fails.
bool IsLost(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
}

bool HasQuestion(const internal::ReflectionRequest& request) {
  return request.question_case() != internal::ReflectionRequest::QUESTION_NOT_SET;
}

// Asks, and remembers what has been asked.
class Interview final {
 public:
  Interview(const ReflectionOptions& options, gpr_timespec deadline)
      : options_(options),
        channel_(ChannelMaker(kLimits).Make(options.target)),
        deadline_(deadline) {}

  void UsePackage(absl::string_view package) {
    path_ = PathOf(package);
    stream_.reset();
  }

  bool WasAsked(const internal::ReflectionRequest& question) const {
    return asked_.contains(question.SerializeAsString());
  }

  // The time for all questions is up.
  bool IsOver() const { return gpr_time_cmp(gpr_now(GPR_CLOCK_MONOTONIC), deadline_) >= 0; }

  // Some services end the RPC after each answer, or over a question that they cannot answer. So a
  // question that fails in an RPC where others were asked before gets one of its own.
  absl::StatusOr<internal::ReflectionResponse> Ask(const internal::ReflectionRequest& question) {
    if (options_.stopped && options_.stopped()) return absl::CancelledError("it is stopped");
    if (IsOver()) {
      return absl::DeadlineExceededError("the time for all questions is up");
    }
    if (asked_.size() >= kMaxQuestions) {
      return absl::ResourceExhaustedError(
          absl::StrCat("it takes more than ", kMaxQuestions, " questions"));
    }
    asked_.insert(question.SerializeAsString());
    if (stream_ != nullptr) {
      absl::StatusOr<internal::ReflectionResponse> answer = AskInStream(question);
      if (answer.ok() || absl::IsDeadlineExceeded(answer.status())) return Kept(std::move(answer));
    }
    stream_ = std::make_unique<ReflectionStream>(
        channel_, ReflectionStream::Options{.path = path_,
                                            .deadline = deadline_,
                                            .answer_timeout = options_.answer_timeout,
                                            .metadata = options_.metadata});
    return Kept(AskInStream(question));
  }

 private:
  absl::StatusOr<internal::ReflectionResponse> Kept(
      absl::StatusOr<internal::ReflectionResponse> answer) {
    if (!answer.ok()) stream_.reset();
    return answer;
  }

  // An answer that says that it belongs to another question of ours is late, or comes twice.
  absl::StatusOr<internal::ReflectionResponse> AskInStream(
      const internal::ReflectionRequest& question) {
    absl::StatusOr<internal::ReflectionResponse> answer = stream_->Ask(question);
    for (size_t i = 0; answer.ok() && i < kMaxStrangers; ++i) {
      const internal::ReflectionRequest& original = answer->original_request();
      internal::ReflectionRequest asked;
      asked.CopyFrom(original);
      asked.DiscardUnknownFields();  // the host
      if (!HasQuestion(asked) || asked.SerializeAsString() == question.SerializeAsString() ||
          !WasAsked(asked)) {
        return answer;
      }
      answer = stream_->Read();
    }
    if (!answer.ok()) return answer;
    return absl::InternalError("it answers other questions than it is asked");
  }

  const ReflectionOptions& options_;
  const std::shared_ptr<grpc::Channel> channel_;
  const gpr_timespec deadline_;
  std::string path_;
  std::unique_ptr<ReflectionStream> stream_;
  absl::flat_hash_set<std::string> asked_;
};

// Collects the files of one service, question by question.
class Reflector final {
 public:
  Reflector(const ReflectionOptions& options, gpr_timespec deadline)
      : interview_(options, deadline) {}

  absl::StatusOr<SchemaFiles> Run() {
    absl::Status status = ListServices(kV1);
    if (!status.ok() && !IsLost(status) && !absl::IsCancelled(status)) {
      const absl::Status by_alpha = ListServices(kV1Alpha);
      // Of a service that has neither, the newer one says more.
      if (by_alpha.ok() || absl::IsUnimplemented(status)) status = by_alpha;
    }
    if (status.ok()) status = AskForServices();
    for (int i = 0; status.ok() && i < kMaxRounds; ++i) {
      const size_t before = files_.files().size();
      status = AskForImports();
      const SchemaGaps gaps = FindGaps(files_.files());
      if (status.ok()) status = AskForNames(gaps);
      if (status.ok()) status = AskForExtensions(gaps);
      if (files_.files().size() == before) break;
    }
    if (!status.ok()) return status;
    result_.files = files_.TakeFiles();
    result_.problems = files_.TakeProblems();
    return std::move(result_);
  }

 private:
  // What a question has brought. `refusal`: why nothing; empty where there is something.
  struct Outcome {
    internal::ReflectionResponse answer;
    std::string refusal;
  };

  absl::Status ListServices(absl::string_view package) {
    interview_.UsePackage(package);
    internal::ReflectionRequest question;
    question.set_list_services("");
    const absl::StatusOr<internal::ReflectionResponse> answer = interview_.Ask(question);
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

  // A refusal is no error here: the others may be whole, and the schema reports what it misses.
  // Neither is an RPC that fails over one question; a service that is lost cannot answer others.
  absl::StatusOr<Outcome> Ask(const internal::ReflectionRequest& question,
                              absl::string_view about) {
    absl::StatusOr<internal::ReflectionResponse> answer = interview_.Ask(question);
    Outcome outcome;
    if (answer.ok()) {
      lost_in_a_row_ = 0;
      if (answer->has_error_response()) {
        outcome.refusal = ToText(ToStatus(answer->error_response()));
      }
      outcome.answer = *std::move(answer);
      return outcome;
    }
    const absl::Status& status = answer.status();
    if (IsLost(status)) ++lost_in_a_row_;
    if (lost_in_a_row_ >= kMaxLostInARow || absl::IsCancelled(status) || interview_.IsOver()) {
      return Annotate(status, absl::StrCat("'", Shown(about), "'"));
    }
    if (first_failure_.ok())
      first_failure_ = Annotate(status, absl::StrCat("'", Shown(about), "'"));
    outcome.refusal = ToText(status);
    return outcome;
  }

  absl::StatusOr<Outcome> AskForFiles(const internal::ReflectionRequest& question,
                                      absl::string_view about) {
    absl::StatusOr<Outcome> outcome = Ask(question, about);
    if (!outcome.ok()) return outcome;
    const internal::FileDescriptorResponse& sent = outcome->answer.file_descriptor_response();
    if (sent.file_descriptor_proto_size() > 0) {
      absl::Status added = files_.Add(sent);
      if (!added.ok()) return added;
    } else if (outcome->refusal.empty()) {
      outcome->refusal = "the answer has no file";
    }
    return outcome;
  }

  absl::Status AskForServices() {
    for (const std::string& service : result_.services) {
      internal::ReflectionRequest question;
      question.set_file_containing_symbol(service);
      const absl::StatusOr<Outcome> outcome = AskForFiles(question, service);
      if (!outcome.ok()) return outcome.status();
      if (!outcome->refusal.empty()) result_.refusals[service] = outcome->refusal;
    }
    // Where not one could be had it may be for now only; refused they would stay left out.
    return files_.files().empty() ? first_failure_ : absl::OkStatus();
  }

  // Most services send a file together with what it imports; this asks for what did not come.
  absl::Status AskForImports() {
    for (std::deque<std::string> names = files_.TakeImports(); !names.empty();
         names = files_.TakeImports()) {
      for (const std::string& name : names) {
        internal::ReflectionRequest question;
        question.set_file_by_filename(name);
        if (files_.Has(name) || name.size() > kMaxName || FindBundledFile(name) != nullptr ||
            interview_.WasAsked(question)) {
          continue;
        }
        const absl::StatusOr<Outcome> outcome = AskForFiles(question, name);
        if (!outcome.ok()) return outcome.status();
      }
    }
    return absl::OkStatus();
  }

  // Types that are in no file: a library may know its files by other names than those by which they
  // are imported, or not say what it imports.
  absl::Status AskForNames(const SchemaGaps& gaps) {
    for (const std::vector<std::string>& candidates : gaps.names) {
      for (const std::string& name : candidates) {
        internal::ReflectionRequest question;
        question.set_file_containing_symbol(name);
        if (!IsServiceName(name) || interview_.WasAsked(question)) continue;
        const absl::StatusOr<Outcome> outcome = AskForFiles(question, name);
        if (!outcome.ok()) return outcome.status();
        if (outcome->refusal.empty()) break;
      }
    }
    return absl::OkStatus();
  }

  absl::Status AskForExtensions(const SchemaGaps& gaps) {
    for (const std::string& type : gaps.extendable) {
      internal::ReflectionRequest question;
      question.set_all_extension_numbers_of_type(type);
      if (!IsServiceName(type) || interview_.WasAsked(question)) continue;
      const absl::StatusOr<Outcome> numbers = Ask(question, type);
      if (!numbers.ok()) return numbers.status();
      for (const int number : numbers->answer.all_extension_numbers_response().extension_number()) {
        if (absl::c_binary_search(gaps.extensions, std::make_pair(type, number))) continue;
        internal::ReflectionRequest one;
        one.mutable_file_containing_extension()->set_containing_type(type);
        one.mutable_file_containing_extension()->set_extension_number(number);
        if (interview_.WasAsked(one)) continue;
        const absl::StatusOr<Outcome> outcome = AskForFiles(one, type);
        if (!outcome.ok()) return outcome.status();
      }
    }
    return absl::OkStatus();
  }

  static std::string ToText(const absl::Status& status) {
    return absl::StrCat(absl::StatusCodeToString(status.code()), ": ", Shown(status.message()));
  }

  static absl::Status Annotate(const absl::Status& status, absl::string_view question) {
    return absl::Status(status.code(),
                        absl::StrCat("asked for ", question, ": ", Shown(status.message())));
  }

  Interview interview_;
  SchemaFiles result_;
  ReflectedFiles files_;
  int lost_in_a_row_ = 0;
  absl::Status first_failure_;
};

gpr_timespec DeadlineAfter(absl::Duration timeout) {
  const absl::Duration sane = std::clamp(timeout, absl::ZeroDuration(), absl::Hours(24));
  return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                      gpr_time_from_nanos(absl::ToInt64Nanoseconds(sane), GPR_TIMESPAN));
}

}  // namespace

absl::StatusOr<SchemaFiles> ReflectFiles(const ReflectionOptions& options) {
  const GrpcHold hold;
  absl::StatusOr<SchemaFiles> files = Reflector(options, DeadlineAfter(options.timeout)).Run();
  if (files.ok()) return files;
  const absl::Status& status = files.status();
  const absl::string_view advice =
      status.code() == absl::StatusCode::kUnimplemented
          ? "; the service serves neither grpc.reflection.v1 nor v1alpha: switch reflection on "
            "there, or give its schema in files (.proto files or a descriptor set)"
          : "";
  return absl::Status(status.code(), absl::StrCat("server reflection of '", Shown(options.target),
                                                  "': ", status.message(), advice));
}

}  // namespace sluice

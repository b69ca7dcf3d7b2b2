// SPDX-License-Identifier: Apache-2.0
#include "gateway/route/option_reader.h"

#include <cstdint>

#include "absl/strings/str_cat.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr int32_t kNanosOfSecond = 1'000'000'000;
// The range of google.protobuf.Duration: 10,000 years.
constexpr int64_t kMostSeconds = 315'576'000'000;

bool IsValid(const google::protobuf::Duration& value) {
  const int64_t seconds = value.seconds();
  const int32_t nanos = value.nanos();
  if (seconds < -kMostSeconds || seconds > kMostSeconds) return false;
  if (nanos <= -kNanosOfSecond || nanos >= kNanosOfSecond) return false;
  return (seconds >= 0 || nanos <= 0) && (seconds <= 0 || nanos >= 0);
}

bool IsAllowed(const FieldDescriptor& field, OptionReader::Target target) {
  if (target == OptionReader::Target::kAnything) return true;
  if (field.is_repeated()) return false;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      return true;
    case FieldDescriptor::CPPTYPE_ENUM:
      return target != OptionReader::Target::kResume;
    case FieldDescriptor::CPPTYPE_BOOL:
      return target == OptionReader::Target::kKey;
    default:
      return false;
  }
}

absl::string_view AllowedTypes(OptionReader::Target target) {
  switch (target) {
    case OptionReader::Target::kResume:
      return "a string, bytes or integer";
    case OptionReader::Target::kKey:
      return "a string, bytes, integer, enum or bool";
    default:
      return "a string, bytes, integer or enum";
  }
}

std::string TypeOf(const FieldDescriptor& field) {
  if (field.is_map()) return "a map";
  const std::string type = field.message_type() == nullptr
                               ? field.type_name()
                               : absl::StrCat("message ", field.message_type()->full_name());
  return field.is_repeated() ? absl::StrCat("a list of ", type)
                             : absl::StrCat(type[0] == 'e' ? "an " : "a ", type);
}

}  // namespace

void OptionReader::Report(absl::string_view field, absl::string_view what) {
  const std::string where = merge_.WhereOf(field);
  if (where.empty() || where == method_.full_name) {
    problems_.push_back({method_.full_name, absl::StrCat(field, ": ", what)});
  } else {
    problems_.push_back({where, absl::StrCat(method_.full_name, ": ", field, ": ", what)});
  }
}

absl::Duration OptionReader::TakeDuration(absl::string_view field,
                                          const google::protobuf::Duration& value,
                                          const Range& range) {
  if (!IsValid(value)) {
    Report(field, absl::StrCat("is no valid duration (", value.seconds(), " s and ", value.nanos(),
                               " ns)"));
    return absl::ZeroDuration();
  }
  const absl::Duration duration = absl::Seconds(value.seconds()) + absl::Nanoseconds(value.nanos());
  if (duration >= range.least && duration <= range.most) return duration;
  Report(field, absl::StrCat("is ", absl::FormatDuration(duration), "; allowed is ", range.besides,
                             "from ", absl::FormatDuration(range.least), " to ",
                             absl::FormatDuration(range.most)));
  return absl::ZeroDuration();
}

FieldPath OptionReader::TakePath(absl::string_view field, const Descriptor& message,
                                 const std::string& path, Target target) {
  absl::StatusOr<FieldPath> resolved = FieldPath::Resolve(message, path);
  if (!resolved.ok()) {
    Report(field, resolved.status().message());
    return {};
  }
  const FieldDescriptor& last = resolved->last();
  if (IsAllowed(last, target)) return *std::move(resolved);
  Report(field, absl::StrCat("\"", resolved->ToString(), "\" of ", message.full_name(), " is ",
                             TypeOf(last), "; allowed is ", AllowedTypes(target), " field"));
  return {};
}

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
// The message types whose JSON is not an object of their fields, for MessagePrinter.
#include <cmath>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/base/text/json_string.h"
#include "gateway/base/text/shown.h"
#include "gateway/transcode/json_text.h"
#include "gateway/transcode/message_printer.h"
#include "gateway/transcode/plan/time_text.h"
#include "gateway/transcode/well_known.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr absl::string_view kTypeNotUtf8 = "the type of a google.protobuf.Any is not UTF-8";

SecondsNanos SecondsNanosOf(const Message& message) {
  const Descriptor& type = *message.GetDescriptor();
  const Reflection& reflection = *message.GetReflection();
  return {reflection.GetInt64(message, type.FindFieldByNumber(1)),
          reflection.GetInt32(message, type.FindFieldByNumber(2))};
}

}  // namespace

bool MessagePrinter::Any(const Message& any, int depth) {
  const Descriptor& any_type = *any.GetDescriptor();
  const Reflection& reflection = *any.GetReflection();
  const std::string url = reflection.GetString(any, any_type.FindFieldByNumber(1));
  const std::string wire = reflection.GetString(any, any_type.FindFieldByNumber(2));
  if (url.empty() && wire.empty()) {
    out_.append("{}");
    return true;
  }
  const Descriptor* type = options_.types.FindByUrl(url);
  if (type == nullptr) return AnyBytes(url, wire);
  if (depth >= options_.max_depth) {
    return Fail(EventFault::kTooDeep, absl::StrCat("a ", type->full_name(), " lies more than ",
                                                   options_.max_depth, " messages deep"));
  }
  const std::unique_ptr<Message> content(options_.types.Prototype(*type).New());
  absl::Status parsed = ParseStrictly(wire, options_.max_depth - depth, *content);
  if (parsed.ok()) parsed = CheckInitialized(*content);
  if (!parsed.ok()) {
    return Fail(FaultOf(parsed), absl::StrCat("in a google.protobuf.Any, ", parsed.message()));
  }
  out_.append("{\"@type\":");
  if (!AppendJsonString(url, out_)) return Fail(EventFault::kNotUtf8, kTypeNotUtf8);
  if (WellKnownOf(*type) == WellKnown::kNone) {
    unknown_fields_ += UnknownFieldsIn(*content);
    if (!Members(*content, depth + 1)) return false;
  } else {
    out_.append(",\"value\":");
    if (!Json(*content, depth + 1)) return false;
  }
  out_.push_back('}');
  return true;
}

// Of a type that nobody knows.
bool MessagePrinter::AnyBytes(absl::string_view url, absl::string_view wire) {
  if (!options_.json.unknown_any_as_bytes) {
    return Fail(EventFault::kUnknownType,
                absl::StrCat("a google.protobuf.Any holds a \"", Shown(url),
                             "\", which the schema does not have"));
  }
  out_.append("{\"@type\":");
  if (!AppendJsonString(url, out_)) return Fail(EventFault::kNotUtf8, kTypeNotUtf8);
  out_.append(",\"@value\":");
  AppendJsonBase64(wire, out_);
  out_.push_back('}');
  return true;
}

bool MessagePrinter::Time(const Message& message) {
  const Descriptor& type = *message.GetDescriptor();
  const SecondsNanos time = SecondsNanosOf(message);
  char text[kMaxTimeBytes];
  char* const end = WellKnownOf(type) == WellKnown::kTimestamp
                        ? WriteTimestamp(time.seconds, time.nanos, text)
                        : WriteDuration(time.seconds, time.nanos, text);
  if (end == nullptr) {
    return Fail(EventFault::kOutOfRange,
                absl::StrCat("a ", type.full_name(), " of ", time.seconds, " s and ", time.nanos,
                             " ns is out of range"));
  }
  out_.append(text, static_cast<size_t>(end - text));
  return true;
}

bool MessagePrinter::FieldMask(const Message& mask) {
  const Reflection& reflection = *mask.GetReflection();
  const Field* paths = mask.GetDescriptor()->FindFieldByNumber(1);
  out_.push_back('"');
  for (int i = 0; i < reflection.FieldSize(mask, paths); ++i) {
    const std::string path = reflection.GetRepeatedString(mask, paths, i);
    const std::optional<std::string> text = FieldMaskPathText(path);
    if (i > 0) out_.push_back(',');
    if (!text || !AppendJsonStringPart(*text, out_)) {
      return Fail(EventFault::kFieldMask,
                  absl::StrCat("\"", Shown(path), "\" in a google.protobuf.FieldMask has no JSON"));
    }
  }
  out_.push_back('"');
  return true;
}

bool MessagePrinter::Value(const Message& value, int depth) {
  const Reflection& reflection = *value.GetReflection();
  const Field* kind =
      reflection.GetOneofFieldDescriptor(value, value.GetDescriptor()->oneof_decl(0));
  if (kind == nullptr) {
    return Fail(EventFault::kValue, "a google.protobuf.Value holds no value");
  }
  if (kind->cpp_type() == Field::CPPTYPE_DOUBLE &&
      !std::isfinite(reflection.GetDouble(value, kind))) {
    return Fail(EventFault::kValue, "a google.protobuf.Value holds a number that is not finite");
  }
  return Single(value, *kind, depth);
}

}  // namespace sluice

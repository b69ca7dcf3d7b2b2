// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"
#include "gateway/base/text/json_string.h"
#include "gateway/schema/source/bundled_protos.h"
#include "gateway/transcode/dynamic_types.h"
#include "gateway/transcode/json_text.h"
#include "gateway/transcode/message_printer.h"
#include "gateway/transcode/response_transcoder.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// One Any as JSON; where its content cannot be shown, its bytes.
void AppendDetail(const Message& any, const DynamicTypes& types, std::string& out) {
  const size_t before = out.size();
  const JsonOptions json{.unknown_any_as_bytes = true};
  if (MessagePrinter({types, kMaxMessageDepth, json}, out).Print(any).ok()) return;
  out.resize(before);
  const Reflection& reflection = *any.GetReflection();
  const Descriptor& type = *any.GetDescriptor();
  out.append("{\"@type\":");
  // The type has passed the parser, so it is UTF-8.
  static_cast<void>(AppendJsonString(reflection.GetString(any, type.FindFieldByNumber(1)), out));
  out.append(",\"@value\":");
  AppendJsonBase64(reflection.GetString(any, type.FindFieldByNumber(2)), out);
  out.push_back('}');
}

}  // namespace

std::string StatusDetailsJson(absl::string_view status_wire, const DynamicTypes& types) {
  if (status_wire.empty()) return "[]";
  const Descriptor* type = BundledPool().FindMessageTypeByName("google.rpc.Status");
  const FieldDescriptor* details = type != nullptr ? type->FindFieldByName("details") : nullptr;
  if (details == nullptr) return "[]";
  const std::unique_ptr<Message> status(types.Prototype(*type).New());
  if (!ParseStrictly(status_wire, kMaxMessageDepth, *status).ok()) return "[]";
  const Reflection& reflection = *status->GetReflection();
  std::string out = "[";
  for (int i = 0; i < reflection.FieldSize(*status, details); ++i) {
    if (i > 0) out.push_back(',');
    AppendDetail(reflection.GetRepeatedMessage(*status, details, i), types, out);
  }
  out.push_back(']');
  return out;
}

}  // namespace sluice

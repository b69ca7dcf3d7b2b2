// SPDX-License-Identifier: Apache-2.0
// A JSON body: whatever it is, it makes a message that can be shown as JSON again, or an error;
// that JSON makes the same message; and protobuf's own parser, which takes much that is not JSON,
// takes it too, and makes the same message of it. Where that parser (3.21) is known to differ, see
// DiffersInProtobuf.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "gateway/transcode/json_text.h"
#include "gateway/transcode/request/json_document.h"
#include "gateway/transcode/request/number_parser.h"
#include "gateway/transcode/request_message.h"
#include "gateway/transcode/response_transcoder.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/type_resolver_util.h"
#include "tests/fuzz/transcode_schema.h"

namespace {

using sluice::JsonValue;

constexpr int kMaxDepth = 32;
constexpr char kUrlPrefix[] = "type.googleapis.com";

const sluice::RequestPlan& Plan() {
  static const sluice::RequestPlan& plan = *[] {
    sluice::RequestPlan::Options options;
    options.type = &sluice::FuzzType("t.All");
    options.max_depth = kMaxDepth;
    return new sluice::RequestPlan(options);
  }();
  return plan;
}

const sluice::ResponseTranscoder& Transcoder() {
  static const sluice::ResponseTranscoder& transcoder = *[] {
    sluice::ResponseTranscoder::Options options;
    options.type = &sluice::FuzzType("t.All");
    options.max_depth = kMaxDepth;
    return new sluice::ResponseTranscoder(options);
  }();
  return transcoder;
}

google::protobuf::util::TypeResolver& Resolver() {
  static google::protobuf::util::TypeResolver& resolver =
      *google::protobuf::util::NewTypeResolverForDescriptorPool(
          kUrlPrefix, sluice::FuzzType("t.All").file()->pool());
  return resolver;
}

std::string Shown(absl::string_view wire) {
  sluice::TranscodedEvent event;
  sluice::Require(Transcoder().Transcode(wire, event).ok());
  return event.data;
}

// `wire` is as our own requests are written. Protobuf writes the fields as they come in the JSON.
bool AgreesWithProtobuf(absl::string_view json, absl::string_view wire) {
  std::string theirs;
  const auto status = google::protobuf::util::JsonToBinaryString(
      &Resolver(), std::string(kUrlPrefix) + "/t.All", {json.data(), json.size()}, &theirs);
  if (!status.ok()) return false;
  sluice::RequestMessage in_our_order(Plan());
  return in_our_order.MergeJson(Shown(theirs)).ok() && in_our_order.Serialize() == wire;
}

// An Any of a type that is bundled with us but not in the schema, or of a URL with another host;
// and of a ListValue, which protobuf reads in no Any.
bool IsForeignType(absl::string_view url) {
  google::protobuf::Type type;
  return !Resolver().ResolveMessageType({url.data(), url.size()}, &type).ok() ||
         absl::EndsWith(url, "/google.protobuf.ListValue");
}

// Capitals that come first or behind each other: in a field mask each is `_` and a letter, but
// protobuf forgets the `_`.
bool HasRowOfCapitals(absl::string_view text) {
  bool raised = true;
  for (const char character : text) {
    const bool capital = absl::ascii_isupper(static_cast<unsigned char>(character));
    if (capital && raised) return true;
    raised = capital || character == '.' || character == ',';
  }
  return false;
}

// Base64 with bits behind its last byte, which protobuf passes over in some forms only.
bool HasBitsLeft(absl::string_view text) {
  const auto bytes = sluice::BytesFromBase64(text);
  return bytes.has_value() && !absl::StartsWith(absl::Base64Escape(*bytes), text) &&
         !absl::StartsWith(absl::WebSafeBase64Escape(*bytes), text);
}

// A number in quotes with a sign, a point or an exponent: protobuf takes no `"1e2"` for whole
// numbers, no `"-0"` for those without a sign, and no `"-1"` for an enum.
bool IsQuotedNotation(absl::string_view text) {
  return text.find_first_of("-.eE") != absl::string_view::npos &&
         sluice::ParseNumber<double>(text).fit != sluice::NumberFit::kNoNumber;
}

// A whole number with a point or an exponent that protobuf rounds, on its way through a double, or
// a zero whose sign it forgets.
bool IsRounded(absl::string_view text) {
  constexpr double kTwoTo53 = 9007199254740992.0;
  return text == "-0" || (text.find_first_of(".eE") != absl::string_view::npos &&
                          std::abs(sluice::ParseNumber<double>(text).value) >= kTwoTo53);
}

// True if something in it is read otherwise by protobuf.
bool DiffersInProtobuf(JsonValue value) {
  JsonValue inner = value.First();
  switch (value.kind()) {
    case JsonValue::Kind::kNumber:
      return IsRounded(value.text());
    case JsonValue::Kind::kString:
      return IsQuotedNotation(value.text()) || HasRowOfCapitals(value.text()) ||
             HasBitsLeft(value.text());
    case JsonValue::Kind::kArray:
      for (size_t i = 0; i < value.size(); ++i, inner = inner.Next()) {
        if (DiffersInProtobuf(inner)) return true;
      }
      return false;
    case JsonValue::Kind::kObject:
      for (size_t i = 0; i < value.size(); ++i, inner = inner.Next().Next()) {
        if (inner.text() == "@type" && IsForeignType(inner.Next().text())) return true;
        if (DiffersInProtobuf(inner.Next())) return true;
      }
      return false;
    default:
      return false;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view json(reinterpret_cast<const char*>(data), size);
  sluice::RequestMessage message(Plan());
  if (!message.MergeJson(json).ok()) return 0;
  static_cast<void>(message.CheckRequired());
  const std::string wire = message.Serialize();
  sluice::RequestMessage again(Plan());
  sluice::Require(again.MergeJson(Shown(wire)).ok());
  sluice::Require(again.Serialize() == wire);
  if (!json.empty() && !AgreesWithProtobuf(json, wire)) {
    const auto document = sluice::JsonDocument::Parse(json, 2 * kMaxDepth);
    sluice::Require(DiffersInProtobuf(document->root()));
  }
  return 0;
}

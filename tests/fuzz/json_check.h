// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gateway/schema/field_path.h"
#include "gateway/transcode/event_naming.h"
#include "gateway/transcode/plan/second_look.h"
#include "gateway/transcode/response_transcoder.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/unknown_field_set.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/message_differencer.h"
#include "nlohmann/json.hpp"
#include "tests/fuzz/transcode_schema.h"

namespace sluice {

// Holds what the transcoder makes of bytes against what protobuf makes of them, and against the
// long way. Ends the process where they differ.
class JsonCheck final {
 public:
  explicit JsonCheck(const ResponseTranscoder::Options& options)
      : options_(options),
        types_(*options.type->file()->pool()),
        naming_(*options.type, options.event, options.event_name),
        transcoder_(options),
        second_look_({.type = options.type,
                      .id_field = options.id_field,
                      .body = options.response_body,
                      .max_depth = options.max_depth,
                      .json = options.json},
                     types_, naming_) {}

  void Check(absl::string_view wire) const {
    TranscodedEvent event;
    const absl::Status status = transcoder_.Transcode(wire, event);
    TranscodedEvent slow;
    const absl::Status slow_status = second_look_.Transcode(wire, slow);
    const std::string both =
        absl::StrCat("one pass: ", status.ToString(), " ", event.data,
                     "\nthe long way: ", slow_status.ToString(), " ", slow.data);
    Say(status.ok() == slow_status.ok(), "not the same end", both);
    const std::unique_ptr<google::protobuf::Message> parsed = Parsed(wire);
    if (!status.ok()) {
      Say(event.name.empty() && event.data.empty(), "something is left", both);
      Say(parsed != nullptr || absl::StrContains(status.message(), options_.type->full_name()),
          "the type is not named", both);
      return;
    }
    Say(parsed != nullptr, "protobuf refuses it", both);
    Require(event.name == slow.name && event.id == slow.id && event.has_id == slow.has_id);
    if (event.is_complete && event.is_raw) return;
    CheckLine(event.data);
    Say(nlohmann::json::parse(event.data) == nlohmann::json::parse(slow.data), "other JSON", both);
    if (event.payload != nullptr || options_.response_body != nullptr || event.is_complete) return;
    Say(event.unknown_fields == slow.unknown_fields,
        absl::StrCat(event.unknown_fields, " and ", slow.unknown_fields, " unknown fields"), both);
    // Protobuf's parser of JSON cannot read groups. In a dynamic message, other than in a generated
    // one, it keeps an entry of a map whose value a closed enum does not have, with its default.
    const bool is_closed =
        options_.type->file()->syntax() == google::protobuf::FileDescriptor::SYNTAX_PROTO2;
    if (HasGroup(*options_.type) || (is_closed && event.unknown_fields > 0)) return;
    CheckWayBack(event.data, *parsed);
  }

 private:
  static bool HasGroup(const google::protobuf::Descriptor& type) {
    for (int i = 0; i < type.field_count(); ++i) {
      if (type.field(i)->type() == google::protobuf::FieldDescriptor::TYPE_GROUP) return true;
    }
    return false;
  }

  static void CheckLine(const std::string& json) {
    Require(json.find_first_of("\r\n\0", 0, 3) == std::string::npos);
    for (const char* line_end : {"\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9"}) {
      Require(json.find(line_end) == std::string::npos);
    }
    Require(nlohmann::json::accept(json));
  }

  // Null where protobuf refuses the bytes.
  std::unique_ptr<google::protobuf::Message> Parsed(absl::string_view wire) const {
    std::unique_ptr<google::protobuf::Message> message(types_.Prototype(*options_.type).New());
    google::protobuf::io::CodedInputStream input(reinterpret_cast<const uint8_t*>(wire.data()),
                                                 static_cast<int>(wire.size()));
    input.SetRecursionLimit(options_.max_depth - 1);
    const bool ok = message->ParseFromCodedStream(&input) && input.ConsumedEntireMessage();
    return ok ? std::move(message) : nullptr;
  }

  static void CheckWayBack(const std::string& json, google::protobuf::Message& message) {
    // Protobuf's own parser of JSON ends at 100 levels, those of lists and objects included.
    constexpr int kMostLevels = 40;
    if (LevelsOf(json) > kMostLevels) return;
    // The bytes in an Any may have unknown fields, and its URL any host; a NullValue any number.
    if (absl::StrContains(json, "@type") || absl::StrContains(json, "null")) return;
    // Extensions it does not know at all.
    if (absl::StrContains(json, "\"[")) return;
    if (HasMaskOfOtherPaths(message)) return;
    std::unique_ptr<google::protobuf::Message> back(message.New());
    const auto read = google::protobuf::util::JsonStringToMessage(json, back.get());
    Say(read.ok(), json, read.ToString());
    message.DiscardUnknownFields();
    google::protobuf::util::MessageDifferencer differencer;
    google::protobuf::util::DefaultFieldComparator comparator;
    comparator.set_treat_nan_as_equal(true);
    differencer.set_field_comparator(&comparator);
    // It takes -0 for 0, which then counts as absent.
    differencer.set_message_field_comparison(
        google::protobuf::util::MessageDifferencer::EQUIVALENT);
    std::string report;
    differencer.ReportDifferencesToString(&report);
    const bool same = differencer.Compare(message, *back);
    Say(same, json, report);
  }

  // Small names with `_` and `.` between them.
  static bool IsPathOfNames(absl::string_view path) {
    bool begins = true;
    for (const char c : path) {
      if (!absl::ascii_islower(static_cast<unsigned char>(c))) {
        const bool follows =
            c == '.' || c == '_' || absl::ascii_isdigit(static_cast<unsigned char>(c));
        if (begins || !follows) return false;
      }
      begins = c == '.' || c == '_';
    }
    return !begins;
  }

  // A FieldMask with a path of something else, which protobuf's parser of JSON may take for none,
  // for another or for more than one.
  static bool HasMaskOfOtherPaths(const google::protobuf::Message& message) {
    const google::protobuf::Reflection& reflection = *message.GetReflection();
    const bool is_mask = message.GetDescriptor()->full_name() == "google.protobuf.FieldMask";
    std::vector<const google::protobuf::FieldDescriptor*> fields;
    reflection.ListFields(message, &fields);
    for (const auto* field : fields) {
      const bool is_message = field->message_type() != nullptr;
      if (!is_message && !is_mask) continue;
      const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
      for (int i = 0; i < count; ++i) {
        if (!is_message) {
          if (!IsPathOfNames(reflection.GetRepeatedString(message, field, i))) return true;
        } else if (HasMaskOfOtherPaths(field->is_repeated()
                                           ? reflection.GetRepeatedMessage(message, field, i)
                                           : reflection.GetMessage(message, field))) {
          return true;
        }
      }
    }
    return false;
  }

  static void Say(bool holds, const std::string& what, const std::string& why) {
    if (!holds) std::fprintf(stderr, "%s\n%s\n", what.c_str(), why.c_str());
    Require(holds);
  }

  static int LevelsOf(const std::string& json) {
    int most = 0;
    int level = 0;
    for (const char byte : json) {
      level += byte == '{' || byte == '[' ? 1 : byte == '}' || byte == ']' ? -1 : 0;
      most = level > most ? level : most;
    }
    return most;
  }

  const ResponseTranscoder::Options options_;
  const DynamicTypes types_;
  const EventNaming naming_;
  const ResponseTranscoder transcoder_;
  const SecondLook second_look_;
};

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gateway/base/bytes/output_buffer.h"
#include "gateway/schema/field_path.h"
#include "gateway/transcode/dynamic_types.h"
#include "gateway/transcode/event_fault.h"
#include "gateway/transcode/json_options.h"
#include "gateway/transcode/transcoded_event.h"
#include "google/protobuf/descriptor.h"
#include "sluice/v1/stream.pb.h"

namespace sluice {

// Wire bytes of one response type ⇒ TranscodedEvent, strictly: what does not parse, lacks a
// required field or is not UTF-8 where it must be is an error, and nothing partial comes out.
//
// JSON is written in one pass over the bytes, by a plan that is made once; WirePrinter says what
// that cannot do. Then the message is parsed and walked, with the same result but for the order of
// fields and entries: that of the .proto and of the keys instead of that of the wire.
//
// Bounds:  nesting of at most `max_depth` messages, those inside of an Any included.
// Threads: immutable; any, concurrently.
// Errors:  a FaultError that names the message type and what is wrong with its bytes: where, and in
//          which field.
class ResponseTranscoder final {
 public:
  struct Options {
    const google::protobuf::Descriptor* type = nullptr;
    sluice::v1::StreamOptions::Event event = sluice::v1::StreamOptions::MESSAGE;
    std::string event_name;  // not empty: instead of `event`
    FieldPath id_field;      // empty: none
    // Only this field of the message is written; where it is absent its default value, and `null`
    // where it has presence. Null: the whole message.
    const google::protobuf::FieldDescriptor* response_body = nullptr;
    int max_depth = kMaxMessageDepth;
    JsonOptions json;
    // Where the type of an Any is looked for that the pool of `type` does not have.
    DynamicTypes::Pools other_pools;
  };

  explicit ResponseTranscoder(const Options& options);
  ~ResponseTranscoder();
  ResponseTranscoder(const ResponseTranscoder&) = delete;
  ResponseTranscoder& operator=(const ResponseTranscoder&) = delete;

  // All of `event`. What it held before is gone. After an error it has nothing but the id, where
  // that can be read from what there is.
  absl::Status Transcode(absl::string_view wire, TranscodedEvent& event) const;

  // The same in two steps, so that the JSON is written where it is to lie. The first gives all of
  // `event` but `data`; or all of it, which `is_complete` says: then there is no second. The second
  // step appends the JSON of the same bytes to `out`; after an error `out` is as it was, and
  // `event` as after one of Transcode.
  absl::Status Describe(absl::string_view wire, TranscodedEvent& event) const;
  absl::Status WriteJson(absl::string_view wire, TranscodedEvent& event, OutputBuffer& out) const;

  // The names that events of this type can have, in the order of the .proto: for `sluice routes`.
  // Empty where they have none or depend on the message (`google.protobuf.Any`).
  std::vector<std::string> EventNames() const;

  // For what comes beside the messages.
  const DynamicTypes& types() const;

  // A whole answer of a unary method: its JSON; for a google.api.HttpBody its bytes, with the
  // content type.
  struct Whole {
    std::string content_type;
    std::string body;
    size_t unknown_fields = 0;  // as of an event
  };
  absl::Status TranscodeWhole(absl::string_view wire, Whole& whole) const;

 private:
  class Plan;
  std::unique_ptr<const Plan> plan_;
};

// The `details` of a google.rpc.Status (serialized, as `grpc-status-details-bin` carries it) as a
// JSON array on one line. An Any of a type that is not among `types`, or whose content has no JSON,
// becomes `{"@type":"…","@value":"<base64>"}`. What does not parse is `[]`.
std::string StatusDetailsJson(absl::string_view status_wire, const DynamicTypes& types);

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gateway/schema/field_path.h"
#include "google/protobuf/descriptor.h"
#include "sluice/v1/stream.pb.h"

namespace sluice {

// A message of a service as the browser is to see it. Reused from message to message: keeps its
// memory.
struct TranscodedEvent {
  std::string name;  // empty: none
  // One line of JSON: no raw CR, LF, NUL, U+0085, U+2028 or U+2029, valid UTF-8. With `is_text`,
  // the text of a google.api.HttpBody instead, which may have lines and is valid UTF-8.
  std::string data;
  bool is_text = false;
  bool has_id = false;
  std::string id;  // the raw value of the id field; not yet escaped, of any bytes and length
};

// Wire bytes of one response type ⇒ TranscodedEvent, strictly: what does not parse, lacks a
// required field or is not UTF-8 where it must be is an error, and nothing partial comes out.
//
// Bounds:  nesting of at most `max_depth` messages.
// Threads: immutable; any, concurrently.
// Errors:  INTERNAL that names the message type and what is wrong with its bytes.
class ResponseTranscoder final {
 public:
  struct Options {
    const google::protobuf::Descriptor* type = nullptr;
    sluice::v1::StreamOptions::Event event = sluice::v1::StreamOptions::MESSAGE;
    std::string event_name;  // not empty: instead of `event`
    FieldPath id_field;      // empty: none
    int max_depth = 64;
  };

  explicit ResponseTranscoder(const Options& options);
  ~ResponseTranscoder();
  ResponseTranscoder(const ResponseTranscoder&) = delete;
  ResponseTranscoder& operator=(const ResponseTranscoder&) = delete;

  absl::Status Transcode(absl::string_view wire, TranscodedEvent& event) const;

  // The names that events of this type can have, in the order of the .proto: for `sluice routes`.
  // Empty where they have none or depend on the message (`google.protobuf.Any`).
  std::vector<std::string> EventNames() const;

  // A whole answer of a unary method: its JSON; for a google.api.HttpBody its bytes, with the
  // content type.
  struct Whole {
    std::string content_type;
    std::string body;
  };
  absl::Status TranscodeWhole(absl::string_view wire, Whole& whole) const;

 private:
  class Plan;
  std::unique_ptr<const Plan> plan_;
};

// The `details` of a google.rpc.Status (serialized, as `grpc-status-details-bin` carries it) as a
// JSON array on one line. An Any whose type `pool` and the bundled google.rpc types do not know
// becomes
// `{"@type":"…","value":"<base64>"}`. What does not parse is `[]`.
std::string StatusDetailsJson(absl::string_view status_wire,
                              const google::protobuf::DescriptorPool& pool);

}  // namespace sluice

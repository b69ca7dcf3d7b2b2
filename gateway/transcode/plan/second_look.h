// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gateway/schema/field_path.h"
#include "gateway/transcode/dynamic_types.h"
#include "gateway/transcode/event_naming.h"
#include "gateway/transcode/json_options.h"
#include "gateway/transcode/transcoded_event.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace sluice {

// The long way from wire bytes to an event, for what WirePrinter leaves: protobuf parses a message,
// and MessagePrinter walks over it. What protobuf makes of the bytes is right by definition; fields
// that came in pieces have been put together.
//
// Ownership: borrows the types and the naming.
// Threads:   immutable; any.
// Errors:    a FaultError that names a type or field and what is wrong.
class SecondLook final {
 public:
  struct Options {
    const google::protobuf::Descriptor* type = nullptr;
    FieldPath id_field;                                       // empty: none
    const google::protobuf::FieldDescriptor* body = nullptr;  // null: the whole message
    int max_depth = kMaxMessageDepth;
    JsonOptions json;
  };

  SecondLook(const Options& options, const DynamicTypes& types, const EventNaming& naming);

  // All of `event`, which is empty.
  absl::Status Transcode(absl::string_view wire, TranscodedEvent& event) const;

  // The content of a google.api.HttpBody, which is the message or its `body`.
  struct Body {
    std::string content_type;
    std::string bytes;
  };
  absl::Status ReadBody(absl::string_view wire, Body& body) const;

 private:
  using Message = google::protobuf::Message;
  using Field = google::protobuf::FieldDescriptor;

  absl::Status Parse(absl::string_view wire, Message& message) const;
  absl::Status SetPayload(const Message& message, const Field* member,
                          TranscodedEvent& event) const;
  void SetBody(const Message& body, TranscodedEvent& event) const;
  void SetId(const Message& message, TranscodedEvent& event) const;
  const google::protobuf::Descriptor* HeldType(const Message& message) const;

  const Options options_;
  const DynamicTypes& types_;
  const EventNaming& naming_;
  const Message& prototype_;
  const bool can_lack_required_;
};

}  // namespace sluice

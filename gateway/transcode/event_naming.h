// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "sluice/v1/stream.pb.h"

namespace sluice {

// What events of one response type are called, and which part of the message is their payload. A
// name that a page cannot listen to is made one that it can (ListenableName).
//
// Threads: immutable; any.
class EventNaming final {
 public:
  // `fixed_name`, where not empty, is taken instead of `event`.
  EventNaming(const google::protobuf::Descriptor& type, sluice::v1::StreamOptions::Event event,
              const std::string& fixed_name);

  // The member that gives name and payload: only with ONEOF, null where none is set.
  const google::protobuf::FieldDescriptor* PayloadOf(
      const google::protobuf::Message& message) const;

  // The name of a message that has the payload `member` (null: the whole message). `held` is the
  // type that a message of type google.protobuf.Any holds; null for others, and for an empty one.
  const std::string& NameOf(const google::protobuf::FieldDescriptor* member,
                            const google::protobuf::Descriptor* held) const;

  // True if the name depends on what a message of type google.protobuf.Any holds.
  bool needs_held_type() const { return kind_ == Kind::kHeldShort || kind_ == Kind::kHeldFull; }

  // The field of the message that decides on the name: any member of the oneof, or the type_url of
  // a google.protobuf.Any. Null: the name is always the same.
  const google::protobuf::FieldDescriptor* deciding_field() const { return deciding_field_; }

  // Every event that can come, in the order of the .proto.
  struct Event {
    std::string name;  // empty: none, or one that cannot be foretold
    const google::protobuf::FieldDescriptor* payload = nullptr;  // null: the whole message
  };
  std::vector<Event> AllEvents() const;

  // The names of these; empty where events have no name, or one that cannot be foretold.
  std::vector<std::string> AllNames() const;

  // What an author should know of these names, a sentence each: a type whose name a page cannot
  // listen to, members that a page cannot tell apart.
  std::vector<std::string> Remarks() const;

 private:
  enum class Kind { kFixed, kMember, kHeldShort, kHeldFull };

  Kind kind_ = Kind::kFixed;
  std::string name_;          // of the whole message; empty: none
  std::string renamed_type_;  // the name of the type where it could not be that of its events
  const google::protobuf::OneofDescriptor* oneof_ = nullptr;
  const google::protobuf::FieldDescriptor* deciding_field_ = nullptr;
  std::map<const google::protobuf::FieldDescriptor*, std::string> member_names_;
};

}  // namespace sluice

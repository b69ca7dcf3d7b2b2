// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/message.h"

namespace sluice {

// What a field of an edition has and protobuf 3.21's descriptors cannot say. LowerFile() notes it
// in the field's options, under numbers that are reserved to protobuf, so that no option of a user
// can have them; whoever reads a field's type or presence asks here rather than its descriptor. For
// all other fields the answers are the descriptor's.
//
// Threads: any.

// The enum of which the field's values are; null: they are something else. The field of an open
// enum in a lowered file is an int32 to protobuf, which would lose the numbers that the enum does
// not have: the enum of such a field is open, and that of TYPE_ENUM is as protobuf takes it.
const google::protobuf::EnumDescriptor* EnumTypeOf(const google::protobuf::FieldDescriptor& field);

// CPPTYPE_ENUM where EnumTypeOf() is not null.
google::protobuf::FieldDescriptor::CppType CppTypeOf(
    const google::protobuf::FieldDescriptor& field);

// Whether a field that is not given differs from one that is given its default.
bool HasPresence(const google::protobuf::FieldDescriptor& field);

// Whether a singular field is given: on the wire, and without presence not its default.
bool IsGiven(const google::protobuf::Message& message,
             const google::protobuf::FieldDescriptor& field);

// The number of an enum, singular, of a field that EnumTypeOf() knows one for; that of an element.
int EnumNumberOf(const google::protobuf::Message& message,
                 const google::protobuf::FieldDescriptor& field);
int EnumNumberOf(const google::protobuf::Message& message,
                 const google::protobuf::FieldDescriptor& field, int index);

// Whether numbers that the enum does not have are values of it.
bool IsOpen(const google::protobuf::EnumDescriptor& type);

// Whether LowerFile() has made the file.
bool IsLowered(const google::protobuf::FileDescriptor& file);

// For LowerFile().
void MarkLowered(google::protobuf::FileOptions& options);
void MarkOpen(google::protobuf::EnumOptions& options);
void MarkOfEnum(const std::string& full_name, google::protobuf::FieldOptions& options);
void MarkWithoutPresence(google::protobuf::FieldOptions& options);

}  // namespace sluice

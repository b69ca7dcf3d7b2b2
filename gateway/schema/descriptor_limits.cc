// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/descriptor_limits.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "gateway/base/text/shown.h"

namespace sluice {
namespace {

using google::protobuf::DescriptorProto;
using google::protobuf::EnumDescriptorProto;
using google::protobuf::FileDescriptorProto;

constexpr size_t kLongestFullName = 8192;
constexpr int kDeepestNesting = 100;  // protobuf's parser takes no more either
// What protobuf spends on an element besides its names, of which it keeps up to four.
constexpr size_t kElementBytes = 160;
constexpr size_t kNamesKept = 2;

absl::Status TooMuch(absl::string_view what) { return absl::ResourceExhaustedError(what); }

std::string Joined(const std::string& prefix, absl::string_view name) {
  return prefix.empty() ? std::string(name) : absl::StrCat(prefix, ".", name);
}

}  // namespace

size_t LargestSchemaFile(size_t schema_bytes) {
  return std::min<size_t>(schema_bytes / 4, 1u << 30);
}

std::string SchemaLimitHint(size_t bytes) {
  return absl::StrCat("; limits.schema (", bytes >> 20, " MiB) sets the limit");
}

absl::Status DescriptorLimits::Spend(uint64_t bytes) {
  if (bytes > left_) {
    return TooMuch(
        absl::StrCat("with it, the schema takes too much memory", SchemaLimitHint(bytes_)));
  }
  left_ -= bytes;
  return absl::OkStatus();
}

absl::Status DescriptorLimits::TakeName(absl::string_view name, const std::string& prefix) {
  const size_t full = prefix.size() + 1 + name.size();
  if (full > kLongestFullName) {
    return TooMuch(absl::StrCat("the full name of ", Shown(name, 40), " is longer than ",
                                kLongestFullName, " bytes"));
  }
  return Spend(kElementBytes + kNamesKept * full);
}

template <typename Elements>
absl::Status DescriptorLimits::TakeNames(const Elements& elements, const std::string& prefix) {
  for (const auto& element : elements) {
    if (absl::Status taken = TakeName(element.name(), prefix); !taken.ok()) return taken;
  }
  return absl::OkStatus();
}

absl::Status DescriptorLimits::TakeRanges(size_t count, const std::string& type) {
  // Protobuf compares each with each; what that takes is not memory, but as hard to bear.
  const absl::Status spent = Spend(uint64_t{count} * count);
  if (spent.ok()) return spent;
  return TooMuch(
      absl::StrCat(Shown(type), " reserves ", count, " names and ranges; ", spent.message()));
}

absl::Status DescriptorLimits::TakeEnum(const EnumDescriptorProto& type,
                                        const std::string& prefix) {
  absl::Status taken = TakeName(type.name(), prefix);
  const std::string full = Joined(prefix, type.name());
  if (taken.ok()) taken = TakeNames(type.value(), full);
  if (taken.ok()) taken = TakeRanges(type.reserved_range_size() + type.reserved_name_size(), full);
  return taken;
}

absl::Status DescriptorLimits::TakeMessage(const DescriptorProto& message,
                                           const std::string& prefix, int depth) {
  const std::string full = Joined(prefix, message.name());
  if (depth > kDeepestNesting) {
    return TooMuch(absl::StrCat("types are nested more than ", kDeepestNesting, " deep"));
  }
  absl::Status taken = TakeName(message.name(), prefix);
  if (taken.ok()) taken = TakeNames(message.field(), full);
  if (taken.ok()) taken = TakeNames(message.extension(), full);
  if (taken.ok()) taken = TakeNames(message.oneof_decl(), full);
  if (taken.ok()) {
    taken = TakeRanges(message.reserved_range_size() + message.reserved_name_size() +
                           message.extension_range_size(),
                       full);
  }
  for (int i = 0; taken.ok() && i < message.enum_type_size(); ++i) {
    taken = TakeEnum(message.enum_type(i), full);
  }
  for (int i = 0; taken.ok() && i < message.nested_type_size(); ++i) {
    taken = TakeMessage(message.nested_type(i), full, depth + 1);
  }
  return taken;
}

absl::Status DescriptorLimits::Take(const FileDescriptorProto& file) {
  absl::Status taken = TakeName(file.package(), "");
  for (int i = 0; taken.ok() && i < file.dependency_size(); ++i) {
    taken = TakeName(file.dependency(i), "");
  }
  if (taken.ok()) taken = TakeName(file.name(), "");
  for (int i = 0; taken.ok() && i < file.message_type_size(); ++i) {
    taken = TakeMessage(file.message_type(i), file.package(), 1);
  }
  for (int i = 0; taken.ok() && i < file.enum_type_size(); ++i) {
    taken = TakeEnum(file.enum_type(i), file.package());
  }
  if (taken.ok()) taken = TakeNames(file.extension(), file.package());
  if (taken.ok()) taken = TakeNames(file.service(), file.package());
  for (int i = 0; taken.ok() && i < file.service_size(); ++i) {
    taken = TakeNames(file.service(i).method(), Joined(file.package(), file.service(i).name()));
  }
  return taken;
}

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/message.h"

namespace sluice {

// The message types of one pool, ready to be parsed: the one that a route is about, and those that
// turn up inside of a google.protobuf.Any.
//
// Ownership: borrows the pools. Messages must be gone before this is.
// Threads:   any; the first use of a type takes a lock, as each use inside of an Any does.
class DynamicTypes final {
 public:
  using Pools = std::vector<const google::protobuf::DescriptorPool*>;

  // `others` are asked, in their order, for what `pool` does not have.
  explicit DynamicTypes(const google::protobuf::DescriptorPool& pool, Pools others = {});
  ~DynamicTypes();
  DynamicTypes(const DynamicTypes&) = delete;
  DynamicTypes& operator=(const DynamicTypes&) = delete;

  // An empty message, to make others by New(). Valid as long as this.
  const google::protobuf::Message& Prototype(const google::protobuf::Descriptor& type) const;

  // The type that a type URL names: what follows its last slash. The bundled types are found even
  // where no pool has them. Null if there is no such type, or no slash.
  const google::protobuf::Descriptor* FindByUrl(absl::string_view type_url) const;

 private:
  const google::protobuf::DescriptorPool& pool_;
  Pools others_;  // the bundled one first
  const std::unique_ptr<google::protobuf::DynamicMessageFactory> factory_;
};

// The messages that may lie in each other, the outermost included: what protobuf's own parsers
// take.
inline constexpr int kMaxMessageDepth = 101;

// Parses `wire` into the empty `message`; at most `max_depth` messages may lie in each other,
// `message` included. Errors: a FaultError that names the type and what is wrong.
absl::Status ParseStrictly(absl::string_view wire, int max_depth,
                           google::protobuf::Message& message);

// True if messages of that type can lack a required field, so that it must be looked for.
bool CanLackRequired(const google::protobuf::Descriptor& type);

// OK, or a FaultError that names the type and the required fields that are missing.
absl::Status CheckInitialized(const google::protobuf::Message& message);

// The wire format, the same bytes for the same content. Required fields may be missing.
std::string DeterministicWire(const google::protobuf::Message& message);

}  // namespace sluice

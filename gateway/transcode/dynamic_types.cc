// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/dynamic_types.h"

#include <cstdint>
#include <limits>
#include <unordered_set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gateway/schema/source/bundled_protos.h"
#include "gateway/transcode/event_fault.h"
#include "gateway/transcode/wire_fault.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr size_t kMaxNamedFields = 16;

}  // namespace

DynamicTypes::DynamicTypes(const DescriptorPool& pool, Pools others)
    : pool_(pool),
      others_(std::move(others)),
      factory_(std::make_unique<google::protobuf::DynamicMessageFactory>()) {
  others_.insert(others_.begin(), &BundledPool());
}

DynamicTypes::~DynamicTypes() = default;

const Message& DynamicTypes::Prototype(const Descriptor& type) const {
  return *factory_->GetPrototype(&type);
}

const Descriptor* DynamicTypes::FindByUrl(absl::string_view type_url) const {
  const size_t slash = type_url.rfind('/');
  if (slash == absl::string_view::npos) return nullptr;
  const std::string name(type_url.substr(slash + 1));
  if (name.empty()) return nullptr;
  const Descriptor* type = pool_.FindMessageTypeByName(name);
  for (size_t i = 0; type == nullptr && i < others_.size(); ++i) {
    type = others_[i]->FindMessageTypeByName(name);
  }
  return type;
}

absl::Status ParseStrictly(absl::string_view wire, int max_depth, Message& message) {
  const Descriptor& type = *message.GetDescriptor();
  if (wire.size() > static_cast<size_t>(std::numeric_limits<int>::max())) {
    return FaultError(EventFault::kTooLarge, absl::StrCat("a ", type.full_name(), " of ",
                                                          wire.size(), " bytes is too large"));
  }
  google::protobuf::io::CodedInputStream input(reinterpret_cast<const uint8_t*>(wire.data()),
                                               static_cast<int>(wire.size()));
  input.SetRecursionLimit(max_depth - 1);
  if (message.MergePartialFromCodedStream(&input) && input.ConsumedEntireMessage()) {
    return absl::OkStatus();
  }
  const WireFault fault = FindWireFault(wire, max_depth, type);
  return FaultError(fault.kind, absl::StrCat("a message that should be a ", type.full_name(),
                                             " does not parse: ", fault.text));
}

bool CanLackRequired(const Descriptor& type) {
  std::unordered_set<const Descriptor*> seen = {&type};
  std::vector<const Descriptor*> pending = {&type};
  while (!pending.empty()) {
    const Descriptor& next = *pending.back();
    pending.pop_back();
    if (next.extension_range_count() > 0) return true;  // whatever the extensions need
    for (int i = 0; i < next.field_count(); ++i) {
      const FieldDescriptor& field = *next.field(i);
      if (field.is_required()) return true;
      if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
          seen.insert(field.message_type()).second) {
        pending.push_back(field.message_type());
      }
    }
  }
  return false;
}

absl::Status CheckInitialized(const Message& message) {
  if (message.IsInitialized()) return absl::OkStatus();
  std::vector<std::string> missing;
  message.FindInitializationErrors(&missing);
  const size_t all = missing.size();
  if (all > kMaxNamedFields) missing.resize(kMaxNamedFields);
  return FaultError(EventFault::kMissingField,
                    absl::StrCat("a ", message.GetDescriptor()->full_name(),
                                 " lacks required fields: ", absl::StrJoin(missing, ", "),
                                 all > missing.size() ? ", and more" : ""));
}

std::string DeterministicWire(const Message& message) {
  std::string wire;
  google::protobuf::io::StringOutputStream stream(&wire);
  google::protobuf::io::CodedOutputStream output(&stream);
  output.SetSerializationDeterministic(true);
  message.SerializePartialToCodedStream(&output);
  output.Trim();
  return wire;
}

}  // namespace sluice

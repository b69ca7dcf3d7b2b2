// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/plan/plan_cache.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "gateway/base/text/json_string.h"
#include "gateway/schema/editions/enum_names.h"
#include "gateway/schema/editions/field_traits.h"
#include "gateway/transcode/plan/string_text.h"
#include "google/protobuf/descriptor.pb.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

constexpr uint32_t kMostIndexedNumber = 1024;
constexpr size_t kMostFields = 60000;
constexpr size_t kMostUrlBytes = 512;
constexpr size_t kProbes = 4;
constexpr int32_t kMostFirstTexts = 256;

ValueKind KindOf(const FieldDescriptor& field) {
  if (field.is_map()) return ValueKind::kMap;
  if (EnumTypeOf(field) != nullptr) return ValueKind::kEnum;
  switch (field.type()) {
    case FieldDescriptor::TYPE_INT32:
      return ValueKind::kInt32;
    case FieldDescriptor::TYPE_UINT32:
      return ValueKind::kUint32;
    case FieldDescriptor::TYPE_SINT32:
      return ValueKind::kSint32;
    case FieldDescriptor::TYPE_INT64:
      return ValueKind::kInt64;
    case FieldDescriptor::TYPE_UINT64:
      return ValueKind::kUint64;
    case FieldDescriptor::TYPE_SINT64:
      return ValueKind::kSint64;
    case FieldDescriptor::TYPE_BOOL:
      return ValueKind::kBool;
    case FieldDescriptor::TYPE_ENUM:
      return ValueKind::kEnum;
    case FieldDescriptor::TYPE_FIXED32:
      return ValueKind::kFixed32;
    case FieldDescriptor::TYPE_SFIXED32:
      return ValueKind::kSfixed32;
    case FieldDescriptor::TYPE_FLOAT:
      return ValueKind::kFloat;
    case FieldDescriptor::TYPE_FIXED64:
      return ValueKind::kFixed64;
    case FieldDescriptor::TYPE_SFIXED64:
      return ValueKind::kSfixed64;
    case FieldDescriptor::TYPE_DOUBLE:
      return ValueKind::kDouble;
    case FieldDescriptor::TYPE_STRING:
      return ValueKind::kString;
    case FieldDescriptor::TYPE_BYTES:
      return ValueKind::kBytes;
    case FieldDescriptor::TYPE_MESSAGE:
      return ValueKind::kMessage;
    case FieldDescriptor::TYPE_GROUP:
      return ValueKind::kGroup;
  }
  return ValueKind::kGroup;
}

WireType WireTypeOf(ValueKind kind) {
  switch (kind) {
    case ValueKind::kFixed32:
    case ValueKind::kSfixed32:
    case ValueKind::kFloat:
      return kWireFixed32;
    case ValueKind::kFixed64:
    case ValueKind::kSfixed64:
    case ValueKind::kDouble:
      return kWireFixed64;
    case ValueKind::kString:
    case ValueKind::kBytes:
    case ValueKind::kMessage:
    case ValueKind::kMap:
      return kWireLength;
    case ValueKind::kGroup:
      return kWireGroup;
    default:
      return kWireVarint;
  }
}

bool Is64Bit(ValueKind kind) {
  return kind == ValueKind::kInt64 || kind == ValueKind::kUint64 || kind == ValueKind::kSint64 ||
         kind == ValueKind::kFixed64 || kind == ValueKind::kSfixed64;
}

bool IsOfEntry(const FieldDescriptor& field) {
  return field.containing_type()->options().map_entry();
}

// The slot of each field; nothing where there are more than can be noted.
bool GiveSlots(MessagePlan& plan) {
  std::map<const google::protobuf::OneofDescriptor*, uint8_t> oneofs;
  size_t next = 0;
  for (FieldPlan& field : plan.fields) {
    const auto* oneof = field.descriptor->real_containing_oneof();
    const auto known = oneofs.find(oneof);
    if (oneof != nullptr && known != oneofs.end()) {
      field.slot = known->second;
      continue;
    }
    if (next == SeenSlots::kMost) return false;
    field.slot = static_cast<uint8_t>(next++);
    if (oneof != nullptr) oneofs[oneof] = field.slot;
  }
  return true;
}

size_t FieldsOf(WellKnown form) {
  switch (form) {
    case WellKnown::kValue:
      return 6;
    case WellKnown::kAny:
    case WellKnown::kTimestamp:
    case WellKnown::kDuration:
      return 2;
    default:
      return 1;
  }
}

// False for a well-known type that somebody has changed.
bool IsOrdinary(const MessagePlan& plan) {
  if (plan.form == WellKnown::kNone) return true;
  return plan.fields.size() == FieldsOf(plan.form) &&
         plan.type->file()->syntax() == FileDescriptor::SYNTAX_PROTO3;
}

void IndexFields(MessagePlan& plan) {
  for (size_t i = 0; i < plan.fields.size(); ++i) {
    const FieldPlan& field = plan.fields[i];
    const auto index = static_cast<uint16_t>(i + 1);
    if (field.number() < kMostIndexedNumber) {
      plan.numbers.resize(std::max<size_t>(plan.numbers.size(), field.number() + 1));
      plan.numbers[field.number()] = index;
    }
    if (field.tag < plan.short_tags.size()) plan.short_tags[field.tag] = index;
    const uint32_t packed = field.number() << 3 | kWireLength;
    if (packed < plan.short_tags.size() && field.is_repeated && field.kind < ValueKind::kString) {
      plan.short_tags[packed] = index;
    }
  }
}

size_t UrlSlot(absl::string_view url) { return absl::Hash<absl::string_view>()(url); }

}  // namespace

PlanCache::PlanCache(const DynamicTypes& types, const JsonOptions& options)
    : types_(types), options_(options) {}

PlanCache::~PlanCache() {
  for (const std::atomic<const KnownUrl*>& slot : urls_) delete slot.load();
}

const MessagePlan& PlanCache::For(const Descriptor& type) const {
  std::lock_guard lock(mu_);
  MessagePlan* const plan = Make(type);
  // What a type holds is made after it, not inside of it: types may hold themselves, and be nested
  // deeply.
  while (!unfilled_.empty()) {
    MessagePlan& next = *unfilled_.front();
    unfilled_.pop_front();
    Fill(next);
  }
  return *plan;
}

const MessagePlan* PlanCache::FindByUrl(absl::string_view type_url) const {
  const size_t first = UrlSlot(type_url);
  for (size_t i = 0; i < kProbes; ++i) {
    const KnownUrl* known = urls_[(first + i) % kUrlSlots].load(std::memory_order_acquire);
    if (known == nullptr) break;
    if (known->url == type_url) return known->plan;
  }
  const Descriptor* type = types_.FindByUrl(type_url);
  if (type == nullptr) return nullptr;
  const MessagePlan& plan = For(*type);
  if (type_url.size() > kMostUrlBytes) return &plan;
  auto added = std::make_unique<KnownUrl>(KnownUrl{std::string(type_url), &plan});
  for (size_t i = 0; i < kProbes; ++i) {
    const KnownUrl* free = nullptr;
    if (urls_[(first + i) % kUrlSlots].compare_exchange_strong(free, added.get(),
                                                               std::memory_order_acq_rel)) {
      static_cast<void>(added.release());
      break;
    }
  }
  return &plan;
}

MessagePlan* PlanCache::Make(const Descriptor& type) const {
  std::unique_ptr<MessagePlan>& plan = plans_[&type];
  if (plan == nullptr) {
    plan = std::make_unique<MessagePlan>();
    plan->type = &type;
    plan->form = WellKnownOf(type);
    unfilled_.push_back(plan.get());
  }
  return plan.get();
}

void PlanCache::Fill(MessagePlan& plan) const {
  const Descriptor& type = *plan.type;
  std::vector<const Field*> fields;
  type.file()->pool()->FindAllExtensions(&type, &fields);
  for (int i = 0; i < type.field_count(); ++i) fields.push_back(type.field(i));
  if (fields.size() > kMostFields || type.options().message_set_wire_format()) {
    plan.second_look_only = true;
    return;
  }
  std::sort(fields.begin(), fields.end(),
            [](const Field* a, const Field* b) { return a->number() < b->number(); });
  plan.fields.reserve(fields.size());
  for (const Field* field : fields) plan.fields.push_back(MakeField(*field));
  plan.second_look_only = !GiveSlots(plan) || !IsOrdinary(plan);
  IndexFields(plan);
  plan.absent.resize(fields.size());
  for (size_t i = 0; i < fields.size(); ++i) {
    const FieldPlan& field = plan.fields[i];
    if (fields[i]->is_required()) {
      plan.has_required = true;
      plan.required[field.slot / 64] |= uint64_t{1} << (field.slot % 64);
    }
    if (options_.default_values && !HasPresence(*fields[i]) && !fields[i]->is_extension()) {
      plan.has_defaults = true;
      plan.absent[i] = AbsentText(field);
    }
    const bool is_strange_group =
        field.kind == ValueKind::kGroup && field.message->form != WellKnown::kNone;
    plan.second_look_only = plan.second_look_only || field.key == nullptr || is_strange_group;
  }
}

FieldPlan PlanCache::MakeField(const Field& field) const {
  FieldPlan plan;
  plan.descriptor = &field;
  plan.kind = KindOf(field);
  plan.tag = static_cast<uint32_t>(field.number()) << 3 | WireTypeOf(plan.kind);
  for (uint32_t rest = plan.tag; rest != 0; rest >>= 7) {
    plan.tag_text[plan.tag_bytes++] =
        static_cast<uint8_t>((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
  }
  std::string key;
  const bool has_key =
      AppendJsonString(field.is_extension()   ? absl::StrCat("[", field.full_name(), "]")
                       : options_.proto_names ? field.name()
                                              : field.json_name(),
                       key);
  plan.key = has_key ? KeepKey(absl::StrCat(key, ":")) : nullptr;
  plan.key_bytes = static_cast<uint32_t>(key.size() + 1);
  plan.is_repeated = field.is_repeated();
  plan.open = field.is_map() ? '{' : '[';
  plan.close = field.is_map() ? '}' : ']';
  plan.is_closed =
      field.enum_type() != nullptr && field.file()->syntax() != FileDescriptor::SYNTAX_PROTO3;
  plan.skips_default = !HasPresence(field) && !options_.default_values;
  const bool is_key = IsOfEntry(field) && field.number() == 1;
  plan.quotes = is_key || (Is64Bit(plan.kind) && !options_.numbers_64) ? 1 : 0;
  const bool is_32_bit = plan.kind <= ValueKind::kSint32 || plan.kind == ValueKind::kEnum;
  if (is_32_bit) plan.mask = ~uint32_t{0};
  if (field.message_type() != nullptr) plan.message = Make(*field.message_type());
  if (const EnumDescriptor* type = EnumTypeOf(field)) plan.enumeration = MakeEnum(*type);
  return plan;
}

const EnumPlan* PlanCache::MakeEnum(const EnumDescriptor& type) const {
  std::unique_ptr<EnumPlan>& plan = enums_[&type];
  if (plan != nullptr) return plan.get();
  plan = std::make_unique<EnumPlan>();
  plan->is_null = IsNullValue(type);
  plan->by_number = options_.enums_as_numbers;
  for (int i = 0; i < type.value_count(); ++i) {
    plan->texts.emplace(type.value(i)->number(), JsonString(JsonNameOf(*type.value(i))));
  }
  for (const auto& [number, text] : plan->texts) {
    if (number < 0 || number >= kMostFirstTexts) continue;
    const auto index = static_cast<size_t>(number);
    plan->first_texts.resize(std::max(plan->first_texts.size(), index + 1));
    plan->first_texts[index] = &text;
  }
  return plan.get();
}

std::string PlanCache::AbsentText(const FieldPlan& field) const {
  const std::string key(field.key != nullptr ? field.key : "", field.key_bytes);
  if (field.is_repeated) return absl::StrCat(key, field.kind == ValueKind::kMap ? "{}," : "[],");
  switch (field.kind) {
    case ValueKind::kBool:
      return absl::StrCat(key, "false,");
    case ValueKind::kString:
    case ValueKind::kBytes:
      return absl::StrCat(key, "\"\",");
    case ValueKind::kEnum: {
      if (field.enumeration->is_null) return absl::StrCat(key, "null,");
      const std::string* text = field.enumeration->Find(0);
      return absl::StrCat(key, text != nullptr && !options_.enums_as_numbers ? *text : "0", ",");
    }
    default:
      return absl::StrCat(key, field.quotes != 0 ? "\"0\"," : "0,");
  }
}

// Padded, so that it can be copied in whole blocks.
const char* PlanCache::KeepKey(const std::string& key) const {
  keys_.push_back(key + std::string(kBlockBytes, '\0'));
  return keys_.back().data();
}

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "services/kinds.h"

#include <cstdint>
#include <limits>
#include <string>

namespace sluice::demo {
namespace {

using ::demo::v1::FaultDetail;
using ::demo::v1::Kinds;

void SetScalars(Kinds& kinds) {
  kinds.set_double_value(0.1);
  kinds.set_float_value(1.5f);
  kinds.set_int32_value(-1);
  kinds.set_int64_value(-9'007'199'254'740'993);
  kinds.set_uint32_value(2);
  kinds.set_uint64_value(3);
  kinds.set_sint32_value(-4);
  kinds.set_sint64_value(-5);
  kinds.set_fixed32_value(6);
  kinds.set_fixed64_value(7);
  kinds.set_sfixed32_value(-8);
  kinds.set_sfixed64_value(-9);
  kinds.set_bool_value(true);
  kinds.set_string_value("line one\nline two \"quoted\" \xe2\x80\xa8 <b> \xf0\x9f\x8c\x8a");
  kinds.set_bytes_value(std::string("\x00\xff\x7f", 3));
  kinds.set_enum_value(Kinds::GREEN);
  kinds.set_optional_int32(0);
  kinds.set_choice_string("chosen");
}

void SetCollections(Kinds& kinds) {
  kinds.mutable_nested()->set_text("outer");
  kinds.mutable_nested()->mutable_child()->set_text("inner");
  kinds.add_repeated_int32(1);
  kinds.add_repeated_int32(-2);
  kinds.add_repeated_string("");
  kinds.add_repeated_string("b");
  kinds.add_repeated_enum(Kinds::RED);
  kinds.add_repeated_nested()->set_text("first");
  (*kinds.mutable_string_map())["key"] = "value";
  (*kinds.mutable_nested_map())[-7].set_text("minus seven");
  (*kinds.mutable_enum_map())[true] = Kinds::RED;
}

void SetWellKnown(Kinds& kinds) {
  kinds.mutable_timestamp()->set_seconds(1'893'553'445);
  kinds.mutable_timestamp()->set_nanos(678'000'000);
  kinds.mutable_duration()->set_seconds(-3);
  kinds.mutable_duration()->set_nanos(-500'000'000);
  kinds.mutable_field_mask()->add_paths("string_value");
  auto& fields = *kinds.mutable_struct_()->mutable_fields();
  fields["number"].set_number_value(1.25);
  fields["nothing"].set_null_value(google::protobuf::NULL_VALUE);
  kinds.mutable_value()->set_string_value("any JSON");
  kinds.mutable_list()->add_values()->set_bool_value(true);
  FaultDetail detail;
  detail.set_text("packed");
  kinds.mutable_any()->PackFrom(detail);
  kinds.mutable_bool_wrapper()->set_value(false);
  kinds.mutable_int64_wrapper()->set_value(64);
  kinds.mutable_uint64_wrapper()->set_value(65);
  kinds.mutable_double_wrapper()->set_value(0.5);
  kinds.mutable_string_wrapper()->set_value("wrapped");
  kinds.mutable_bytes_wrapper()->set_value("bytes");
}

Kinds Extremes() {
  Kinds kinds;
  kinds.set_double_value(std::numeric_limits<double>::infinity());
  kinds.set_float_value(std::numeric_limits<float>::quiet_NaN());
  kinds.set_int32_value(std::numeric_limits<int32_t>::min());
  kinds.set_int64_value(std::numeric_limits<int64_t>::min());
  kinds.set_uint32_value(std::numeric_limits<uint32_t>::max());
  kinds.set_uint64_value(std::numeric_limits<uint64_t>::max());
  kinds.set_enum_value(static_cast<Kinds::Color>(77));
  kinds.mutable_timestamp()->set_seconds(-62'135'596'800);
  kinds.mutable_duration()->set_seconds(315'576'000'000);
  return kinds;
}

}  // namespace

std::vector<Kinds> AllKinds() {
  Kinds full;
  SetScalars(full);
  SetCollections(full);
  SetWellKnown(full);
  return {full, Kinds(), Extremes()};
}

}  // namespace sluice::demo

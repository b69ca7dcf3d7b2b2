// SPDX-License-Identifier: Apache-2.0
// Any bytes as any type: what protobuf accepts comes back from its JSON as it was, what it refuses
// is refused.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/fuzz/json_check.h"

namespace sluice {
namespace {

using sluice::v1::StreamOptions;

constexpr char kOldSchema[] = R"(
  syntax = "proto2";
  package old;
  enum Color { GREEN = 0; RED = 1; }
  message All {
    required int32 id = 1;
    optional string text = 2; optional bytes raw = 3; optional Color color = 4;
    repeated Color colors = 5; repeated Color packed_colors = 6 [packed = true];
    map<string, Color> colors_by_name = 7; map<int64, All> alls = 8;
    optional All all = 9;
    oneof pick { Color picked_color = 11; string picked_text = 12; All picked = 13; }
    optional double number = 14 [default = 2.5];
    repeated fixed32 small = 15; repeated sint64 large = 200 [packed = true];
    extensions 1000 to 2000;
  }
  extend All { optional All more = 1000; repeated int32 numbers = 1001; }
  message Loose {
    optional Loose loose = 1; optional string text = 2; repeated Color colors = 3;
    map<string, Color> colors_by_name = 4; optional group Part = 5 { optional Loose loose = 1; }
    oneof pick { Color picked_color = 6; uint32 picked = 7; }
  }
)";

const google::protobuf::Descriptor& OldType(const std::string& name) {
  static const google::protobuf::DescriptorPool& pool = *[] {
    auto* made = new google::protobuf::DescriptorPool;
    Problems problems;
    const std::unique_ptr<ProtoText> parsed = ParseProtoText("old.proto", kOldSchema, problems);
    if (parsed == nullptr || made->BuildFile(parsed->file) == nullptr) std::abort();
    return made;
  }();
  return *pool.FindMessageTypeByName(name);
}

std::unique_ptr<JsonCheck> Make(const google::protobuf::Descriptor& type,
                                const std::string& id_path, StreamOptions::Event event) {
  ResponseTranscoder::Options options{.type = &type, .event = event};
  if (!id_path.empty()) options.id_field = *FieldPath::Resolve(type, id_path);
  return std::make_unique<JsonCheck>(options);
}

std::unique_ptr<JsonCheck> MakeBody(const google::protobuf::Descriptor& type, int field) {
  return std::make_unique<JsonCheck>(
      ResponseTranscoder::Options{.type = &type, .response_body = type.FindFieldByNumber(field)});
}

std::unique_ptr<JsonCheck> MakeOdd(const google::protobuf::Descriptor& type, JsonOptions json) {
  return std::make_unique<JsonCheck>(ResponseTranscoder::Options{.type = &type, .json = json});
}

const std::vector<std::unique_ptr<JsonCheck>>& Checks() {
  static const auto& checks = *[] {
    auto* made = new std::vector<std::unique_ptr<JsonCheck>>;
    const auto& all = FuzzType("t.All");
    made->push_back(Make(all, "", StreamOptions::MESSAGE));
    made->push_back(Make(all, "all.a_string", StreamOptions::ONEOF));
    made->push_back(Make(all, "color", StreamOptions::MESSAGE));
    made->push_back(Make(OldType("old.All"), "all.text", StreamOptions::ONEOF));
    made->push_back(Make(OldType("old.Loose"), "loose.picked", StreamOptions::ONEOF));
    made->push_back(Make(OldType("old.Loose"), "picked_color", StreamOptions::MESSAGE));
    made->push_back(Make(FuzzType("google.protobuf.Any"), "", StreamOptions::FULL));
    made->push_back(Make(FuzzType("google.protobuf.Value"), "", StreamOptions::ONEOF));
    made->push_back(Make(FuzzType("google.protobuf.Timestamp"), "", StreamOptions::NONE));
    for (const int field : {1, 7, 10, 12, 13, 14, 21, 31}) made->push_back(MakeBody(all, field));
    made->push_back(MakeOdd(all, {.proto_names = true, .enums_as_numbers = true}));
    made->push_back(
        MakeOdd(all, {.default_values = true, .numbers_64 = true, .unknown_any_as_bytes = true}));
    made->push_back(MakeOdd(OldType("old.Loose"), {.default_values = true}));
    return made;
  }();
  return checks;
}

}  // namespace
}  // namespace sluice

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const auto& checks = sluice::Checks();
  checks[data[0] % checks.size()]->Check({reinterpret_cast<const char*>(data) + 1, size - 1});
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
// Bytes of a service's message: whatever they are, an event is one line of valid JSON (or text), or
// nothing.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gateway/schema/field_path.h"
#include "gateway/transcode/response_transcoder.h"
#include "gateway/transcode/wire/retry_delay.h"
#include "nlohmann/json.hpp"
#include "tests/fuzz/transcode_schema.h"

namespace sluice {
namespace {

using sluice::v1::StreamOptions;

std::unique_ptr<ResponseTranscoder> Make(const std::string& type, StreamOptions::Event event,
                                         const std::string& id_path) {
  ResponseTranscoder::Options options;
  options.type = &FuzzType(type);
  options.event = event;
  options.json.unknown_any_as_bytes = event == StreamOptions::ONEOF || event == StreamOptions::FULL;
  if (!id_path.empty()) options.id_field = *FieldPath::Resolve(*options.type, id_path);
  return std::make_unique<ResponseTranscoder>(options);
}

const std::vector<std::unique_ptr<ResponseTranscoder>>& Transcoders() {
  static const auto& transcoders = *[] {
    auto* made = new std::vector<std::unique_ptr<ResponseTranscoder>>;
    made->push_back(Make("t.All", StreamOptions::MESSAGE, "all.a_string"));
    made->push_back(Make("t.All", StreamOptions::ONEOF, "color"));
    made->push_back(Make("google.protobuf.Any", StreamOptions::FULL, "value"));
    made->push_back(Make("google.api.HttpBody", StreamOptions::NONE, ""));
    made->push_back(Make("google.protobuf.Value", StreamOptions::ONEOF, ""));
    return made;
  }();
  return transcoders;
}

void CheckLine(const std::string& json) {
  Require(json.find_first_of("\r\n\0", 0, 3) == std::string::npos);
  for (const char* line_end : {"\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9"}) {
    Require(json.find(line_end) == std::string::npos);
  }
  Require(nlohmann::json::accept(json));
}

}  // namespace
}  // namespace sluice

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const auto& transcoders = sluice::Transcoders();
  const size_t chosen = data[0] % transcoders.size();
  const absl::string_view wire(reinterpret_cast<const char*>(data) + 1, size - 1);
  sluice::TranscodedEvent event;
  if (transcoders[chosen]->Transcode(wire, event).ok()) {
    if (!event.is_raw) sluice::CheckLine(event.data);
  } else {
    sluice::Require(event.name.empty() && event.data.empty() && (event.has_id || event.id.empty()));
  }
  sluice::ResponseTranscoder::Whole whole;
  if (!transcoders[chosen]->TranscodeWhole(wire, whole).ok()) sluice::Require(whole.body.empty());
  static const auto& types = *new sluice::DynamicTypes(*sluice::FuzzType("t.All").file()->pool());
  sluice::CheckLine(sluice::StatusDetailsJson(wire, types));
  sluice::Require(sluice::RetryDelayIn(wire) >= absl::ZeroDuration());
  return 0;
}

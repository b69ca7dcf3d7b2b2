// SPDX-License-Identifier: Apache-2.0
// A JSON body: whatever it is, it makes a message that can be shown as JSON again, or an error; and
// that JSON makes the same message.
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "gateway/transcode/request_message.h"
#include "gateway/transcode/response_transcoder.h"
#include "tests/fuzz/transcode_schema.h"

namespace {

constexpr int kMaxDepth = 32;

const sluice::RequestPlan& Plan() {
  static const sluice::RequestPlan& plan = *[] {
    sluice::RequestPlan::Options options;
    options.type = &sluice::FuzzType("t.All");
    options.max_depth = kMaxDepth;
    return new sluice::RequestPlan(options);
  }();
  return plan;
}

const sluice::ResponseTranscoder& Transcoder() {
  static const sluice::ResponseTranscoder& transcoder = *[] {
    sluice::ResponseTranscoder::Options options;
    options.type = &sluice::FuzzType("t.All");
    options.max_depth = kMaxDepth;
    return new sluice::ResponseTranscoder(options);
  }();
  return transcoder;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sluice::RequestMessage message(Plan());
  if (!message.MergeJson({reinterpret_cast<const char*>(data), size}).ok()) return 0;
  static_cast<void>(message.CheckRequired());
  const std::string wire = message.Serialize();
  sluice::TranscodedEvent event;
  sluice::Require(Transcoder().Transcode(wire, event).ok());
  sluice::RequestMessage again(Plan());
  sluice::Require(again.MergeJson(event.data).ok());
  // JSON's `-0` is read as a whole number, which has no sign.
  const bool has_negative_zero = event.data.find("-0") != std::string::npos;
  sluice::Require(has_negative_zero || again.Serialize() == wire);
  return 0;
}

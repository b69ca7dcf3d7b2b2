// SPDX-License-Identifier: Apache-2.0
// Query parameters, `name=value` a line: whatever they are, they make a message that parses, or an
// error.
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gateway/schema/field_path.h"
#include "gateway/transcode/request_message.h"
#include "gateway/transcode/response_transcoder.h"
#include "tests/fuzz/transcode_schema.h"

namespace {

const sluice::RequestPlan& Plan() {
  static const sluice::RequestPlan& plan = *[] {
    sluice::RequestPlan::Options options;
    options.type = &sluice::FuzzType("t.All");
    options.resume_field = *sluice::FieldPath::Resolve(*options.type, "all.all.an_int64");
    return new sluice::RequestPlan(options);
  }();
  return plan;
}

const sluice::ResponseTranscoder& Transcoder() {
  static const sluice::ResponseTranscoder& transcoder = *[] {
    sluice::ResponseTranscoder::Options options;
    options.type = &sluice::FuzzType("t.All");
    options.max_depth = 70;
    return new sluice::ResponseTranscoder(options);
  }();
  return transcoder;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  sluice::RequestMessage message(Plan());
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const size_t equals = line.find('=');
    if (equals == absl::string_view::npos) {
      static_cast<void>(message.SetResume(line));
      continue;
    }
    if (!message.SetParameter(line.substr(0, equals), line.substr(equals + 1)).ok()) return 0;
  }
  static_cast<void>(message.CheckRequired());
  sluice::TranscodedEvent event;
  sluice::Require(Transcoder().Transcode(message.Serialize(), event).ok());
  return 0;
}

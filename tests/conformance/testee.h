// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "conformance/conformance.pb.h"
#include "gateway/transcode/request_message.h"
#include "gateway/transcode/response_transcoder.h"
#include "google/protobuf/descriptor.h"

namespace sluice {

// Answers the conformance runner with what the gateway does to messages: JSON to wire as requests
// are read, wire to JSON as answers are written, JSON to JSON through both. What the gateway never
// does is answered `skipped`: wire to wire, text format, JSPB, types of editions, and JSON whose
// unknown members are to be ignored, since a gateway that ignores a misspelt filter serves the
// wrong events.
//
// Threads: one.
class ConformanceTestee final {
 public:
  // Finds the types in files that are linked as the gateway links them.
  explicit ConformanceTestee(std::unique_ptr<const google::protobuf::DescriptorPool> types);

  conformance::ConformanceResponse Answer(const conformance::ConformanceRequest& request);

 private:
  // How messages of one type are read and written.
  struct Transcoders {
    explicit Transcoders(const google::protobuf::Descriptor& type);

    const RequestPlan request;
    const ResponseTranscoder response;
  };

  const Transcoders* TranscodersOf(const std::string& type_name);
  // Empty where the request is one that the gateway has to do with.
  static std::string ReasonToSkip(const conformance::ConformanceRequest& request);

  const std::unique_ptr<const google::protobuf::DescriptorPool> pool_;
  std::map<std::string, std::unique_ptr<const Transcoders>> by_type_;
};

}  // namespace sluice

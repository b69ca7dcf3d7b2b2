// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/testee.h"

#include <string>
#include <utility>

namespace sluice {
namespace {

using conformance::ConformanceRequest;
using conformance::ConformanceResponse;
using google::protobuf::Descriptor;

}  // namespace

ConformanceTestee::Transcoders::Transcoders(const Descriptor& type)
    : request({.type = &type}), response({.type = &type}) {}

ConformanceTestee::ConformanceTestee(std::unique_ptr<const google::protobuf::DescriptorPool> types)
    : pool_(std::move(types)) {}

const ConformanceTestee::Transcoders* ConformanceTestee::TranscodersOf(
    const std::string& type_name) {
  const auto known = by_type_.find(type_name);
  if (known != by_type_.end()) return known->second.get();
  const Descriptor* type = pool_->FindMessageTypeByName(type_name);
  if (type == nullptr) return nullptr;
  return by_type_.emplace(type_name, std::make_unique<const Transcoders>(*type))
      .first->second.get();
}

std::string ConformanceTestee::ReasonToSkip(const ConformanceRequest& request) {
  const bool from_json = request.payload_case() == ConformanceRequest::kJsonPayload;
  const bool from_wire = request.payload_case() == ConformanceRequest::kProtobufPayload;
  const bool to_json = request.requested_output_format() == conformance::JSON;
  const bool to_wire = request.requested_output_format() == conformance::PROTOBUF;
  if (!from_json && !from_wire) return "only JSON and the wire format are read";
  if (!to_json && !to_wire) return "only JSON and the wire format are written";
  if (from_wire && to_wire) return "a gateway passes the wire format on as it is";
  if (request.test_category() == conformance::JSON_IGNORE_UNKNOWN_PARSING_TEST) {
    return "unknown members are always refused";
  }
  return "";
}

ConformanceResponse ConformanceTestee::Answer(const ConformanceRequest& request) {
  ConformanceResponse response;
  response.set_skipped(ReasonToSkip(request));
  if (!response.skipped().empty()) return response;
  const Transcoders* transcoders = TranscodersOf(request.message_type());
  if (transcoders == nullptr) {
    response.set_runtime_error("there is no type " + request.message_type());
    return response;
  }

  std::string wire = request.protobuf_payload();
  if (request.payload_case() == ConformanceRequest::kJsonPayload) {
    RequestMessage message(transcoders->request);
    absl::Status read = message.MergeJson(request.json_payload());
    if (read.ok()) read = message.CheckRequired();
    if (!read.ok()) {
      response.set_parse_error(std::string(read.message()));
      return response;
    }
    wire = message.Serialize();
  }
  if (request.requested_output_format() == conformance::PROTOBUF) {
    response.set_protobuf_payload(wire);
    return response;
  }
  ResponseTranscoder::Whole whole;
  const absl::Status written = transcoders->response.TranscodeWhole(wire, whole);
  if (written.ok()) {
    response.set_json_payload(whole.body);
  } else if (written.message().find("does not parse") != absl::string_view::npos) {
    response.set_parse_error(std::string(written.message()));
  } else {
    response.set_serialize_error(std::string(written.message()));
  }
  return response;
}

}  // namespace sluice

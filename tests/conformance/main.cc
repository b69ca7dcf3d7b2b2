// SPDX-License-Identifier: Apache-2.0
// The testee of protobuf's conformance runner: one answer for each request, over standard input and
// output, until the runner closes its end. scripts/conformance runs both.
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <optional>
#include <string>

#include "tests/conformance/pipe.h"
#include "tests/conformance/testee.h"

int main() {
  std::ifstream file(CONFORMANCE_TYPES, std::ios::binary);
  google::protobuf::FileDescriptorSet types;
  if (!types.ParseFromIstream(&file)) {
    std::cerr << "not a descriptor set: " << CONFORMANCE_TYPES << "\n";
    return 2;
  }
  sluice::ConformanceTestee testee(types);
  while (const std::optional<std::string> bytes = sluice::ReadMessage(STDIN_FILENO)) {
    conformance::ConformanceRequest request;
    conformance::ConformanceResponse response;
    if (!request.ParseFromString(*bytes)) {
      response.set_runtime_error("the request is no ConformanceRequest");
    } else if (request.message_type() == "conformance.FailureSet") {
      // The runner's first question: tests that a testee expects to fail. They stand in a file
      // instead, each with its reason.
      response.set_protobuf_payload("");
    } else {
      response = testee.Answer(request);
    }
    if (!sluice::WriteMessage(STDOUT_FILENO, response.SerializeAsString())) return 1;
  }
  return 0;
}

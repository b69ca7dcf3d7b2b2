// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gateway/edge/request_reader.h"

// One request of a browser, in one piece and in small ones: both readings must come to the same
// end, and none may take what it must not.

namespace {

using sluice::HeaderList;
using sluice::HttpRequest;
using sluice::RequestReader;
using State = RequestReader::State;

struct Reading {
  State state = State::kHead;
  std::string summary;
  size_t consumed = 0;
  size_t left = 0;  // bytes that wait for more
};

std::string Summary(RequestReader& reader) {
  if (reader.state() == State::kRefused) {
    return std::string(sluice::NameOf(reader.refusal().reason));
  }
  if (reader.state() != State::kComplete) return "";
  const bool keep_alive = reader.keep_alive();
  const HttpRequest request = reader.TakeRequest();
  if (request.path.empty() || (request.path[0] != '/' && request.path != "*")) std::abort();
  if (request.headers.Joined("content-length").find(',') != std::string::npos) std::abort();
  std::string summary = absl::StrCat(request.method, " ", request.path, "?", request.query, " ",
                                     request.minor_version, keep_alive ? " keep" : " close");
  for (const HeaderList::Field& field : request.headers.fields()) {
    for (const char c : field.value) {
      if (c == '\r' || c == '\n' || c == '\0') std::abort();
    }
    absl::StrAppend(&summary, "\n", field.name, ": ", field.value);
  }
  return absl::StrCat(summary, "\n\n", request.body);
}

Reading ReadInPieces(absl::string_view input, size_t piece) {
  sluice::ConnectionOptions options;
  options.max_head_bytes = 512;
  options.max_body_bytes = 256;
  RequestReader reader(options);
  Reading reading;
  std::string left;
  while (!input.empty() && reader.state() != State::kComplete &&
         reader.state() != State::kRefused) {
    const size_t size = std::min(piece, input.size());
    absl::StrAppend(&left, input.substr(0, size));
    input.remove_prefix(size);
    const size_t consumed = reader.Read(left);
    if (consumed > left.size()) std::abort();
    reading.consumed += consumed;
    left.erase(0, consumed);
  }
  reading.state = reader.state();
  reading.left = left.size();
  reading.summary = Summary(reader);
  return reading;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  const Reading bytewise = ReadInPieces(input, 1);
  for (const size_t piece : {size_t{7}, input.size()}) {
    const Reading other = ReadInPieces(input, std::max<size_t>(piece, 1));
    if (bytewise.state == State::kComplete || other.state == State::kComplete) {
      if (other.summary != bytewise.summary || other.consumed != bytewise.consumed) std::abort();
    } else if ((bytewise.state == State::kRefused) != (other.state == State::kRefused)) {
      // The last few bytes of a chunked body may wait for their end before they are judged.
      const size_t waiting = bytewise.state == State::kRefused ? other.left : bytewise.left;
      if (waiting == 0 || waiting > 4) std::abort();
    }
  }
  return 0;
}

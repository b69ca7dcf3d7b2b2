// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace sluice {

struct FieldPlan;

// A message of a service as the browser is to see it. Reused from message to message: keeps its
// memory.
struct TranscodedEvent {
  std::string name;  // empty: none
  // One line of JSON: no raw CR, LF, NUL, U+0085, U+2028 or U+2029, valid UTF-8. With `is_raw`,
  // the content of a google.api.HttpBody instead: text, which may have lines and is valid UTF-8, or
  // base64.
  std::string data;
  bool is_raw = false;
  bool has_id = false;
  std::string id;  // the raw value of the id field; not yet escaped, of any bytes and length
  // Fields that the schema does not know; they were left out.
  size_t unknown_fields = 0;

  // Between ResponseTranscoder::Describe and WriteJson: whether `data` is there already, and which
  // field is to be written (null: the whole message).
  bool is_complete = false;
  const FieldPlan* payload = nullptr;
};

}  // namespace sluice

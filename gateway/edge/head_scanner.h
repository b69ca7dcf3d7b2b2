// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

#include "absl/strings/string_view.h"
#include "gateway/http/http_request.h"
#include "gateway/http/refusal.h"

namespace sluice {

// Finds the end of a request's head as it arrives, and refuses at the first byte that no HTTP/1.x
// request may have there: whoever speaks TLS or something else learns so at once, and the parser
// behind sees only what every proxy in front reads the same way.
//
// In:     all bytes from the start of the head, again and more of them at each call.
// Bounds: `max_bytes`; each byte is looked at once.
// Of the header fields it keeps those that say where the page comes from; in the others it looks
// only for bytes that they cannot have.
class HeadScanner final {
 public:
  explicit HeadScanner(size_t max_bytes) : max_bytes_(max_bytes) {}

  // The length of the head, its empty line included; nullopt while it is incomplete or if it is
  // refused.
  std::optional<size_t> Scan(absl::string_view input);

  const std::optional<Refusal>& refusal() const { return refusal_; }

  // `origin` and `host`, as far as they have come: what a refusal needs for CORS.
  const HeaderList& origin_fields() const { return origin_fields_; }

 private:
  void EndLine(absl::string_view line);
  void CheckRequestLine(absl::string_view line);
  void CheckField(absl::string_view line);
  void Refuse(RefusalReason reason, absl::string_view message);

  const size_t max_bytes_;
  size_t scanned_ = 0;
  size_t line_start_ = 0;
  bool complete_ = false;
  std::optional<Refusal> refusal_;
  HeaderList origin_fields_;
};

}  // namespace sluice

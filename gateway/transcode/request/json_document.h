// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sluice {

// A JSON text that has been parsed, as RFC 8259 has it. Refused is also what the RFC only advises
// against: a member that comes twice, a byte order mark, half of a surrogate pair, a number that no
// double can hold, and text behind the value.
//
// Numbers are kept as they are written: which of them a field can take is known only with the
// field, and a double on the way would round what an int64 can hold.
//
// Bounds:    at most `max_depth` objects and arrays in each other; 12 bytes a value besides its
//            text.
// Ownership: values borrow the document.
// Threads:   immutable; any.
// Errors:    INVALID_ARGUMENT that names the byte, or the member by its JSON pointer.
class JsonDocument final {
 public:
  class Value;

  static absl::StatusOr<JsonDocument> Parse(absl::string_view text, int max_depth);

  JsonDocument(JsonDocument&&) = default;
  JsonDocument& operator=(JsonDocument&&) = default;

  Value root() const;

 private:
  class Builder;
  friend class Value;

  enum class Kind : uint8_t { kNull, kBool, kNumber, kString, kArray, kObject };

  // All values in the order of the text; a member's name is a string before its value.
  struct Node {
    Kind kind = Kind::kNull;
    uint32_t begin = 0;  // of its text; of an array or object, the index behind its last node
    uint32_t size = 0;   // of its text; elements or members; 1 for true
  };

  JsonDocument() = default;

  std::vector<Node> nodes_;
  std::string text_;  // strings without their escapes, and numbers
};

// One value of a document, and a way to those inside of it.
class JsonDocument::Value final {
 public:
  using Kind = JsonDocument::Kind;

  Kind kind() const { return node().kind; }
  bool boolean() const { return node().size != 0; }
  // A string, without escapes; a number, as it is written. Valid as long as the document.
  absl::string_view text() const;
  // How many elements or members there are.
  size_t size() const { return node().size; }

  // The member of that name. REQUIRES: an object.
  std::optional<Value> Find(absl::string_view name) const;

  // As it may stand in a message for people: scalars as JSON, `an array`, `an object`.
  std::string Shown() const;

  // The first element; that of an object's first member is its name, a string. The last one's Next
  // must not be looked at.
  Value First() const { return Value(document_, index_ + 1); }
  Value Next() const;

 private:
  friend class JsonDocument;
  Value(const JsonDocument* document, uint32_t index) : document_(document), index_(index) {}
  const Node& node() const { return document_->nodes_[index_]; }

  const JsonDocument* document_;
  uint32_t index_;
};

using JsonValue = JsonDocument::Value;

// Adds a member or an element to a JSON pointer (RFC 6901), in which `/` and `~` are escaped.
void AppendToPointer(absl::string_view name, std::string& pointer);

}  // namespace sluice

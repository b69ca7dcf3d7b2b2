// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/wire/wire_field.h"

#include <cstdint>
#include <cstring>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"

namespace sluice {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

class Finder final {
 public:
  explicit Finder(const FieldPath& path) : fields_(path.fields()) {}

  // The last occurrence counts, as for every parser: also in the pieces of a message that is split.
  void Search(absl::string_view wire, size_t level) {
    CodedInputStream in(reinterpret_cast<const uint8_t*>(wire.data()),
                        static_cast<int>(wire.size()));
    const uint32_t wanted = TagOf(*fields_[level]);
    while (const uint32_t tag = in.ReadTag()) {
      if (tag != wanted || !Read(in, tag, level)) {
        broken_ = broken_ || !WireFormatLite::SkipField(&in, tag);
      }
      if (broken_) return;
    }
    broken_ = !in.ConsumedEntireMessage();
  }

  std::optional<std::string> text() && {
    if (broken_) return {};
    return std::move(text_);
  }

 private:
  // A field that has another type on the wire than it should have is an unknown one.
  static uint32_t TagOf(const FieldDescriptor& field) {
    const auto type = static_cast<WireFormatLite::FieldType>(field.type());
    return WireFormatLite::MakeTag(field.number(), WireFormatLite::WireTypeForFieldType(type));
  }

  // False if nothing was read.
  bool Read(CodedInputStream& in, uint32_t tag, size_t level) {
    uint64_t value = 0;
    uint32_t small = 0;
    switch (WireFormatLite::GetTagWireType(tag)) {
      case WireFormatLite::WIRETYPE_VARINT:
        broken_ = !in.ReadVarint64(&value);
        break;
      case WireFormatLite::WIRETYPE_FIXED64:
        broken_ = !in.ReadLittleEndian64(&value);
        break;
      case WireFormatLite::WIRETYPE_FIXED32:
        broken_ = !in.ReadLittleEndian32(&small);
        value = small;
        break;
      case WireFormatLite::WIRETYPE_LENGTH_DELIMITED:
        return ReadBytes(in, level);
      default:
        return false;
    }
    value = AsParsed(*fields_[level], value);
    text_ = value == 0 ? "" : absl::StrCat(value);
    return true;
  }

  // A varint may have more bits than its field.
  static uint64_t AsParsed(const FieldDescriptor& field, uint64_t value) {
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_BOOL:
        return value != 0 ? 1 : 0;
      case FieldDescriptor::CPPTYPE_INT32:
      case FieldDescriptor::CPPTYPE_UINT32:
      case FieldDescriptor::CPPTYPE_ENUM:
        return static_cast<uint32_t>(value);
      default:
        return value;
    }
  }

  bool ReadBytes(CodedInputStream& in, size_t level) {
    uint32_t size = 0;
    const void* rest = nullptr;
    int left = 0;
    broken_ = !in.ReadVarint32(&size);
    if (broken_) return true;
    in.GetDirectBufferPointerInline(&rest, &left);
    broken_ = size > static_cast<uint32_t>(left);
    if (broken_) return true;
    const absl::string_view bytes(static_cast<const char*>(rest), size);
    if (level + 1 == fields_.size()) {
      text_ = std::string(bytes);
    } else {
      Search(bytes, level + 1);
    }
    in.Skip(static_cast<int>(size));
    return true;
  }

  const std::vector<const FieldDescriptor*>& fields_;
  std::string text_;
  bool broken_ = false;
};

}  // namespace

std::optional<std::string> WireFieldText(absl::string_view wire, const FieldPath& path) {
  Finder finder(path);
  finder.Search(wire, 0);
  return std::move(finder).text();
}

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/editions/edition.h"

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gateway/base/text/shown.h"
#include "google/protobuf/unknown_field_set.h"

namespace sluice {
namespace {

using google::protobuf::FileDescriptorProto;
using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

// FileDescriptorProto.edition, which protobuf 3.21 does not know.
constexpr int kEditionNumber = 14;
constexpr char kSyntax[] = "editions";

// The last one counts, as everywhere on the wire.
std::optional<uint64_t> EditionNumber(const FileDescriptorProto& file) {
  const UnknownFieldSet& unknown = file.unknown_fields();
  std::optional<uint64_t> number;
  for (int i = 0; i < unknown.field_count(); ++i) {
    const UnknownField& field = unknown.field(i);
    if (field.number() == kEditionNumber && field.type() == UnknownField::TYPE_VARINT) {
      number = field.varint();
    }
  }
  return number;
}

}  // namespace

bool IsOfEdition(const FileDescriptorProto& file) {
  return file.syntax() == kSyntax || (file.syntax().empty() && EditionNumber(file).has_value());
}

absl::StatusOr<Edition> EditionOf(const FileDescriptorProto& file) {
  if (!IsOfEdition(file)) return file.syntax() == "proto3" ? Edition::kProto3 : Edition::kProto2;
  const std::optional<uint64_t> number = EditionNumber(file);
  if (!number.has_value()) {
    return absl::InvalidArgumentError("its syntax is \"editions\", but it names no edition");
  }
  for (const Edition known :
       {Edition::kProto2, Edition::kProto3, Edition::k2023, Edition::k2024, Edition::k2026}) {
    if (*number == static_cast<uint64_t>(known)) return known;
  }
  return absl::InvalidArgumentError(UnknownEdition(absl::StrCat("number ", *number)));
}

void SetEdition(Edition edition, FileDescriptorProto& file) {
  file.set_syntax(kSyntax);
  file.mutable_unknown_fields()->AddVarint(kEditionNumber, static_cast<uint64_t>(edition));
}

std::optional<Edition> EditionFromText(absl::string_view text) {
  if (text == "2023") return Edition::k2023;
  if (text == "2024") return Edition::k2024;
  if (text == "2026") return Edition::k2026;
  return {};
}

std::string UnknownEdition(absl::string_view edition) {
  return absl::StrCat("edition ", Shown(edition, 40),
                      " is not supported; the editions 2023, 2024 and 2026 are");
}

}  // namespace sluice

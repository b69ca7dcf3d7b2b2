// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/request/parameter_path.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gateway/base/text/shown.h"
#include "gateway/schema/field_path.h"
#include "gateway/transcode/request/field_slot.h"
#include "gateway/transcode/well_known.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr size_t kShownBytes = 100;

bool IsOfType(const FieldDescriptor& field, WellKnown type) {
  return field.message_type() != nullptr && WellKnownOf(*field.message_type()) == type;
}

// Where its JSON is an object of its fields, so that a path can go on.
bool HasMembers(const FieldDescriptor& field) { return IsOfType(field, WellKnown::kNone); }

// Where the key ends that `text` begins with; npos if it does not end.
size_t EndOfKey(absl::string_view text, bool more_can_follow) {
  if (!more_can_follow)
    return absl::EndsWith(text, "]") ? text.size() - 1 : absl::string_view::npos;
  size_t end = text.find(']');
  while (end != absl::string_view::npos && end + 1 < text.size() && text[end + 1] != '.') {
    end = text.find(']', end + 1);
  }
  return end;
}

}  // namespace

// Takes a name apart from left to right.
class ParameterPath::Reader final {
 public:
  Reader(const Descriptor& type, absl::string_view name, int max_depth)
      : inside_(&type), name_(name), rest_(name), max_depth_(max_depth) {}

  absl::StatusOr<ParameterPath> Read() {
    while (true) {
      absl::Status status = absl::StartsWith(rest_, "[") ? ReadExtension() : ReadNames();
      if (status.ok() && absl::StartsWith(rest_, "[")) status = ReadKey();
      if (status.ok() && rest_.empty()) return std::move(path_);
      if (status.ok()) status = Enter();
      if (!status.ok()) return status;
    }
  }

 private:
  static absl::Status Fault(absl::string_view what) { return absl::InvalidArgumentError(what); }

  // What has been read, for messages.
  std::string ReadSoFar() const {
    return absl::StrCat("\"", Shown(name_.substr(0, name_.size() - rest_.size()), kShownBytes),
                        "\"");
  }

  absl::Status Add(const FieldDescriptor& field) {
    path_.steps_.push_back({.field = &field, .key = std::nullopt});
    return Descend();
  }

  absl::Status Descend() {
    if (++path_.depth_ <= max_depth_) return absl::OkStatus();
    return Fault(absl::StrCat("has more than ", max_depth_, " parts"));
  }

  // Field names up to a bracket or the end.
  absl::Status ReadNames() {
    absl::string_view names = rest_.substr(0, rest_.find('['));
    // The dot before an extension is not of these names.
    if (names.size() < rest_.size()) absl::ConsumeSuffix(&names, ".");
    const absl::StatusOr<FieldPath> fields = FieldPath::Resolve(*inside_, names);
    if (!fields.ok()) return fields.status();
    for (const FieldDescriptor* field : fields->fields()) {
      if (field != &fields->last() && !HasMembers(*field))
        return NoMembers(*field, absl::StrCat("\"", field->name(), "\""));
      if (const absl::Status added = Add(*field); !added.ok()) return added;
    }
    rest_.remove_prefix(names.size());
    return absl::OkStatus();
  }

  absl::Status ReadExtension() {
    const size_t end = rest_.find(']');
    const absl::string_view name = rest_.substr(0, end == absl::string_view::npos ? end : end + 1);
    const FieldDescriptor* field = FindField(*inside_, name);
    if (field == nullptr) {
      return Fault(absl::StrCat("there is no extension \"", Shown(name, kShownBytes), "\" of ",
                                inside_->full_name()));
    }
    rest_.remove_prefix(name.size());
    return Add(*field);
  }

  absl::Status ReadKey() {
    const FieldDescriptor& field = *path_.steps_.back().field;
    if (!field.is_repeated() && IsOfType(field, WellKnown::kStruct)) {
      const absl::Status added = Add(*field.message_type()->FindFieldByNumber(1));
      if (!added.ok()) return added;
    } else if (!field.is_map()) {
      return Fault(field.is_repeated()
                       ? absl::StrCat(ReadSoFar(),
                                      " is a list, which has no keys; give the "
                                      "parameter once for each value")
                       : absl::StrCat(ReadSoFar(), " is no map, so it takes no key"));
    }
    Step& step = path_.steps_.back();
    const bool more_can_follow = HasMembers(*step.field->message_type()->map_value());
    const size_t end = EndOfKey(rest_, more_can_follow);
    if (end == absl::string_view::npos) {
      return Fault(absl::StrCat("the key after ", ReadSoFar(), " must end with \"]\"",
                                more_can_follow ? "" : ", and nothing can follow it"));
    }
    step.key = std::string(rest_.substr(1, end - 1));
    rest_.remove_prefix(end + 1);
    return Descend();
  }

  // Goes on behind a dot.
  absl::Status Enter() {
    const FieldDescriptor& field = path_.target();
    if (!absl::StartsWith(rest_, ".")) {
      return Fault(absl::StrCat("a dot must follow ", ReadSoFar()));
    }
    if (field.is_map()) {
      return Fault(absl::StrCat(ReadSoFar(), " is a map; name an entry of it, such as \"",
                                field.name(), "[key]\""));
    }
    if (field.is_repeated() || !HasMembers(field)) return NoMembers(field, ReadSoFar());
    rest_.remove_prefix(1);
    inside_ = field.message_type();
    return absl::OkStatus();
  }

  static absl::Status NoMembers(const FieldDescriptor& field, absl::string_view name) {
    return Fault(absl::StrCat(name, " is ", field.is_repeated() ? "a list" : TypeWords(field),
                              ", whose parts cannot be set one by one"));
  }

  const Descriptor* inside_;
  const absl::string_view name_;
  absl::string_view rest_;
  const int max_depth_;
  ParameterPath path_;
};

absl::StatusOr<ParameterPath> ParameterPath::Resolve(const Descriptor& type, absl::string_view name,
                                                     int max_depth) {
  return Reader(type, name, max_depth).Read();
}

const FieldDescriptor& ParameterPath::target() const {
  const Step& last = steps_.back();
  return last.key.has_value() ? *last.field->message_type()->map_value() : *last.field;
}

}  // namespace sluice

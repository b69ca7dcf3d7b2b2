// SPDX-License-Identifier: Apache-2.0
#include "gateway/config/config_keys.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gateway/config/field_value.h"
#include "sluice/config/v1/config.pb.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr absl::string_view kPrefix = "SLUICE_";

std::optional<std::string> Between(absl::string_view text, absl::string_view before,
                                   absl::string_view after) {
  if (!absl::ConsumePrefix(&text, before) || !absl::ConsumeSuffix(&text, after) || text.empty()) {
    return std::nullopt;
  }
  return std::string(text);
}

std::optional<std::string> Same(absl::string_view text, absl::string_view wanted) {
  return text == wanted ? std::optional<std::string>("") : std::nullopt;
}

}  // namespace

class ConfigKeyWalk final {
 public:
  std::vector<ConfigKey> Keys() {
    Walk(*sluice::config::v1::Config::descriptor(), ConfigKey());
    return std::move(keys_);
  }

 private:
  void Walk(const Descriptor& type, const ConfigKey& above) {
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      ConfigKey key = above;
      key.fields_.push_back(&field);
      if (field.is_map()) {
        // A variable could not say where one name ends and the other begins.
        if (above.has_name()) continue;
        key.map_ = field.name();
        Walk(*field.message_type()->map_value()->message_type(), key);
        continue;
      }
      key.rest_ = absl::StrCat(above.rest_, above.rest_.empty() ? "" : ".", field.name());
      if (IsText(field)) {
        keys_.push_back(std::move(key));
      } else if (!field.is_repeated()) {
        Walk(*field.message_type(), key);
      }
    }
  }

  std::vector<ConfigKey> keys_;
};

const std::vector<ConfigKey>& ConfigKey::All() {
  static const auto* const keys = new std::vector<ConfigKey>(ConfigKeyWalk().Keys());
  return *keys;
}

std::string ConfigKey::Path(absl::string_view name) const {
  return has_name() ? absl::StrCat(map_, ".", name, ".", rest_) : rest_;
}

std::string ConfigKey::Variable(absl::string_view name) const {
  return absl::StrCat(kPrefix, VariableName(Path(name)));
}

std::string ConfigKey::VariableName(absl::string_view name) {
  std::string variable = absl::AsciiStrToUpper(name);
  for (char& c : variable) {
    if (c == '-' || c == '.') c = '_';
  }
  return variable;
}

std::optional<std::string> ConfigKey::MatchPath(absl::string_view path) const {
  if (!has_name()) return Same(path, rest_);
  return Between(path, absl::StrCat(map_, "."), absl::StrCat(".", rest_));
}

std::optional<std::string> ConfigKey::MatchVariable(absl::string_view variable) const {
  if (!has_name()) return Same(variable, Variable(""));
  return Between(variable, absl::StrCat(kPrefix, VariableName(map_), "_"),
                 absl::StrCat("_", VariableName(rest_)));
}

}  // namespace sluice

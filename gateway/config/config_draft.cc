// SPDX-License-Identifier: Apache-2.0
#include "gateway/config/config_draft.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/config/field_value.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// `upstreams.main.target` => `upstreams.main` => `upstreams`; `routes[0].stream` => `routes[0]` =>
// `routes`. Empty at the top.
absl::string_view Above(absl::string_view path) {
  const size_t end = path.find_last_of(".[");
  return end == absl::string_view::npos ? absl::string_view() : path.substr(0, end);
}

const FieldDescriptor& KeyField(const FieldDescriptor& map) {
  return *map.message_type()->map_key();
}

class DefaultOrigins final {
 public:
  explicit DefaultOrigins(ConfigDraft& draft) : draft_(draft) {}

  void Note(const std::string& path, const Message& message) {
    const Descriptor& type = *message.GetDescriptor();
    if (type.file() != sluice::config::v1::Config::descriptor()->file()) return;
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      NoteField(path.empty() ? field.name() : absl::StrCat(path, ".", field.name()), message,
                field);
    }
  }

 private:
  void NoteField(const std::string& path, const Message& message, const FieldDescriptor& field) {
    const auto& reflection = *message.GetReflection();
    if (IsText(field)) {
      draft_.SetDefaultOrigin(path);
    } else if (!field.is_repeated()) {
      if (reflection.HasField(message, &field)) Note(path, reflection.GetMessage(message, &field));
    } else {
      if (reflection.FieldSize(message, &field) == 0) draft_.SetDefaultOrigin(path);
      for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
        const Message& item = reflection.GetRepeatedMessage(message, &field, i);
        if (field.is_map()) {
          NoteEntry(path, item);
        } else {
          Note(absl::StrCat(path, "[", i, "]"), item);
        }
      }
    }
  }

  void NoteEntry(const std::string& path, const Message& entry) {
    const auto& reflection = *entry.GetReflection();
    const Descriptor& type = *entry.GetDescriptor();
    const std::string key = reflection.GetString(entry, type.map_key());
    Note(absl::StrCat(path, ".", key), reflection.GetMessage(entry, type.map_value()));
  }

  ConfigDraft& draft_;
};

}  // namespace

void ConfigDraft::AddProblem(absl::string_view where, absl::string_view what) {
  if (problems_.size() < kMaxProblems) {
    problems_.push_back({std::string(where), std::string(what)});
  } else if (problems_.size() == kMaxProblems) {
    problems_.push_back({"", "there are more problems, which are not shown"});
  }
}

void ConfigDraft::SetOrigin(const std::string& path, absl::string_view origin) {
  const std::string items = absl::StrCat(path, "[");
  for (auto it = origins_.lower_bound(items);
       it != origins_.end() && absl::StartsWith(it->first, items);) {
    it = origins_.erase(it);
  }
  origins_[path] = std::string(origin);
  unread_.erase(path);
}

void ConfigDraft::SetDefaultOrigin(const std::string& path) { origins_.emplace(path, "default"); }

std::string ConfigDraft::Where(absl::string_view path) const {
  for (; !path.empty(); path = Above(path)) {
    const auto found = origins_.find(std::string(path));
    if (found != origins_.end()) return found->second;
  }
  return "";
}

bool ConfigDraft::IsUnread(absl::string_view path) const {
  for (; !path.empty(); path = Above(path)) {
    if (unread_.contains(path)) return true;
  }
  return false;
}

bool ConfigDraft::HasUnread(absl::string_view path) const {
  if (IsUnread(path)) return true;
  const std::string below = absl::StrCat(path, ".");
  const auto found = unread_.lower_bound(below);
  return found != unread_.end() && absl::StartsWith(*found, below);
}

void NoteDefaults(ConfigDraft& draft) { DefaultOrigins(draft).Note("", draft.config()); }

Message& MapValue(Message& message, const FieldDescriptor& map, const std::string& key) {
  const Reflection& reflection = *message.GetReflection();
  const FieldDescriptor& value = *map.message_type()->map_value();
  for (int i = 0; i < reflection.FieldSize(message, &map); ++i) {
    Message& entry = *reflection.MutableRepeatedMessage(&message, &map, i);
    if (entry.GetReflection()->GetString(entry, &KeyField(map)) == key) {
      return *entry.GetReflection()->MutableMessage(&entry, &value);
    }
  }
  Message& entry = *reflection.AddMessage(&message, &map);
  entry.GetReflection()->SetString(&entry, &KeyField(map), key);
  return *entry.GetReflection()->MutableMessage(&entry, &value);
}

std::vector<std::string> MapKeys(const Message& message, const FieldDescriptor& map) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<std::string> keys;
  for (int i = 0; i < reflection.FieldSize(message, &map); ++i) {
    const Message& entry = reflection.GetRepeatedMessage(message, &map, i);
    keys.push_back(entry.GetReflection()->GetString(entry, &KeyField(map)));
  }
  std::sort(keys.begin(), keys.end());
  return keys;
}

}  // namespace sluice

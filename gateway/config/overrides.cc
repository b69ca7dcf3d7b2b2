// SPDX-License-Identifier: Apache-2.0
#include "gateway/config/overrides.h"

#include <algorithm>
#include <optional>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gateway/base/text/nearest_name.h"
#include "gateway/config/config_keys.h"
#include "gateway/config/config_values.h"
#include "gateway/config/field_value.h"

namespace sluice {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr absl::string_view kPrefix = "SLUICE_";

// A key with the name of the operator's choice that stands in its path, if it has one.
struct NamedKey {
  const ConfigKey& key;
  std::string name;

  std::string path() const { return key.Path(name); }
};

// The message that holds the last field of the key; what lies on the way to it is added.
Message& Holder(const NamedKey& named, Message& config) {
  Message* message = &config;
  const auto& fields = named.key.fields();
  for (size_t i = 0; i + 1 < fields.size(); ++i) {
    message = fields[i]->is_map() ? &MapValue(*message, *fields[i], named.name)
                                  : message->GetReflection()->MutableMessage(message, fields[i]);
  }
  return *message;
}

absl::Status Put(const NamedKey& named, const std::vector<absl::string_view>& items,
                 ConfigDraft& draft) {
  Message& holder = Holder(named, draft.config());
  for (const absl::string_view item : items) {
    if (absl::Status status = SetText(holder, named.key.last(), item); !status.ok()) return status;
  }
  return absl::OkStatus();
}

void ClearList(const NamedKey& named, ConfigDraft& draft) {
  Message& holder = Holder(named, draft.config());
  if (named.key.last().is_repeated()) {
    holder.GetReflection()->ClearField(&holder, &named.key.last());
  }
}

// A container that nothing names yet comes from where its first key does: problems with it point
// there.
void NoteContainer(const NamedKey& named, absl::string_view origin, ConfigDraft& draft) {
  if (!named.key.has_name()) return;
  const FieldDescriptor& map = *named.key.fields().front();
  const std::string path = absl::StrCat(map.name(), ".", named.name);
  if (!draft.origins().contains(path)) draft.SetOrigin(path, origin);
}

bool HasGoodName(const NamedKey& named, absl::string_view origin, ConfigDraft& draft) {
  if (!named.key.has_name()) return true;
  const absl::Status status = CheckName(named.name);
  if (!status.ok()) draft.AddProblem(origin, absl::StrCat("the name ", status.message()));
  return status.ok();
}

// The names that stand in the map above the key and would be written as `variable_name`.
std::vector<std::string> NamesLike(const ConfigKey& key, absl::string_view variable_name,
                                   const ConfigDraft& draft) {
  std::vector<std::string> names = MapKeys(draft.config(), *key.fields().front());
  std::erase_if(names, [&](const std::string& name) {
    return ConfigKey::VariableName(name) != variable_name;
  });
  return names;
}

struct Match {
  const ConfigKey* key = nullptr;
  std::vector<std::string> names;  // more than one: the variable does not say which
};

// SLUICE_UPSTREAMS_A_SCHEMA_FILES could be `schema.files` of `a` or `files` of `a_schema`, had
// upstreams such a key: a name that is there goes first, then the shortest name.
std::optional<Match> FindKey(absl::string_view variable, const ConfigDraft& draft) {
  std::optional<Match> found;
  size_t shortest = variable.size();
  for (const ConfigKey& key : ConfigKey::All()) {
    const std::optional<std::string> name = key.MatchVariable(variable);
    if (!name) continue;
    if (!key.has_name()) return Match{&key, {""}};
    std::vector<std::string> there = NamesLike(key, *name, draft);
    if (!there.empty()) return Match{&key, std::move(there)};
    if (name->size() >= shortest) continue;
    shortest = name->size();
    found = Match{&key, {absl::AsciiStrToLower(*name)}};
  }
  return found;
}

// For a Service named `sluice-x` every pod that starts later gets SLUICE_X_SERVICE_HOST,
// SLUICE_X_SERVICE_PORT, SLUICE_X_SERVICE_PORT_<PORT'S NAME>, and the older SLUICE_X_PORT,
// SLUICE_X_PORT_<NUMBER>_<PROTOCOL> and the same with _PROTO, _PORT and _ADDR. For `sluice`:
// without X_. SLUICE_PORT is told from a mistake by its value, which is a URL.
bool IsFromKubernetes(absl::string_view variable, absl::string_view value) {
  const std::vector<absl::string_view> words = absl::StrSplit(variable, '_');
  for (size_t i = 1; i < words.size(); ++i) {
    const size_t more = words.size() - i - 1;
    if (words[i] == "SERVICE" && more >= 1) {
      if (more == 1 && words[i + 1] == "HOST") return true;
      if (words[i + 1] == "PORT") return true;
    }
    if (words[i] != "PORT") continue;
    if (more == 0 && absl::StrContains(value, "://")) return true;
    if (more < 2 || more > 3 || !IsDecimal(words[i + 1])) continue;
    const absl::string_view protocol = words[i + 2];
    if (protocol != "TCP" && protocol != "UDP" && protocol != "SCTP") continue;
    if (more == 2) return true;
    const absl::string_view part = words[i + 3];
    if (part == "PROTO" || part == "PORT" || part == "ADDR") return true;
  }
  return false;
}

// Every variable there could be, with the names that are there and the one that is probably meant.
std::vector<std::string> KnownVariables(absl::string_view unknown, const ConfigDraft& draft) {
  std::vector<std::string> known;
  for (const ConfigKey& key : ConfigKey::All()) {
    if (!key.has_name()) {
      known.push_back(key.Variable(""));
      continue;
    }
    const FieldDescriptor& map = *key.fields().front();
    for (const std::string& name : MapKeys(draft.config(), map)) {
      known.push_back(key.Variable(name));
    }
    const std::string before = absl::StrCat(kPrefix, ConfigKey::VariableName(map.name()), "_");
    const size_t end = unknown.rfind('_');
    if (absl::StartsWith(unknown, before) && end > before.size()) {
      known.push_back(key.Variable(unknown.substr(before.size(), end - before.size())));
    }
  }
  return known;
}

// `routes`, of which a variable cannot set one.
bool IsOnlyInFile(absl::string_view variable) {
  const auto& type = *sluice::config::v1::Config::descriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (IsText(field) || !field.is_repeated() || field.is_map()) continue;
    const std::string name = absl::StrCat(kPrefix, ConfigKey::VariableName(field.name()));
    if (variable == name || absl::StartsWith(variable, absl::StrCat(name, "_"))) return true;
  }
  return false;
}

void RefuseVariable(absl::string_view variable, ConfigDraft& draft) {
  if (IsOnlyInFile(variable)) {
    draft.AddProblem(variable, "cannot be set by a variable; write it in the file");
    return;
  }
  const std::string near = NearestName(variable, KnownVariables(variable, draft));
  draft.AddProblem(variable, absl::StrCat("there is no such key; ",
                                          near.empty() ? "a variable is SLUICE_ and the path of a "
                                                         "key in capitals, such as SLUICE_LISTEN"
                                                       : absl::StrCat("did you mean ", near, "?")));
}

std::vector<absl::string_view> SplitItems(absl::string_view value) {
  std::vector<absl::string_view> items;
  if (absl::StripAsciiWhitespace(value).empty()) return items;
  for (const absl::string_view item : absl::StrSplit(value, ',')) {
    items.push_back(absl::StripAsciiWhitespace(item));
  }
  return items;
}

void ApplyVariable(const std::string& variable, absl::string_view value, ConfigDraft& draft) {
  const std::optional<Match> match = FindKey(variable, draft);
  if (!match) {
    if (!IsFromKubernetes(variable, value)) RefuseVariable(variable, draft);
    return;
  }
  if (match->names.size() > 1) {
    draft.AddProblem(variable,
                     absl::StrCat("could mean each of ", absl::StrJoin(match->names, ", "),
                                  "; rename one of them"));
    return;
  }
  const NamedKey named{*match->key, match->names.front()};
  if (!HasGoodName(named, variable, draft)) return;
  ClearList(named, draft);
  NoteContainer(named, variable, draft);
  draft.SetOrigin(named.path(), variable);
  const bool list = named.key.last().is_repeated();
  const absl::Status status =
      Put(named, list ? SplitItems(value) : std::vector<absl::string_view>{value}, draft);
  if (status.ok()) return;
  draft.AddProblem(variable, status.message());
  draft.SetUnread(named.path());
}

std::optional<NamedKey> FindPath(absl::string_view path) {
  for (const ConfigKey& key : ConfigKey::All()) {
    if (const auto name = key.MatchPath(path)) return NamedKey{key, *name};
  }
  return std::nullopt;
}

}  // namespace

void ApplyEnvironment(const std::map<std::string, std::string>& environment, ConfigDraft& draft) {
  for (const auto& [variable, value] : environment) {
    if (absl::StartsWith(variable, kPrefix)) ApplyVariable(variable, value, draft);
  }
}

void ApplyFlags(const std::vector<ConfigSources::Flag>& flags, ConfigDraft& draft) {
  std::set<std::string> seen;
  for (const ConfigSources::Flag& flag : flags) {
    const std::optional<NamedKey> named = FindPath(flag.path);
    if (!named) {
      draft.AddProblem(flag.name, absl::StrCat("there is no key ", Quoted(flag.path)));
      continue;
    }
    if (!HasGoodName(*named, flag.name, draft)) continue;
    if (seen.insert(flag.path).second) ClearList(*named, draft);
    NoteContainer(*named, flag.name, draft);
    draft.SetOrigin(flag.path, flag.name);
    if (const absl::Status status = Put(*named, {flag.value}, draft); !status.ok()) {
      draft.AddProblem(flag.name, status.message());
      draft.SetUnread(flag.path);
    }
  }
}

}  // namespace sluice

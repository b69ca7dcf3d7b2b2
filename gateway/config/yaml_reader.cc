// SPDX-License-Identifier: Apache-2.0
#include "gateway/config/yaml_reader.h"

#include <array>
#include <map>
#include <optional>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gateway/base/text/nearest_name.h"
#include "gateway/config/config_values.h"
#include "gateway/config/field_value.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::OneofDescriptor;

std::vector<std::string> FieldNames(const Descriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.field_count(); ++i) names.push_back(type.field(i)->name());
  return names;
}

std::string MapWanted(const Descriptor& type) {
  return absl::StrCat("a map with the keys ", absl::StrJoin(FieldNames(type), ", "));
}

// The tags of YAML's own types say nothing new. Any other would be dropped in silence.
bool IsKnownTag(absl::string_view tag) {
  return tag.empty() || tag == "?" || tag == "!" || absl::StartsWith(tag, "tag:yaml.org,2002:");
}

std::string Found(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::kNothing:
      return "nothing";
    case YamlNode::Kind::kText:
      return Quoted(node.text);
    case YamlNode::Kind::kList:
      return "a list";
    case YamlNode::Kind::kMap:
      return "a map";
  }
  return "";
}

std::string Below(absl::string_view path, absl::string_view name) {
  return path.empty() ? std::string(name) : absl::StrCat(path, ".", name);
}

// `[a, b]`: what someone who wrote `a` for a list meant.
std::string ListWanted(const YamlNode& found) {
  const bool text = found.kind == YamlNode::Kind::kText && found.text.size() <= 64;
  return absl::StrCat("a list, such as [", text ? found.text : "…", "]");
}

}  // namespace

bool YamlReader::Read(absl::string_view text) {
  Problems problems;
  const std::optional<YamlTree> tree = YamlTree::Parse(file_, text, problems);
  for (const Problem& problem : problems) draft_.AddProblem(problem.where, problem.what);
  if (!tree) return false;
  const YamlNode& root = tree->root();
  if (root.kind != YamlNode::Kind::kNothing) ReadMessage({"", root, root}, draft_.config());
  return !stopped_;
}

void YamlReader::ReadMessage(const Place& place, Message& message) {
  const Descriptor& type = *message.GetDescriptor();
  if (!IsShape(place, YamlNode::Kind::kMap, MapWanted(type))) return;
  std::map<absl::string_view, const YamlNode*> given;
  std::map<const OneofDescriptor*, const FieldDescriptor*> chosen;
  for (const auto& [key, value] : place.value.pairs) {
    if (!Visit(*key) || !Visit(*value)) return;
    const Place below{Below(place.path, key->text), *key, *value};
    if (key->kind != YamlNode::Kind::kText) {
      draft_.AddProblem(At(*key), absl::StrCat("a key is ", Found(*key), "; write one of ",
                                               absl::StrJoin(FieldNames(type), ", ")));
      continue;
    }
    const FieldDescriptor* const field = type.FindFieldByName(key->text);
    if (field == nullptr) {
      RefuseUnknownKey(below, type);
      continue;
    }
    if (const auto [first, added] = given.emplace(field->name(), key); !added) {
      draft_.AddProblem(At(*key), absl::StrCat(below.path, " is given twice, first at ",
                                               At(*first->second), "; remove one"));
      continue;
    }
    if (const OneofDescriptor* const choice = field->real_containing_oneof()) {
      if (const auto [first, added] = chosen.emplace(choice, field); !added) {
        draft_.AddProblem(At(*key),
                          absl::StrCat(below.path, " stands beside ", first->second->name(),
                                       "; only one of them can be given"));
        continue;
      }
    }
    ReadField(below, message, *field);
  }
}

void YamlReader::ReadField(const Place& place, Message& message, const FieldDescriptor& field) {
  draft_.SetOrigin(place.path, At(place));
  if (field.is_map()) {
    ReadMap(place, message, field);
  } else if (field.is_repeated()) {
    IsText(field) ? ReadTextList(place, message, field) : ReadMessageList(place, message, field);
  } else if (IsText(field)) {
    ReadText(place, message, field);
  } else {
    ReadMessage(place, *message.GetReflection()->MutableMessage(&message, &field));
  }
}

void YamlReader::ReadText(const Place& place, Message& message, const FieldDescriptor& field) {
  if (!IsShape(place, YamlNode::Kind::kText, AllowedText(field))) return;
  const absl::Status status = SetText(message, field, place.value.text);
  if (!status.ok()) Refuse(place, absl::StrCat(": ", status.message()));
}

void YamlReader::ReadTextList(const Place& place, Message& message, const FieldDescriptor& field) {
  if (!IsShape(place, YamlNode::Kind::kList, ListWanted(place.value))) return;
  message.GetReflection()->ClearField(&message, &field);
  for (size_t i = 0; i < place.value.items.size(); ++i) {
    const YamlNode& item = *place.value.items[i];
    if (!Visit(item)) return;
    const Place below{absl::StrCat(place.path, "[", i, "]"), item, item};
    draft_.SetOrigin(below.path, At(below));
    ReadText(below, message, field);
  }
}

void YamlReader::ReadMessageList(const Place& place, Message& message,
                                 const FieldDescriptor& field) {
  if (!IsShape(place, YamlNode::Kind::kList, "a list, each item of which begins with -")) return;
  for (size_t i = 0; i < place.value.items.size(); ++i) {
    const YamlNode& item = *place.value.items[i];
    if (!Visit(item)) return;
    const Place below{absl::StrCat(place.path, "[", i, "]"), item, item};
    draft_.SetOrigin(below.path, At(below));
    ReadMessage(below, *message.GetReflection()->AddMessage(&message, &field));
  }
}

void YamlReader::ReadMap(const Place& place, Message& message, const FieldDescriptor& field) {
  const Descriptor& type = *field.message_type()->map_value()->message_type();
  if (!IsShape(place, YamlNode::Kind::kMap,
               absl::StrCat("a map from a name of your choice to ", MapWanted(type)))) {
    return;
  }
  std::map<absl::string_view, const YamlNode*> given;
  for (const auto& [key, value] : place.value.pairs) {
    if (!Visit(*key) || !Visit(*value)) return;
    if (key->kind != YamlNode::Kind::kText) {
      draft_.AddProblem(At(*key),
                        absl::StrCat(place.path, ": a name is ", Found(*key), "; write a text"));
      continue;
    }
    if (const absl::Status status = CheckName(key->text); !status.ok()) {
      draft_.AddProblem(At(*key), absl::StrCat(place.path, ": the name ", status.message()));
      draft_.SetUnread(absl::StrCat(place.path, ".*"));
      continue;
    }
    const Place below{Below(place.path, key->text), *key, *value};
    if (const auto [first, added] = given.emplace(key->text, key); !added) {
      draft_.AddProblem(At(*key), absl::StrCat(below.path, " is given twice, first at ",
                                               At(*first->second), "; remove one"));
      continue;
    }
    draft_.SetOrigin(below.path, At(below));
    Message& entry = MapValue(message, field, key->text);
    const FieldDescriptor* const in_short = type.FindFieldByName("value");
    if (in_short != nullptr && value->kind == YamlNode::Kind::kText) {
      ReadText(below, entry, *in_short);
    } else {
      ReadMessage(below, entry);
    }
  }
}

void YamlReader::RefuseUnknownKey(const Place& place, const Descriptor& type) {
  const std::vector<std::string> names = FieldNames(type);
  const std::string near = NearestName(place.key.text, names);
  if (!near.empty()) {
    // `tagret` for `target`: that `target` is missing needs no second problem.
    const size_t own = place.key.text.size();
    draft_.SetUnread(absl::StrCat(place.path.substr(0, place.path.size() - own), near));
  }
  const std::string hint = near.empty() ? absl::StrCat("write one of ", absl::StrJoin(names, ", "))
                                        : absl::StrCat("did you mean ", near, "?");
  const size_t end = place.path.size() - place.key.text.size();
  const std::string above = end == 0 ? "" : absl::StrCat(place.path.substr(0, end - 1), ": ");
  draft_.AddProblem(At(place.key),
                    absl::StrCat(above, "there is no key ", Quoted(place.key.text), "; ", hint));
}

bool YamlReader::IsShape(const Place& place, YamlNode::Kind kind, absl::string_view wanted) {
  if (!IsKnownTag(place.value.tag)) {
    Refuse(place, absl::StrCat(" has the tag ", Quoted(place.value.tag), "; remove the tag"));
    return false;
  }
  if (place.value.kind == kind) return true;
  RefuseShape(place, wanted);
  return false;
}

void YamlReader::RefuseShape(const Place& place, absl::string_view wanted) {
  const bool nothing = place.value.kind == YamlNode::Kind::kNothing;
  const absl::string_view or_remove = nothing ? ", or remove the key" : "";
  if (place.path.empty()) {
    draft_.AddProblem(At(place),
                      absl::StrCat("the file holds ", Found(place.value), "; write ", wanted));
    draft_.SetUnread("upstreams.*");
    return;
  }
  Refuse(place, absl::StrCat(" is ", Found(place.value), "; write ", wanted, or_remove));
}

void YamlReader::Refuse(const Place& place, absl::string_view what) {
  draft_.AddProblem(At(place), absl::StrCat(place.path, what));
  draft_.SetUnread(place.path);
}

bool YamlReader::Visit(const YamlNode& node) {
  if (stopped_ || draft_.full()) return false;
  ++visited_;
  text_bytes_ += node.text.size();
  if (visited_ <= kMaxVisited && text_bytes_ <= kMaxTextBytes) return true;
  stopped_ = true;
  draft_.AddProblem(
      At(node), absl::StrCat("the configuration is too large: through its aliases it "
                             "has more than ",
                             kMaxVisited, " values or ", SizeToText(kMaxTextBytes), " of text"));
  return false;
}

std::string YamlReader::At(const YamlNode& node) const {
  return absl::StrCat(file_, ":", node.line, ":", node.column);
}

// yaml-cpp places a value that is not there at the next thing that is.
std::string YamlReader::At(const Place& place) const {
  return At(place.value.kind == YamlNode::Kind::kNothing ? place.key : place.value);
}

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
// yaml-cpp's parser reports events, from which the tree is built: unlike YAML::Node they tell of a
// second document and let the number of values be bounded while they arrive.
#include "gateway/config/yaml_tree.h"

#include <algorithm>
#include <exception>
#include <sstream>
#include <unordered_map>

#include "absl/strings/str_cat.h"
#include "gateway/base/text/utf8.h"
#include "gateway/config/config_values.h"
#include "yaml-cpp/anchor.h"
#include "yaml-cpp/depthguard.h"
#include "yaml-cpp/eventhandler.h"
#include "yaml-cpp/exceptions.h"
#include "yaml-cpp/mark.h"
#include "yaml-cpp/parser.h"

namespace sluice {
namespace {

std::string At(absl::string_view file, int line, int column) {
  return absl::StrCat(file, ":", line, ":", column);
}

// `offset` is that of a byte of the text.
std::string At(absl::string_view file, absl::string_view text, size_t offset) {
  const absl::string_view before = text.substr(0, offset);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const size_t line_start = before.rfind('\n') + 1;  // 0 if there is none
  return At(file, static_cast<int>(lines) + 1, static_cast<int>(offset - line_start) + 1);
}

}  // namespace

// Once there are too many values, events are let pass: what was built is thrown away.
class YamlTree::Builder final : public YAML::EventHandler {
 public:
  explicit Builder(YamlTree& tree) : tree_(tree) {}

  int documents() const { return documents_; }
  bool too_many() const { return too_many_; }
  const YAML::Mark& last_document() const { return last_document_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    ++documents_;
    last_document_ = mark;
    open_.clear();
    anchors_.clear();
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Add(YamlNode::Kind::kNothing, mark, anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) {
      Add(YamlNode::Kind::kNothing, mark, YAML::NullAnchor);
    } else {
      // A list of a million aliases is a million pointers.
      if (++values_ > kMaxNodes) too_many_ = true;
      if (!too_many_) Append(*found->second);
    }
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    if (YamlNode* const node = Add(YamlNode::Kind::kText, mark, anchor)) {
      node->tag = tag;
      node->text = value;
    }
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    Open(YamlNode::Kind::kList, mark, tag, anchor);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    Open(YamlNode::Kind::kMap, mark, tag, anchor);
  }
  void OnMapEnd() override { Close(); }

 private:
  // A list or map whose end is to come.
  struct Container {
    YamlNode* node;
    const YamlNode* key;  // of a map: the key that waits for its value
  };

  YamlNode* Add(YamlNode::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (++values_ > kMaxNodes) too_many_ = true;
    if (too_many_) return nullptr;
    YamlNode& node = tree_.nodes_.emplace_back();
    node.kind = kind;
    node.line = mark.line + 1;
    node.column = mark.column + 1;
    if (anchor != YAML::NullAnchor) anchors_[anchor] = &node;
    Append(node);
    return &node;
  }

  void Append(const YamlNode& node) {
    if (open_.empty()) {
      tree_.root_ = &node;
      return;
    }
    Container& parent = open_.back();
    if (parent.node->kind == YamlNode::Kind::kList) {
      parent.node->items.push_back(&node);
    } else if (parent.key == nullptr) {
      parent.key = &node;
    } else {
      parent.node->pairs.emplace_back(parent.key, &node);
      parent.key = nullptr;
    }
  }

  void Open(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor) {
    if (YamlNode* const node = Add(kind, mark, anchor)) {
      node->tag = tag;
      open_.push_back({node, nullptr});
    }
  }

  void Close() {
    if (!too_many_ && !open_.empty()) open_.pop_back();
  }

  YamlTree& tree_;
  std::vector<Container> open_;
  std::unordered_map<YAML::anchor_t, const YamlNode*> anchors_;
  YAML::Mark last_document_;
  size_t values_ = 0;
  int documents_ = 0;
  bool too_many_ = false;
};

std::optional<YamlTree> YamlTree::Parse(absl::string_view file, absl::string_view text,
                                        Problems& problems) {
  const auto refuse = [&](std::string where, std::string what) {
    problems.push_back({std::move(where), std::move(what)});
    return std::nullopt;
  };
  if (text.size() > kMaxBytes) {
    return refuse(std::string(file), absl::StrCat("has more than ", SizeToText(kMaxBytes),
                                                  ", the most that a configuration may have"));
  }
  // yaml-cpp would replace such bytes and read NUL as the end.
  if (const size_t valid = std::min(Utf8PrefixLength(text), text.find('\0')); valid < text.size()) {
    return refuse(At(file, text, valid), "is not UTF-8 text");
  }

  YamlTree tree;
  tree.nodes_.emplace_back();
  tree.root_ = &tree.nodes_.front();
  Builder builder(tree);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    while (builder.documents() < 2 && parser.HandleNextDocument(builder)) continue;
  } catch (const YAML::DeepRecursion& error) {
    return refuse(At(file, error.mark.line + 1, error.mark.column + 1),
                  "is nested deeper than any configuration can be");
  } catch (const YAML::Exception& error) {
    const int line = error.mark.is_null() ? 1 : error.mark.line + 1;
    const int column = error.mark.is_null() ? 1 : error.mark.column + 1;
    return refuse(At(file, line, column), absl::StrCat("is not YAML: ", error.msg));
  } catch (const std::exception& error) {
    return refuse(std::string(file), absl::StrCat("is not YAML: ", error.what()));
  }
  if (builder.documents() > 1) {
    return refuse(At(file, builder.last_document().line + 1, builder.last_document().column + 1),
                  "begins a second document (---); a configuration is one document");
  }
  if (builder.too_many()) {
    return refuse(std::string(file),
                  absl::StrCat("holds more than ", kMaxNodes, " values, the most that it may"));
  }
  return tree;
}

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "gateway/base/text/problem.h"

namespace sluice {

// One value of a YAML document. An alias is the same node as its anchor.
struct YamlNode {
  enum class Kind { kNothing, kText, kList, kMap };

  Kind kind = Kind::kNothing;
  std::string text;  // of kText, without its quotes
  std::string tag;   // `?` for a plain text, `!` for one in quotes, or as written
  int line = 1;
  int column = 1;
  std::vector<const YamlNode*> items;                              // of kList
  std::vector<std::pair<const YamlNode*, const YamlNode*>> pairs;  // of kMap, as written
};

// A YAML document, with a place for every value. Knows nothing of the configuration.
//
// Bounds:    kMaxBytes of text, kMaxNodes values (an alias is one); deeper nesting than yaml-cpp
//            takes (500) is an error. Who walks the tree counts for himself: through aliases it is
//            wider.
// Ownership: the tree owns its nodes.
// Errors:    problems with file, line and column.
class YamlTree final {
 public:
  static constexpr size_t kMaxBytes = size_t{1} << 20;
  static constexpr size_t kMaxNodes = 100'000;

  // Nothing if `text` is not one well-formed document; `problems` says why. `file` names it there.
  // An empty text is a document that holds nothing.
  static std::optional<YamlTree> Parse(absl::string_view file, absl::string_view text,
                                       Problems& problems);

  const YamlNode& root() const { return *root_; }

 private:
  class Builder;

  std::deque<YamlNode> nodes_;
  const YamlNode* root_ = nullptr;
};

}  // namespace sluice

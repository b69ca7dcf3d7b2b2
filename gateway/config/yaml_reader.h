// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "gateway/config/config_draft.h"
#include "gateway/config/yaml_tree.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace sluice {

// Reads a YAML document into a draft by the descriptors of sluice.config.v1.Config: its keys are
// the names of the fields.
//
// Bounds: kMaxVisited values and kMaxTextBytes of text, counted each time that an alias leads to
//         them. Errors: problems of the draft with file, line and column; what could not be read is
//         left as it was and noted as unread.
class YamlReader final {
 public:
  static constexpr size_t kMaxVisited = YamlTree::kMaxNodes;
  static constexpr size_t kMaxTextBytes = 4 * YamlTree::kMaxBytes;

  // `file` names the text in problems and origins.
  YamlReader(absl::string_view file, ConfigDraft& draft) : file_(file), draft_(draft) {}

  // False if nothing of it could be read.
  [[nodiscard]] bool Read(absl::string_view text);

 private:
  // The value of a key, where it stands in the configuration (`ops.listen`) and in the file.
  struct Place {
    std::string path;
    const YamlNode& key;
    const YamlNode& value;
  };

  void ReadMessage(const Place& place, google::protobuf::Message& message);
  void ReadField(const Place& place, google::protobuf::Message& message,
                 const google::protobuf::FieldDescriptor& field);
  void ReadText(const Place& place, google::protobuf::Message& message,
                const google::protobuf::FieldDescriptor& field);
  void ReadTextList(const Place& place, google::protobuf::Message& message,
                    const google::protobuf::FieldDescriptor& field);
  void ReadMessageList(const Place& place, google::protobuf::Message& message,
                       const google::protobuf::FieldDescriptor& field);
  void ReadMap(const Place& place, google::protobuf::Message& message,
               const google::protobuf::FieldDescriptor& field);

  void RefuseUnknownKey(const Place& place, const google::protobuf::Descriptor& type);
  void RefuseShape(const Place& place, absl::string_view wanted);
  bool IsShape(const Place& place, YamlNode::Kind kind, absl::string_view wanted);
  void Refuse(const Place& place, absl::string_view what);
  // False once the document is larger than it may be.
  bool Visit(const YamlNode& node);
  std::string At(const YamlNode& node) const;
  std::string At(const Place& place) const;

  const std::string file_;
  ConfigDraft& draft_;
  size_t visited_ = 0;
  size_t text_bytes_ = 0;
  bool stopped_ = false;
};

}  // namespace sluice

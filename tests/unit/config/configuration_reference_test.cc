// SPDX-License-Identifier: Apache-2.0
// docs/configuration.md is made of the comments in the .proto files, so that every key is described
// once. This test makes it anew and compares; with SLUICE_UPDATE_GOLDEN=1 it writes it.
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "gateway/config/config_keys.h"
#include "gateway/config/config_loader.h"
#include "gateway/config/field_value.h"
#include "gmock/gmock.h"
#include "google/protobuf/compiler/parser.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/io/zero_copy_stream_impl.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

constexpr const char* kPage = "docs/configuration.md";

constexpr absl::string_view kExample = R"(listen: 0.0.0.0:8080
ops: {listen: 0.0.0.0:9090}
upstreams:
  main: {target: "dns:///demo:50051"}   # asked for its schema by reflection
  legacy:
    target: 10.0.0.7:50051
    schema: {proto_path: [protos], files: [legacy/v1/orders.proto]}
routes:
  - selector: demo.v1.Ticker.*
    stream: {heartbeat: 5s, endless: true}
    forward_headers: [authorization, x-tenant]
cors: {origins: ["https://app.example.com"], credentials: true}
trusted_proxies: [10.0.0.0/8]
limits: {body: 256KiB, open_grace: 500ms}
log: {level: info, format: json}
drain: {delay: 5s, window: 25s}
)";

constexpr absl::string_view kOpening = R"(# Configuration

A gateway is deployed by people who did not write it. So a configuration that is wrong is refused as a
whole, before anything listens, with every problem in one run: file, line and column (or the variable, or
the flag), what was found, and what would be right.

This page is made of the comments in `proto/sluice/config/v1/config.proto` and
`proto/sluice/v1/stream.proto` by the unit tests of the configuration.

## How it is read

    defaults  <  file (--config FILE)  <  environment  <  flags

- Nothing but an upstream is needed: `sluice serve --upstream localhost:50051`.
- The file is one YAML document of at most 1MiB. Its keys are those of this page; any other key is an
  error, and so is a key that is given twice. `${VAR}` is not expanded.
- A list that a higher source gives replaces the whole list of a lower one.
- Durations have units: `250ms`, `15s`, `1.5s`, `1h30m` (ns, us, ms, s, m, h), up to 87600h.
- Sizes are whole numbers with units: `16KiB`, `8MiB` (B, KiB, MiB, GiB, TiB, in steps of 1024) or `16kB`,
  `8MB` (kB, MB, GB, TB, in steps of 1000).
- A key with nothing behind it is an error: write `{}`, `[]` or `""` if that is meant.
- Relative paths in the file are relative to the folder in which the gateway was started.

)";

constexpr absl::string_view kVariables = R"(## Variables

A variable is `SLUICE_` and the path of a key in capitals. Lists are separated by commas; an empty value
is an empty list. `<NAME>` is that of an upstream: it is compared with those in the file without regard to
case, `-` and `.` written as `_`; one that is not in the file is added, in lower case. A variable that
begins with `SLUICE_` and names no key is an error, except those that Kubernetes sets for Services whose
names begin with `sluice` (`SLUICE_SERVICE_HOST`, `SLUICE_PORT_8080_TCP`, ...). `routes` and
`schema.metadata` can be given in the file alone.

)";

constexpr absl::string_view kClosing = R"(
## How to verify it

`sluice check --config FILE` reads the configuration and the schema as the gateway would, prints every
problem and ends with 2 if there is one. `sluice config --config FILE` prints the configuration that is in
effect, each key with the place that gave it:

    listen: "0.0.0.0:8080"  # from sluice.yaml:1:9
    limits:
      head: 32KiB  # from SLUICE_LIMITS_HEAD
      body: 1MiB  # from default
)";

std::string Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// What stands above each message, field and value of one .proto file, in one line.
class Comments final {
 public:
  explicit Comments(const std::string& path) {
    std::istringstream text(Read(path));
    google::protobuf::io::IstreamInputStream stream(&text);
    google::protobuf::io::Tokenizer tokenizer(&stream, nullptr);
    google::protobuf::compiler::Parser parser;
    google::protobuf::FileDescriptorProto file;
    EXPECT_TRUE(parser.Parse(&tokenizer, &file)) << path;
    for (const auto& location : file.source_code_info().location()) {
      std::string comment = location.leading_comments();
      absl::StripAsciiWhitespace(&comment);
      by_path_[{location.path().begin(), location.path().end()}] =
          absl::StrReplaceAll(comment, {{"\n ", " "}, {"\n", " "}, {"|", "\\|"}});
    }
  }

  // The numbers are those of FileDescriptorProto's fields: 4 message_type, then 2 field, 4
  // enum_type.
  std::string Of(const Descriptor& type) const { return Get({4, type.index()}); }
  std::string Of(const FieldDescriptor& field) const {
    return Get({4, field.containing_type()->index(), 2, field.index()});
  }
  std::string Of(const google::protobuf::EnumValueDescriptor& value) const {
    const EnumDescriptor& type = *value.type();
    return Get({4, type.containing_type()->index(), 4, type.index(), 2, value.index()});
  }

 private:
  std::string Get(const std::vector<int>& path) const {
    const auto found = by_path_.find(path);
    return found == by_path_.end() ? "" : found->second;
  }

  std::map<std::vector<int>, std::string> by_path_;
};

class Reference final {
 public:
  std::string Make() {
    absl::StrAppend(&page_, kOpening, "    ",
                    absl::StrReplaceAll(absl::StripSuffix(kExample, "\n"), {{"\n", "\n    "}}),
                    "\n\n");
    Describe(*sluice::config::v1::Config::descriptor(), "");
    absl::StrAppend(&page_, kVariables, "| Variable | Key |\n|---|---|\n");
    for (const ConfigKey& key : ConfigKey::All()) {
      const std::string variable = key.has_name()
                                       ? absl::StrReplaceAll(key.Variable("\n"), {{"\n", "<NAME>"}})
                                       : key.Variable("");
      absl::StrAppend(&page_, "| `", variable, "` | `", key.Path("<name>"), "` |\n");
    }
    absl::StrAppend(&page_, kClosing);
    return page_;
  }

 private:
  const Comments& CommentsOf(const Descriptor& type) const {
    return type.file() == sluice::config::v1::Config::descriptor()->file() ? config_ : stream_;
  }

  std::string Meaning(const FieldDescriptor& field) const {
    const Comments& comments = CommentsOf(*field.containing_type());
    std::string text = comments.Of(field);
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_ENUM) return text;
    for (int i = 1; i < field.enum_type()->value_count(); ++i) {
      const auto& value = *field.enum_type()->value(i);
      absl::StrAppend(&text, "<br>`", value.name(), "`: ", comments.Of(value));
    }
    return text;
  }

  static std::string Written(const FieldDescriptor& field, const std::string& path) {
    if (field.is_map()) return absl::StrCat("a map from a name, see `", path, ".<name>`");
    if (field.is_repeated()) {
      return IsText(field) ? "a list of texts" : absl::StrCat("a list of maps, see `", path, "[]`");
    }
    return IsText(field) ? AllowedText(field) : absl::StrCat("a map, see `", path, "`");
  }

  static std::string Default(const FieldDescriptor& field) {
    const std::vector<std::string> texts = PresetTexts(field);
    if (texts.empty()) return "";
    return absl::StrCat("`", absl::StrJoin(texts, "`, `"), "`");
  }

  // The message and then those below it.
  void Describe(const Descriptor& type, const std::string& path) {
    absl::StrAppend(&page_, "## ", path.empty() ? "The keys" : absl::StrCat("`", path, "`"), "\n\n",
                    CommentsOf(type).Of(type),
                    "\n\n| Key | Write | Default | Meaning |\n|---|---|---|---|\n");
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      absl::StrAppend(&page_, "| `", field.name(), "` | ", Written(field, Below(path, field)),
                      " | ", Default(field), " | ", Meaning(field), " |\n");
    }
    page_ += '\n';
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      if (field.is_map()) {
        Describe(*field.message_type()->map_value()->message_type(),
                 absl::StrCat(Below(path, field), ".<name>"));
      } else if (!IsText(field)) {
        Describe(*field.message_type(),
                 absl::StrCat(Below(path, field), field.is_repeated() ? "[]" : ""));
      }
    }
  }

  static std::string Below(const std::string& path, const FieldDescriptor& field) {
    return path.empty() ? field.name() : absl::StrCat(path, ".", field.name());
  }

  const Comments config_{"proto/sluice/config/v1/config.proto"};
  const Comments stream_{"proto/sluice/v1/stream.proto"};
  std::string page_;
};

TEST(ConfigurationReference, IsWhatTheCommentsSay) {
  const std::string wanted = Reference().Make();
  if (std::getenv("SLUICE_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(kPage, std::ios::binary) << wanted;
  }
  EXPECT_EQ(Read(kPage), wanted) << "Make it anew: SLUICE_UPDATE_GOLDEN=1 and run this test.";
}

TEST(ConfigurationReference, ShowsAnExampleThatIsRead) {
  Problems problems;
  EXPECT_TRUE(LoadConfigText({"example", {}, {}}, kExample, problems)) << ToText(problems);
}

TEST(ConfigurationReference, LeavesNoKeyWithoutAMeaning) {
  EXPECT_THAT(Reference().Make(), ::testing::Not(::testing::HasSubstr("|  |\n")));
}

}  // namespace
}  // namespace sluice

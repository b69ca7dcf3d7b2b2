// SPDX-License-Identifier: Apache-2.0
#include "gateway/config/yaml_reader.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

ConfigDraft Read(absl::string_view text) {
  ConfigDraft draft;
  static_cast<void>(YamlReader("f", draft).Read(text));
  return draft;
}

std::string ProblemsOf(absl::string_view text) { return ToText(Read(text).problems()); }

TEST(YamlReader, ReadsEveryShape) {
  const ConfigDraft draft = Read(R"(
listen: 0.0.0.0:8080
ops: {listen: "0.0.0.0:9090"}
upstreams:
  main: {target: "dns:///demo:50051"}
  legacy: {target: "10.0.0.7:50051", schema: {proto_path: [protos], files: ["a/b.proto"]}}
routes:
  - selector: "demo.v1.Ticker.*"
    stream: {share: {slow: LATEST, key_field: symbol, start: {last: 5}}, heartbeat: 0s}
    forward_headers: [authorization, x-tenant]
  - selector: "*"
    stream: {share: {}}
cors: {origins: ["https://app.example.com"], credentials: true}
limits: {head: 32KiB, connections: 0}
)");
  EXPECT_EQ(ToText(draft.problems()), "");
  const auto& config = draft.config();
  EXPECT_EQ(config.listen(), "0.0.0.0:8080");
  EXPECT_EQ(config.ops().listen(), "0.0.0.0:9090");
  EXPECT_EQ(config.upstreams().at("main").target(), "dns:///demo:50051");
  EXPECT_FALSE(config.upstreams().at("main").has_schema());
  EXPECT_THAT(config.upstreams().at("legacy").schema().files(), ElementsAre("a/b.proto"));
  ASSERT_EQ(config.routes_size(), 2);
  EXPECT_EQ(config.routes(0).stream().share().slow(), sluice::v1::Share::LATEST);
  EXPECT_EQ(config.routes(0).stream().share().start().last(), 5u);
  EXPECT_TRUE(config.routes(0).stream().has_heartbeat());
  EXPECT_FALSE(config.routes(0).stream().has_retry());
  EXPECT_TRUE(config.routes(1).stream().has_share());
  EXPECT_TRUE(config.cors().credentials());
  EXPECT_EQ(config.limits().head(), 32768u);
}

TEST(YamlReader, NotesWhereEveryValueStands) {
  const ConfigDraft draft =
      Read("listen: a:1\nroutes:\n  - selector: x\ncors:\n  origins: [b, c]\n");
  EXPECT_EQ(draft.Where("listen"), "f:1:9");
  EXPECT_EQ(draft.Where("routes[0]"), "f:3:5");
  EXPECT_EQ(draft.Where("routes[0].selector"), "f:3:15");
  EXPECT_EQ(draft.Where("cors.origins"), "f:5:12");
  EXPECT_EQ(draft.Where("cors.origins[1]"), "f:5:16");
}

TEST(YamlReader, ReplacesAListThatIsThere) {
  ConfigDraft draft;
  draft.config().add_retryable_codes("UNKNOWN");
  EXPECT_TRUE(YamlReader("f", draft).Read("retryable_codes: []"));
  EXPECT_EQ(draft.config().retryable_codes_size(), 0);
}

TEST(YamlReader, SaysWhatIsWrongAndWhere) {
  struct Row {
    const char* text;
    const char* wanted;
  };
  const std::vector<Row> rows = {
      {"lisen: a:1", "f:1:1: there is no key \"lisen\"; did you mean listen?\n"},
      {"limits: {haed: 1KiB}", "f:1:10: limits: there is no key \"haed\"; did you mean head?\n"},
      {"ops: {zzz: 1}", "f:1:7: ops: there is no key \"zzz\"; write one of listen\n"},
      {"listen: [a]", "f:1:9: listen is a list; write HOST:PORT\n"},
      {"listen:\nops: {}", "f:1:1: listen is nothing; write HOST:PORT, or remove the key\n"},
      {"ops: [1]", "f:1:6: ops is a list; write a map with the keys listen\n"},
      {"ops:\n", "f:1:1: ops is nothing; write a map with the keys listen, or remove the key\n"},
      {"trusted_proxies: ::1", "f:1:18: trusted_proxies is \"::1\"; write a list, such as [::1]\n"},
      {"trusted_proxies: [[a]]", "f:1:19: trusted_proxies[0] is a list; write a text\n"},
      {"routes: {a: b}",
       "f:1:9: routes is a map; write a list, each item of which begins with -\n"},
      {"cors: {credentials: yes}",
       "f:1:21: cors.credentials: \"yes\" is not allowed; write true or false\n"},
      {"listen: a:1\nlisten: a:2", "f:2:1: listen is given twice, first at f:1:1; remove one\n"},
      {"upstreams: {a: {}, a: {}}",
       "f:1:20: upstreams.a is given twice, first at f:1:13; remove one\n"},
      {"routes: [{stream: {share: {start: {at: ALL, last: 5}}}}]",
       "f:1:45: routes[0].stream.share.start.last stands beside at; only one of them can be "
       "given\n"},
      {"log: {level: !mine info}", "f:1:14: log.level has the tag \"!mine\"; remove the tag\n"},
      {"[a]: b", "f:1:1: a key is a list; write one of listen, "},
      {"upstreams: {[a]: b}", "f:1:13: upstreams: a name is a list; write a text\n"},
      {"upstreams: {a b: {}}", "f:1:13: upstreams: the name \"a b\" is not allowed; write 1 to 63"},
      {"- a", "f:1:1: the file holds a list; write a map with the keys listen, ops"},
      {"routes: [{stream: {event: oneof}}]",
       "write one of MESSAGE, FULL, ONEOF, NONE (did you mean"},
      {"<<: {listen: a:1}", "there is no key \"<<\""},
  };
  for (const Row& row : rows) EXPECT_THAT(ProblemsOf(row.text), HasSubstr(row.wanted)) << row.text;
}

TEST(YamlReader, ReportsAllProblemsInOneRun) {
  const ConfigDraft draft = Read("lisen: 1\nlimits: {head: 16, body: 17, open_grace: 1}\nlog: 3\n");
  EXPECT_THAT(draft.problems(), SizeIs(5));
  EXPECT_TRUE(draft.IsUnread("limits.head"));
  EXPECT_TRUE(draft.IsUnread("listen"));
  EXPECT_FALSE(draft.IsUnread("limits.message"));
}

TEST(YamlReader, TakesVariablesAsTheyAreWritten) {
  EXPECT_EQ(Read("listen: ${LISTEN}").config().listen(), "${LISTEN}");
}

TEST(YamlReader, FollowsAliases) {
  const ConfigDraft draft =
      Read("routes:\n- {selector: a, stream: &s {share: {}}}\n- {selector: b, stream: *s}\n");
  EXPECT_EQ(ToText(draft.problems()), "");
  EXPECT_TRUE(draft.config().routes(1).stream().has_share());
}

std::string Bomb(absl::string_view selector, size_t headers) {
  std::string text = absl::StrCat("routes:\n- &r {selector: ", selector, ", forward_headers: [");
  for (size_t i = 0; i < headers; ++i) absl::StrAppend(&text, "x,");
  absl::StrAppend(&text, "]}\n");
  for (int i = 0; i < 20'000; ++i) absl::StrAppend(&text, "- *r\n");
  return text;
}

TEST(YamlReader, StopsWhenAliasesMakeTheFileTooLarge) {
  for (const std::string& text : {Bomb("a", 40'000), Bomb(std::string(400'000, 'x'), 1)}) {
    ConfigDraft draft;
    EXPECT_FALSE(YamlReader("f", draft).Read(text));
    ASSERT_THAT(draft.problems(), SizeIs(1));
    EXPECT_THAT(draft.problems()[0].what, HasSubstr("too large: through its aliases"));
    EXPECT_LT(draft.config().SpaceUsedLong(), size_t{32} << 20);
  }
}

TEST(YamlReader, EndsOnAliasesThatHoldThemselves) {
  EXPECT_THAT(ProblemsOf("upstreams: &a\n  b: *a\n"), HasSubstr("there is no key \"b\""));
  EXPECT_THAT(ProblemsOf("routes: &b [*b, *b]\n"), HasSubstr("routes[1] is a list"));
}

TEST(YamlReader, StopsAtManyProblems) {
  std::string text;
  for (int i = 0; i < 30'000; ++i) absl::StrAppend(&text, "k", i, ": 1\n");
  EXPECT_THAT(Read(text).problems(), SizeIs(ConfigDraft::kMaxProblems));
}

}  // namespace
}  // namespace sluice

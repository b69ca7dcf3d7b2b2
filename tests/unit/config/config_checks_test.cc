// SPDX-License-Identifier: Apache-2.0
#include "gateway/config/config_checks.h"

#include "absl/strings/str_cat.h"
#include "gateway/config/presets.h"
#include "gateway/config/yaml_reader.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

using ::testing::HasSubstr;

constexpr absl::string_view kUpstream = "upstreams: {main: {target: \"x:1\"}}\n";

std::string ProblemsOf(absl::string_view text,
                       ConfigSources::Targets targets = ConfigSources::Targets::kAll) {
  ConfigDraft draft;
  FillPresets(draft.config());
  static_cast<void>(YamlReader("f", draft).Read(text));
  CheckConfig(draft, targets);
  return ToText(draft.problems());
}

struct Row {
  const char* text;
  const char* wanted;  // empty: nothing is wrong
};

// With an upstream on the first line, so that the rows say only what they are about.
void ExpectRows(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    const std::string problems = ProblemsOf(absl::StrCat(kUpstream, row.text));
    if (*row.wanted == '\0') {
      EXPECT_EQ(problems, "") << row.text;
    } else {
      EXPECT_THAT(problems, HasSubstr(row.wanted)) << row.text;
    }
  }
}

TEST(CheckConfig, AcceptsAnUpstreamAlone) { EXPECT_EQ(ProblemsOf(kUpstream), ""); }

TEST(CheckConfig, SaysHowToGiveAnUpstream) {
  EXPECT_THAT(ProblemsOf(""), HasSubstr("configuration: upstreams names no gRPC service; give "
                                        "--upstream HOST:PORT, or upstreams:"));
  EXPECT_THAT(ProblemsOf("upstreams: {}"), HasSubstr("f:1:12: upstreams names no gRPC service"));
}

TEST(CheckConfig, AddsNothingToWhatCouldNotBeRead) {
  EXPECT_EQ(
      ProblemsOf("upstreams: [a]"),
      "f:1:12: upstreams is a list; write a map from a name of your choice to a map with the keys "
      "target, schema, services\n");
  EXPECT_EQ(ProblemsOf("upstreams: {main: {tagret: x}}"),
            "f:1:20: upstreams.main: there is no key \"tagret\"; did you mean target?\n");
  EXPECT_EQ(
      ProblemsOf("upstreams: {main: x}"),
      "f:1:19: upstreams.main is \"x\"; write a map with the keys target, schema, services\n");
}

TEST(CheckConfig, ChecksUpstreams) {
  struct Case {
    const char* upstream;
    const char* wanted;
  };
  for (const Case& row : {
           Case{"{}", "f:1:16: upstreams.a.target is empty"},
           Case{"{target: demo}", "f:1:25: upstreams.a.target: \"demo\" has no port"},
           Case{"{target: \"x:1\", schema: {}}", "f:1:40: upstreams.a.schema is empty"},
           Case{"{target: \"x:1\", schema: {timeout: 0s}}",
                "upstreams.a.schema.timeout is no time"},
           Case{"{target: \"x:1\", schema: {metadata: {grpc-x: a}}}", "grpc- belongs"},
           Case{"{target: \"x:1\", schema: {metadata: {x: {}}}}",
                "upstreams.a.schema.metadata.x is empty"},
           Case{"{target: \"x:1\", schema: {metadata: {x: {value: a, file: b}}}}",
                "only one of them"},
           Case{"{target: \"x:1\", schema: {files: [a]}}",
                "upstreams.a.schema.files needs proto_path"},
           Case{"{target: \"x:1\", schema: {proto_path: [a]}}", "has a proto_path but no files"},
           Case{"{target: \"x:1\", schema: {descriptor_set: [\"\"]}}",
                "descriptor_set[0] is empty"},
           Case{"{target: \"x:1\", services: [a.*.b]}",
                "upstreams.a.services[0]: \"a.*.b\" names no"},
           Case{"{target: \"x:1\", services: [\"a*\"]}", "names no services"},
       }) {
    EXPECT_THAT(ProblemsOf(absl::StrCat("upstreams: {a: ", row.upstream, "}")),
                HasSubstr(row.wanted))
        << row.upstream;
  }
  EXPECT_EQ(ProblemsOf("upstreams: {a: {target: \"unix:/run/a\", services: [\"*\", \"a.*\", a.B], "
                       "schema: {proto_path: [p], files: [a], descriptor_set: [s]}}}"),
            "");
}

TEST(CheckConfig, AsksForNoTargetWhereNobodyIsCalled) {
  constexpr auto kOfReflection = ConfigSources::Targets::kOfReflection;
  const char* const texts[] = {"{schema: {proto_path: [p], files: [a]}}",
                               "{schema: {descriptor_set: [s]}}"};
  for (const char* upstream : texts) {
    const std::string text = absl::StrCat("upstreams: {a: ", upstream, "}");
    EXPECT_EQ(ProblemsOf(text, kOfReflection), "") << text;
    EXPECT_THAT(ProblemsOf(text), HasSubstr("upstreams.a.target is empty")) << text;
  }
  EXPECT_THAT(ProblemsOf("upstreams: {a: {}}", kOfReflection),
              HasSubstr("upstreams.a.target is empty"));
  EXPECT_THAT(
      ProblemsOf("upstreams: {a: {target: demo, schema: {descriptor_set: [s]}}}", kOfReflection),
      HasSubstr("upstreams.a.target: \"demo\" has no port"));
}

TEST(CheckConfig, ChecksAddresses) {
  ExpectRows({
      {"listen: \"8080\"", "f:2:9: listen: \"8080\" has no port; write HOST:PORT"},
      {"ops: {listen: \":1\"}", "f:2:15: ops.listen: \":1\" has no host"},
      {"listen: \"[::]:8080\"", ""},
      {"listen: a:0\nops: {listen: a:0}", ""},
      {"listen: a:1\nops: {listen: b:1}", ""},
      {"listen: a:1\nops: {listen: a:1}", "f:3:15: ops.listen: browsers (a:1) and operators (a:1)"},
      {"listen: 0.0.0.0:1\nops: {listen: 127.0.0.1:1}", "would share port 1"},
      {"listen: 127.0.0.1:9090", "f:2:9: listen: browsers (127.0.0.1:9090)"},
  });
}

TEST(CheckConfig, ChecksCors) {
  ExpectRows({
      {"cors: {origins: [\"*\"]}", ""},
      {"cors: {origins: [\"*\"], credentials: true}",
       "f:2:18: cors.origins[0]: * cannot stand with"},
      {"cors: {origins: [\"https://a\", \"https://a/\"]}",
       "f:2:31: cors.origins[1]: \"https://a/\""},
      {"cors: {credentials: true}", ""},
  });
}

TEST(CheckConfig, ChecksNetworksCodesAndWords) {
  ExpectRows({
      {"trusted_proxies: [10.0.0.0/8, \"::1\"]", ""},
      {"trusted_proxies: [10.0.0.0/99]", "f:2:19: trusted_proxies[0]: \"10.0.0.0/99\""},
      {"retryable_codes: []", ""},
      {"retryable_codes: [OK]", "f:2:19: retryable_codes[0]: \"OK\" is no code of a failed RPC"},
      {"retryable_codes: [UNAVAILABL]", "(did you mean UNAVAILABLE?)"},
      {"log: {level: debug, format: text}", ""},
      {"log: {level: warn}", "log.level: \"warn\" is not allowed; write one of trace, debug, info"},
      {"log: {format: xml}", "log.format: \"xml\" is not allowed; write one of json, text"},
  });
}

TEST(CheckConfig, ChecksRoutes) {
  ExpectRows({
      {"routes: [{stream: {}}]", "f:2:10: routes[0].selector is empty"},
      {"routes: [{selector: a, forward_headers: [X-Tenant]}]", ""},
      {"routes: [{selector: a, forward_headers: [\"a b\"]}]", "\"a b\" is no header name"},
      {"routes: [{selector: a, forward_headers: [\"\"]}]", "is no header name"},
      {"routes: [{selector: a, forward_headers: [grpc-timeout]}]", "cannot be forwarded"},
      {"routes: [{selector: a, query_metadata: [tenant, X-Region, token-bin]}]", ""},
      {"routes: [{selector: a, query_metadata: [grpc-timeout]}]",
       "f:2:41: routes[0].query_metadata[0]: \"grpc-timeout\" cannot become metadata"},
      {"routes: [{selector: a, query_metadata: [\"a[b]\"]}]",
       "\"a[b]\" cannot become metadata; write letters, digits and _ . - only"},
      {"routes: [{selector: a, query_metadata: [\"\"]}]", "cannot become metadata"},
  });
}

TEST(CheckConfig, ChecksPaths) {
  ExpectRows({
      {"base_path: /api\nhealth_path: /healthz", ""},
      {"base_path: \"\"\nhealth_path: \"\"", ""},
      {"health_path: /", ""},
      {"base_path: /", "f:2:12: base_path: \"/\" is no prefix; leave it out to serve at the root"},
      {"base_path: api", "f:2:12: base_path: \"api\" does not begin with /; write a path such as"},
      {"base_path: /api/", "base_path: \"/api/\" has a / with nothing after it"},
      {"health_path: /health?x", "f:2:14: health_path: \"/health?x\" holds a character other than"},
      {"health_path: /-/health", "has the segment -, which is Sluice's own"},
  });
}

TEST(CheckConfig, TheGraceOfAStreamThatEndsFitsIntoTheWindowOfTheDrain) {
  ExpectRows({
      {"limits: {close_grace: 25s}", ""},
      {"limits: {close_grace: 1s}\ndrain: {window: 0s}", ""},
      {"limits: {close_grace: 26s}",
       "f:2:23: limits.close_grace: 26s is longer than drain.window (25s), within which every "
       "stream must end; write 25s or less, or a longer drain.window"},
      {"limits: {close_grace: 2s}\ndrain: {window: 100ms}", "write 1s or less"},
  });
}

TEST(CheckConfig, ChecksLimits) {
  ExpectRows({
      {"limits: {head: 1KiB, body: 1KiB, message: 1GiB, stream_buffer: 4KiB, connections: 1}", ""},
      {"limits: {open_grace: 0s, close_grace: 0s, head_timeout: 1ms}", ""},
      {"limits: {head: 1023B}", "f:2:16: limits.head: 1023B is not allowed; write 1KiB to 1GiB"},
      {"limits: {body: 0B}", "limits.body: 0B is not allowed"},
      {"limits: {message: 2GiB}", "limits.message: 2GiB is not allowed"},
      {"limits: {stream_buffer: 4095B}", "write 4KiB to 1GiB"},
      {"limits: {upstream_buffers: 1KiB}", "write 1MiB to 1TiB"},
      {"limits: {connections: 0}", "limits.connections: 0 is not allowed"},
      {"limits: {topics: 0}", "limits.topics: 0 is not allowed; write 1 or more"},
      {"limits: {head_timeout: 0s}", "limits.head_timeout: 0s is not allowed; write 1ms or more"},
      {"limits: {body_timeout: 1us}", "limits.body_timeout: 1us is not allowed"},
      {"limits: {idle_timeout: 0s}", "limits.idle_timeout"},
      {"limits: {unary_timeout: 0s}", "limits.unary_timeout"},
  });
}

}  // namespace
}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "gateway/route/stream_policy.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/route/route_schema.h"

namespace sluice {
namespace {

using sluice::v1::StreamOptions;
using testing::HasSubstr;

class StreamPolicyTest : public testing::Test {
 protected:
  StreamPolicy Resolve(const std::string& options, const std::string& method = "Watch") {
    problems_.clear();
    return ResolveStreamPolicy(MethodOf(*catalog_, "demo.v1.Ticker." + method), Options(options),
                               problems_);
  }
  // What is wrong, without the name of the method.
  std::string Wrong(const std::string& options, const std::string& method = "Watch") {
    Resolve(options, method);
    std::string text;
    for (const Problem& problem : problems_) {
      EXPECT_EQ(problem.where, "demo.v1.Ticker." + method);
      text += problem.what + "\n";
    }
    return text;
  }

  const std::shared_ptr<const Catalog> catalog_ = CatalogOf(kRouteSchema);
  Problems problems_;
};

TEST_F(StreamPolicyTest, HasItsDefaults) {
  const StreamPolicy policy = Resolve("");
  EXPECT_TRUE(problems_.empty());
  EXPECT_EQ(policy.event, StreamOptions::MESSAGE);
  EXPECT_EQ(policy.event_name, "");
  EXPECT_TRUE(policy.id_field.empty());
  EXPECT_TRUE(policy.resume_field.empty());
  EXPECT_FALSE(policy.endless);
  EXPECT_EQ(policy.retry, absl::Seconds(3));
  EXPECT_EQ(policy.end_retry, absl::Seconds(3));
  EXPECT_EQ(policy.heartbeat, absl::Seconds(15));
  EXPECT_FALSE(policy.heartbeat_event);
  EXPECT_TRUE(policy.required.empty());
  EXPECT_EQ(policy.max_age, absl::InfiniteDuration());
}

TEST_F(StreamPolicyTest, TakesWhatBecomesOfAnEventThatHasNoJson) {
  EXPECT_EQ(Resolve("").bad_message, StreamOptions::SKIP);
  EXPECT_EQ(Resolve("").unknown_any, StreamOptions::BASE64);
  const StreamPolicy policy = Resolve("bad_message: END unknown_any: ERROR");
  EXPECT_EQ(ToText(problems_), "");
  EXPECT_EQ(policy.bad_message, StreamOptions::END);
  EXPECT_EQ(policy.unknown_any, StreamOptions::ERROR);
}

TEST_F(StreamPolicyTest, TakesWhatIsSaid) {
  const StreamPolicy policy = Resolve(
      "event: NONE id_field: 'meta.sequence' resume_field: 'lastEventId' endless: true "
      "retry { nanos: 250000000 } end_retry { seconds: 60 } heartbeat { seconds: 4 } "
      "heartbeat_event: true required: ['symbol', 'meta.id', 'tags'] max_age { seconds: 1800 }");
  EXPECT_EQ(ToText(problems_), "");
  EXPECT_EQ(policy.event, StreamOptions::NONE);
  EXPECT_EQ(policy.id_field.ToString(), "meta.sequence");
  EXPECT_EQ(policy.resume_field.ToString(), "last_event_id");
  EXPECT_TRUE(policy.endless);
  EXPECT_EQ(policy.retry, absl::Milliseconds(250));
  EXPECT_EQ(policy.end_retry, absl::Minutes(1));
  EXPECT_EQ(policy.heartbeat, absl::Seconds(4));
  EXPECT_TRUE(policy.heartbeat_event);
  ASSERT_EQ(policy.required.size(), 3u);
  EXPECT_EQ(policy.required[1].ToString(), "meta.id");
  EXPECT_EQ(policy.max_age, absl::Minutes(30));
}

TEST_F(StreamPolicyTest, TakesCanonicalJsonUnlessSaidByName) {
  EXPECT_FALSE(Resolve("json {}").json.numbers_64());
  const StreamPolicy policy = Resolve("json { proto_names: true numbers_64: true }");
  EXPECT_EQ(ToText(problems_), "");
  EXPECT_TRUE(policy.json.proto_names());
  EXPECT_TRUE(policy.json.numbers_64());
  EXPECT_FALSE(policy.json.enums_as_numbers());
  EXPECT_FALSE(policy.json.default_values());
}

TEST_F(StreamPolicyTest, TakesAHeartbeatOfZeroAsNone) {
  EXPECT_EQ(Resolve("heartbeat {}").heartbeat, absl::ZeroDuration());
  EXPECT_TRUE(problems_.empty());
}

TEST_F(StreamPolicyTest, TakesEventsByTheOnlyOneof) {
  EXPECT_EQ(Resolve("event: ONEOF", "Events").event, StreamOptions::ONEOF);
  EXPECT_TRUE(problems_.empty());
}

TEST_F(StreamPolicyTest, RefusesEventsByOneofWithoutExactlyOne) {
  EXPECT_EQ(Wrong("event: ONEOF"),
            "event: is ONEOF, but demo.v1.Tick has no oneof; it needs exactly one\n");
  EXPECT_EQ(Wrong("event: ONEOF", "Twos"),
            "event: is ONEOF, but demo.v1.Two has 2 oneofs; it needs exactly one\n");
}

TEST_F(StreamPolicyTest, RefusesUnknownFieldsAndNamesTheNearest) {
  EXPECT_EQ(Wrong("id_field: 'meta.squence' resume_field: 'curser' required: 'symbl'"),
            "id_field: there is no field \"squence\" in demo.v1.Meta; did you mean \"sequence\"?\n"
            "resume_field: there is no field \"curser\" in demo.v1.Request; did you mean "
            "\"cursor\"?\n"
            "required: there is no field \"symbl\" in demo.v1.Request; did you mean \"symbol\"?\n");
  EXPECT_EQ(Wrong("id_field: ''"), "id_field: the field path is empty\n");
}

TEST_F(StreamPolicyTest, RefusesFieldsOfAnotherType) {
  const std::string id = "; allowed is a string, bytes, integer or enum field\n";
  EXPECT_EQ(Wrong("id_field: 'price'"), "id_field: \"price\" of demo.v1.Tick is a double" + id);
  EXPECT_EQ(Wrong("id_field: 'sizes'"),
            "id_field: \"sizes\" of demo.v1.Tick is a list of int32" + id);
  EXPECT_EQ(Wrong("id_field: 'meta'"),
            "id_field: \"meta\" of demo.v1.Tick is a message demo.v1.Meta" + id);
  EXPECT_EQ(Wrong("id_field: 'live'"), "id_field: \"live\" of demo.v1.Tick is a bool" + id);
  EXPECT_EQ(Wrong("id_field: 'side'"), "");
  const std::string resume = "; allowed is a string, bytes or integer field\n";
  EXPECT_EQ(Wrong("resume_field: 'side'"),
            "resume_field: \"side\" of demo.v1.Request is an enum" + resume);
  EXPECT_EQ(Wrong("resume_field: 'labels'"),
            "resume_field: \"labels\" of demo.v1.Request is a map" + resume);
  EXPECT_EQ(Wrong("resume_field: 'cursor'"), "");
}

TEST_F(StreamPolicyTest, RefusesEventNamesThatCannotBeSent) {
  EXPECT_EQ(Wrong("event_name: ''"),
            "event_name: is empty; for events without a name say `event: NONE`\n");
  for (const char* name : {"'a\\r'", "'a\\nb'", "'\\000'"}) {
    EXPECT_EQ(Wrong(std::string("event_name: ") + name),
              "event_name: holds CR, LF or NUL, which an event's name cannot\n");
  }
  for (const char* name : {"' a'", "'a '", "'\\ta'", "' '"}) {
    EXPECT_EQ(Wrong(std::string("event_name: ") + name),
              "event_name: begins or ends with a space, which not every client keeps\n");
  }
  for (const char* name : {":a", "a b", "\u00e4"}) {
    EXPECT_EQ(Wrong("event_name: '" + std::string(name) + "'"), "");
  }
  for (const char* name : {"stream-open", "stream-presence", "stream-later"}) {
    EXPECT_THAT(Wrong("event_name: '" + std::string(name) + "'"),
                HasSubstr("begins with stream-, as the names of Sluice's own events do"));
  }
  for (const char* name : {"error", "message", "open"}) {
    EXPECT_THAT(Wrong("event_name: '" + std::string(name) + "'"),
                HasSubstr("means something else to EventSource"));
  }
  EXPECT_EQ(Wrong("event_name: 'Error'"), "");
  EXPECT_EQ(Wrong("event: FULL event_name: 'a'"),
            "event_name: stands beside `event`; a stream has one of them, never both\n");
}

TEST_F(StreamPolicyTest, RefusesAnEventNameThatIsNotUtf8) {
  StreamOptions options;
  options.set_event_name("a\xff");
  ResolveStreamPolicy(MethodOf(*catalog_, "demo.v1.Ticker.Watch"), options, problems_);
  EXPECT_EQ(ToText(problems_),
            "demo.v1.Ticker.Watch: event_name: is not UTF-8, which a stream of events must be\n");
}

TEST_F(StreamPolicyTest, RefusesAnEventThatItDoesNotKnow) {
  StreamOptions options;
  options.set_event(static_cast<StreamOptions::Event>(99));
  ResolveStreamPolicy(MethodOf(*catalog_, "demo.v1.Ticker.Watch"), options, problems_);
  EXPECT_EQ(ToText(problems_),
            "demo.v1.Ticker.Watch: event: is 99, which this version does not know; write one of "
            "MESSAGE, FULL, ONEOF, NONE\n");
}

TEST(DefaultRetry, IsThatOfAStreamAboutWhichNothingIsSaid) {
  EXPECT_EQ(DefaultRetry(), absl::Seconds(3));
}

TEST_F(StreamPolicyTest, RefusesTimesOutOfRange) {
  EXPECT_EQ(Wrong("retry {}"), "retry: is 0; allowed is from 1ms to 168h\n");
  EXPECT_EQ(Wrong("end_retry { seconds: -1 }"), "end_retry: is -1s; allowed is from 1ms to 168h\n");
  EXPECT_EQ(Wrong("max_age {}"), "max_age: is 0; allowed is from 1ms to 8760h\n");
  EXPECT_EQ(Wrong("max_age { seconds: 31536001 }"),
            "max_age: is 8760h1s; allowed is from 1ms to 8760h\n");
  EXPECT_EQ(Wrong("heartbeat { nanos: 999999999 }"),
            "heartbeat: is 999.999999ms; allowed is 0s for none, or from 1s to 8760h\n");
  EXPECT_EQ(Wrong("retry { seconds: 604800 }"), "");
}

TEST_F(StreamPolicyTest, RefusesDurationsThatAreNone) {
  for (const char* value : {"seconds: 1 nanos: -1", "seconds: -1 nanos: 1", "nanos: 1000000000",
                            "seconds: 315576000001", "seconds: 9223372036854775807"}) {
    EXPECT_THAT(Wrong(std::string("retry { ") + value + " }"), HasSubstr("is no valid duration"));
  }
}

TEST_F(StreamPolicyTest, RefusesStreamOptionsOnAMethodThatAnswersOnce) {
  EXPECT_EQ(Wrong("endless: true", "Post"),
            "stream: stream options on a method that answers once; remove them\n");
  EXPECT_EQ(Wrong("", "Post"), "");
}

TEST_F(StreamPolicyTest, IsSharedIfItIsAskedFor) {
  EXPECT_FALSE(Resolve("").share.has_value());
  EXPECT_TRUE(Resolve("share {}").share.has_value());
}

TEST_F(StreamPolicyTest, TellsAllProblemsAtOnce) {
  Resolve(
      "event: ONEOF id_field: 'x' resume_field: 'y' required: 'z' retry {} "
      "share { slow: LATEST }");
  EXPECT_EQ(problems_.size(), 6u);
}

}  // namespace
}  // namespace sluice

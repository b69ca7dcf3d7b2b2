// SPDX-License-Identifier: Apache-2.0
#include "gateway/route/share_check.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/route/route_schema.h"

namespace sluice {
namespace {

using testing::HasSubstr;

const char kRefusal[] =
    "demo.v1.Ticker.Watch: share: shared streams are not available in this version; remove "
    "`share`\n";

std::string Wrong(const std::string& share) {
  const std::shared_ptr<const Catalog> catalog = CatalogOf(kRouteSchema);
  const Method& method = MethodOf(*catalog, "demo.v1.Ticker.Watch");
  StreamMerge merge;
  merge.Add(method.full_name, Options(share));
  Problems problems;
  PolicyCheck check(method, merge, problems);
  CheckShare(check);
  return ToText(problems);
}

TEST(ShareCheck, SaysNothingOfAPrivateStream) { EXPECT_EQ(Wrong("endless: true"), ""); }

TEST(ShareCheck, RefusesAnySharedStreamByName) {
  EXPECT_EQ(Wrong("share {}"), kRefusal);
  EXPECT_EQ(Wrong("share { linger {} slow: LATEST key_field: 'meta.id' on_gap: LIVE presence: true "
                  "start { last: 5 } history { events: 1 bytes: 1 age { seconds: 1 } } "
                  "reopen { min { seconds: 1 } max { seconds: 1 } give_up { seconds: 9 } } }"),
            kRefusal);
}

TEST(ShareCheck, ReportsWhateverElseIsWrong) {
  const char* const cases[][2] = {
      {"slow: LATEST", "share.slow: is LATEST, which needs `key_field`"},
      {"slow: 9", "share.slow: is no known value; allowed are DISCONNECT, SKIP and LATEST"},
      {"on_gap: 9", "share.on_gap: is no known value"},
      {"start { at: 9 }", "share.start.at: is no known value"},
      {"key_field: 'prise'", "share.key_field: there is no field \"prise\" in demo.v1.Tick; did"},
      {"key_field: 'price'", "share.key_field: \"price\" of demo.v1.Tick is a double"},
      {"linger { seconds: -1 }", "share.linger: is -1s; allowed is from 0 to 8760h"},
      {"history { events: 0 }", "share.history.events: is 0"},
      {"history { bytes: 0 }", "share.history.bytes: is 0"},
      {"history { age {} }", "share.history.age: is 0; allowed is from 1ms to 8760h"},
      {"reopen { min {} }", "share.reopen.min: is 0; allowed is from 1ms"},
      {"reopen { min { seconds: 31 } }", "share.reopen.min: makes the first wait longer"},
      {"reopen { max { nanos: 5000000 } }", "share.reopen.max: makes the first wait longer"},
      {"reopen { give_up {} }", "share.reopen.give_up: is 0"},
  };
  for (const auto& [share, wrong] : cases) {
    const std::string text = Wrong(std::string("share { ") + share + " }");
    EXPECT_THAT(text, HasSubstr(wrong));
    EXPECT_THAT(text, HasSubstr(kRefusal));
  }
}

}  // namespace
}  // namespace sluice

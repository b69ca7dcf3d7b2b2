// SPDX-License-Identifier: Apache-2.0
#include "gateway/route/share_identity.h"

#include <string>

#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"
#include "tests/unit/route/route_schema.h"

namespace sluice {
namespace {

std::string IdentityOf(const std::string& schema, const std::string& options) {
  const std::shared_ptr<const Catalog> catalog = CatalogOf(schema);
  return ShareIdentity(MethodOf(*catalog, "demo.v1.Ticker.Watch"), Options(options));
}

TEST(ShareIdentity, StaysWhenTheSameSchemaIsLoadedAgain) {
  EXPECT_EQ(IdentityOf(kRouteSchema, "share {}"), IdentityOf(kRouteSchema, "share {}"));
}

TEST(ShareIdentity, ChangesWithTheOptions) {
  EXPECT_NE(IdentityOf(kRouteSchema, "share {}"), IdentityOf(kRouteSchema, "share { slow: SKIP }"));
}

TEST(ShareIdentity, ChangesWithTheMessages) {
  const std::string changed =
      absl::StrReplaceAll(kRouteSchema, {{"string symbol = 1", "string isin = 1"}});
  ASSERT_NE(changed, kRouteSchema);
  EXPECT_NE(IdentityOf(kRouteSchema, "share {}"), IdentityOf(changed, "share {}"));
}

TEST(ShareIdentity, DiffersFromMethodToMethod) {
  const std::shared_ptr<const Catalog> catalog = CatalogOf(kRouteSchema);
  EXPECT_NE(ShareIdentity(MethodOf(*catalog, "demo.v1.Ticker.Watch"), {}),
            ShareIdentity(MethodOf(*catalog, "demo.v1.Ticker.Get"), {}));
}

}  // namespace
}  // namespace sluice

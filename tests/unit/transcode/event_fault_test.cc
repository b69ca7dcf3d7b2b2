// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/event_fault.h"

#include "gtest/gtest.h"

namespace sluice {
namespace {

TEST(EventFault, IsInTheErrorThatNamesIt) {
  for (size_t i = 0; i < kEventFaults; ++i) {
    const auto fault = static_cast<EventFault>(i);
    const absl::Status error = FaultError(fault, "why");
    EXPECT_EQ(FaultOf(error), fault) << NameOf(fault);
    EXPECT_EQ(error.code(), absl::StatusCode::kDataLoss);
    EXPECT_EQ(error.message(), "why");
  }
}

TEST(EventFault, IsMalformedWhereAnErrorNamesNone) {
  EXPECT_EQ(FaultOf(absl::InternalError("x")), EventFault::kMalformed);
  EXPECT_EQ(FaultOf(absl::OkStatus()), EventFault::kMalformed);
}

TEST(EventFault, HasANameForEachKind) {
  EXPECT_EQ(NameOf(EventFault::kMalformed), "malformed");
  EXPECT_EQ(NameOf(EventFault::kNotUtf8), "not_utf8");
  EXPECT_EQ(NameOf(EventFault::kHttpBody), "http_body");
}

}  // namespace
}  // namespace sluice

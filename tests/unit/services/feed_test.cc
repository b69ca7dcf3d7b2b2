// SPDX-License-Identifier: Apache-2.0
#include "services/feed.h"

#include "gtest/gtest.h"

namespace sluice::demo {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1000);

TEST(Tempo, BeginsAtOnce) { EXPECT_EQ(Tempo(absl::Seconds(1)).Due(kStart), kStart); }

TEST(Tempo, StaysOnItsGridWhenABeatIsALittleLate) {
  Tempo tempo(absl::Seconds(1));
  tempo.Beat(kStart);
  tempo.Beat(kStart + absl::Milliseconds(1007));
  EXPECT_EQ(tempo.Due(kStart), kStart + absl::Seconds(2));
}

TEST(Tempo, DoesNotCatchUpUnlessItMay) {
  Tempo tempo(absl::Seconds(1));
  tempo.Beat(kStart);
  tempo.Beat(kStart + absl::Seconds(60));
  EXPECT_EQ(tempo.Due(kStart), kStart + absl::Seconds(60));
}

TEST(Tempo, CatchesUpAsFarAsItMay) {
  Tempo tempo(absl::Seconds(1), absl::Seconds(5));
  tempo.Beat(kStart);
  tempo.Beat(kStart + absl::Seconds(60));
  EXPECT_EQ(tempo.Due(kStart), kStart + absl::Seconds(55));
}

TEST(RefusedSource, EndsWithItsStatus) {
  Source<int> source = RefusedSource<int>(absl::NotFoundError("gone"));
  const Step<int> step = source(kStart);
  EXPECT_EQ(std::get<grpc::Status>(step).error_code(), grpc::StatusCode::NOT_FOUND);
}

}  // namespace
}  // namespace sluice::demo

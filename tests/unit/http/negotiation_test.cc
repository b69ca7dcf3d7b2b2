// SPDX-License-Identifier: Apache-2.0
#include "gateway/http/negotiation.h"

#include "gtest/gtest.h"

namespace sluice {
namespace {

const std::vector<Format> kStreamOffers = {Format::kSse, Format::kNdjson};

TEST(Negotiation, TakesTheBestThatFits) {
  const struct {
    absl::string_view accept;
    std::optional<Format> expected;
  } cases[] = {
      {"", Format::kSse},
      {"  ", Format::kSse},
      {"*/*", Format::kSse},
      {"text/event-stream", Format::kSse},
      {"TEXT/Event-Stream; charset=utf-8", Format::kSse},
      {"application/x-ndjson", Format::kNdjson},
      {"application/*", Format::kNdjson},
      {"text/*", Format::kSse},
      {"application/x-ndjson, text/event-stream", Format::kSse},
      {"application/x-ndjson, text/event-stream;q=0.9", Format::kNdjson},
      {"application/x-ndjson;q=0.1, */*;q=0.2", Format::kSse},
      {"text/event-stream;q=0, */*", Format::kNdjson},
      {"text/event-stream;q=0", std::nullopt},
      {"text/html", std::nullopt},
      {"application/json", std::nullopt},
      {"text/html, application/x-ndjson;q=0.001", Format::kNdjson},
      {"nonsense, text/event-stream", Format::kSse},
      {"text/event-stream;q=x", std::nullopt},
      {"text/event-stream;q=1.5", std::nullopt},
      {",,;q=,", std::nullopt},
  };
  for (const auto& c : cases) EXPECT_EQ(Negotiate(c.accept, kStreamOffers), c.expected) << c.accept;
}

TEST(Negotiation, OffersOnlyWhatThereIs) {
  EXPECT_EQ(Negotiate("text/event-stream", {Format::kJson}), std::nullopt);
  EXPECT_EQ(Negotiate("application/json", {Format::kJson}), Format::kJson);
}

TEST(Negotiation, KnowsTheNamesForTools) {
  EXPECT_EQ(FormatFromAlt("sse"), Format::kSse);
  EXPECT_EQ(FormatFromAlt("ndjson"), Format::kNdjson);
  EXPECT_EQ(FormatFromAlt("json"), Format::kJson);
  EXPECT_EQ(FormatFromAlt("proto"), std::nullopt);
}

}  // namespace
}  // namespace sluice

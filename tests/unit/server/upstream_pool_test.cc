// SPDX-License-Identifier: Apache-2.0
#include "gateway/server/upstream_pool.h"

#include "gtest/gtest.h"

namespace sluice {
namespace {

sluice::config::v1::Config With(const std::map<std::string, std::string>& targets) {
  sluice::config::v1::Config config;
  for (const auto& [name, target] : targets) {
    (*config.mutable_upstreams())[name].set_target(target);
  }
  return config;
}

TEST(UpstreamPool, KeepsWhatStaysTheSame) {
  UpstreamPool book({});
  const UpstreamPool::Upstreams first =
      book.Take(With({{"same", "127.0.0.1:1"}, {"moved", "127.0.0.1:2"}, {"gone", "127.0.0.1:3"}}));
  const UpstreamPool::Upstreams second =
      book.Take(With({{"same", "127.0.0.1:1"}, {"moved", "127.0.0.1:4"}, {"new", "127.0.0.1:1"}}));
  EXPECT_EQ(second.at("same"), first.at("same"));
  EXPECT_NE(second.at("moved"), first.at("moved"));
  EXPECT_NE(second.at("new"), nullptr);
  EXPECT_FALSE(second.contains("gone"));
}

TEST(UpstreamPool, KnowsNoConnectionThatNobodyHasUsed) {
  UpstreamPool book({});
  EXPECT_FALSE(book.IsConnected("a"));
  book.Take(With({{"a", "127.0.0.1:1"}}));
  EXPECT_FALSE(book.IsConnected("a"));
}

}  // namespace
}  // namespace sluice

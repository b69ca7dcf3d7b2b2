// SPDX-License-Identifier: Apache-2.0
#include "services/tokens_service.h"

#include "tests/unit/services/demo_calls.h"

namespace sluice::demo {
namespace {

using ::demo::v1::GenerateRequest;
using ::demo::v1::GetUsageRequest;
using ::demo::v1::Token;
using ::demo::v1::Usage;

const absl::Time kStart = absl::FromUnixSeconds(1000);

// The whole answer, told as quickly as its pace allows.
std::string Answer(const GenerateRequest& request) {
  Source<Token> source = TokenSource(request);
  std::string text;
  absl::Time now = kStart;
  for (;;) {
    const Step<Token> step = source(now);
    if (const auto* token = std::get_if<Token>(&step)) {
      text += token->text();
    } else if (const auto* wait = std::get_if<Wait>(&step)) {
      now = wait->until;
    } else {
      EXPECT_TRUE(EndOf(step).ok());
      return text;
    }
  }
}

TEST(TokenSource, AnswersTheSamePromptTheSameWay) {
  GenerateRequest request;
  request.set_prompt("Why is water wet?");
  const std::string answer = Answer(request);
  EXPECT_EQ(answer.back(), '.');
  EXPECT_EQ(Answer(request), answer);
  request.set_prompt("Why is water dry?");
  EXPECT_NE(Answer(request), answer);
}

TEST(TokenSource, EndsAfterSoManyTokensAtThePaceAskedFor) {
  GenerateRequest request;
  request.set_max_tokens(2);
  request.mutable_pace()->set_nanos(100'000'000);
  Source<Token> source = TokenSource(request);
  EXPECT_EQ(MessageOf(source(kStart)).index(), 0);
  EXPECT_EQ(WaitOf(source(kStart)), kStart + absl::Milliseconds(100));
  EXPECT_EQ(MessageOf(source(kStart + absl::Milliseconds(100))).index(), 1);
  EXPECT_TRUE(EndOf(source(kStart + absl::Milliseconds(100))).ok());
}

TEST(TokenSource, RefusesWhatIsTooMuch) {
  GenerateRequest request;
  request.set_max_tokens(4097);
  EXPECT_EQ(EndOf(TokenSource(request)(kStart)).error_message(),
            "max_tokens is 4097; allowed are 1 to 4096, or 0 for 32");
  request.set_max_tokens(-1);
  EXPECT_FALSE(EndOf(TokenSource(request)(kStart)).ok());
  request.set_max_tokens(1);
  request.set_prompt(std::string(4097, 'p'));
  EXPECT_EQ(EndOf(TokenSource(request)(kStart)).error_message(),
            "prompt has 4097 bytes; allowed are at most 4096");
}

TEST(TokensCalls, AnswersAndCountsItsAnswers) {
  Demo demo;
  auto stub = ::demo::v1::Tokens::NewStub(demo.channel);
  grpc::ClientContext generating;
  GenerateRequest request;
  request.set_max_tokens(5);
  request.mutable_pace()->set_nanos(1'000'000);
  auto reader = stub->Generate(&generating, request);
  Token token;
  int count = 0;
  while (reader->Read(&token)) EXPECT_EQ(token.index(), count++);
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(count, 5);
  EXPECT_EQ(demo.server->messages_sent(), 5);

  grpc::ClientContext asking;
  Usage usage;
  ASSERT_TRUE(stub->GetUsage(&asking, GetUsageRequest(), &usage).ok());
  EXPECT_EQ(usage.generations(), 1);
  EXPECT_EQ(demo.server->calls("/demo.v1.Tokens/Generate"), 1);
}

}  // namespace
}  // namespace sluice::demo

// SPDX-License-Identifier: Apache-2.0
#include "services/tokens_service.h"

#include <array>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"

namespace sluice::demo {
namespace {

using ::demo::v1::GenerateRequest;
using ::demo::v1::GetUsageRequest;
using ::demo::v1::Token;
using ::demo::v1::Usage;

constexpr char kGenerate[] = "/demo.v1.Tokens/Generate";
constexpr size_t kMostPromptBytes = 4096;
constexpr int kTokens = 32;
constexpr int kMostTokens = 4096;
constexpr DurationRange kPace = {"pace", absl::Milliseconds(1), absl::Seconds(10),
                                 absl::Milliseconds(50)};
constexpr std::array<absl::string_view, 24> kWords = {
    "water", "finds", "the",   "lowest",  "place",  "and",  "a",     "gate",
    "holds", "it",    "until", "someone", "asks",   "then", "every", "drop",
    "comes", "in",    "turn",  "none",    "twice,", "none", "lost",  "slowly"};

// FNV-1a: the same prompt gives the same answer, everywhere.
uint64_t Seed(absl::string_view prompt) {
  uint64_t hash = 14695981039346656037u;
  for (const char byte : prompt) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * 1099511628211u;
  }
  return hash;
}

absl::Status Check(const GenerateRequest& request) {
  if (request.prompt().size() > kMostPromptBytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        "prompt has ", request.prompt().size(), " bytes; allowed are at most ", kMostPromptBytes));
  }
  if (request.max_tokens() < 0 || request.max_tokens() > kMostTokens) {
    return absl::InvalidArgumentError(absl::StrCat("max_tokens is ", request.max_tokens(),
                                                   "; allowed are 1 to ", kMostTokens,
                                                   ", or 0 for ", kTokens));
  }
  return absl::OkStatus();
}

}  // namespace

Source<Token> TokenSource(const GenerateRequest& request) {
  const absl::Status status = Check(request);
  if (!status.ok()) return RefusedSource<Token>(status);
  const absl::StatusOr<absl::Duration> pace = ReadDuration(request.pace(), kPace);
  if (!pace.ok()) return RefusedSource<Token>(pace.status());
  return [tempo = Tempo(*pace), state = Seed(request.prompt()), index = 0,
          count = request.max_tokens() == 0 ? kTokens : request.max_tokens()](
             absl::Time now) mutable -> Step<Token> {
    if (index == count) return grpc::Status::OK;
    if (tempo.Due(now) > now) return Wait{tempo.Due(now)};
    tempo.Beat(now);
    state = state * 6364136223846793005u + 1442695040888963407u;
    Token token;
    token.set_index(index);
    token.set_text(absl::StrCat(index == 0 ? "" : " ", kWords[(state >> 33) % kWords.size()]));
    if (++index == count) token.mutable_text()->push_back('.');
    return token;
  };
}

grpc::ServerWriteReactor<Token>* TokensService::Generate(grpc::CallbackServerContext*,
                                                         const GenerateRequest* request) {
  return Feed<Token>::Open(stage_, {.method = kGenerate},
                           [&](const Wake&) { return TokenSource(*request); });
}

grpc::ServerUnaryReactor* TokensService::GetUsage(grpc::CallbackServerContext* context,
                                                  const GetUsageRequest*, Usage* response) {
  stage_.tally.CountCall("/demo.v1.Tokens/GetUsage");
  response->set_generations(stage_.tally.calls(kGenerate));
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

}  // namespace sluice::demo

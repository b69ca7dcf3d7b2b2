// SPDX-License-Identifier: Apache-2.0
// Wire bytes to JSON: Sluice beside what protobuf offers. Prints one JSON object a corpus and
// round, for tests/bench/transcode/run to make a report of.
#include <ctime>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/base/bytes/output_buffer.h"
#include "gateway/transcode/response_transcoder.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/type_resolver_util.h"
#include "tests/bench/transcode/corpora.h"

namespace sluice {
namespace {

using google::protobuf::Message;
using google::protobuf::util::BinaryToJsonString;
using google::protobuf::util::MessageToJsonString;
using google::protobuf::util::NewTypeResolverForDescriptorPool;
using google::protobuf::util::TypeResolver;

// One way to do it. `run` does it once, and gives the bytes of the result.
struct Contender {
  const char* name;
  std::function<size_t()> run;
};

int64_t CpuNanoseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return int64_t{now.tv_sec} * 1000000000 + now.tv_nsec;
}

// All that is measured with one message.
class Bench final {
 public:
  Bench(const Corpus& corpus, TypeResolver& resolver)
      : message_(*corpus.message),
        wire_(message_.SerializeAsString()),
        url_(absl::StrCat("type.googleapis.com/", message_.GetTypeName())),
        resolver_(resolver),
        transcoder_({.type = message_.GetDescriptor()}),
        parsed_(message_.New()) {}

  size_t wire_bytes() const { return wire_.size(); }

  std::vector<Contender> Contenders() {
    return {{"sluice", [this] { return Ours(); }},
            {"MessageToJsonString", [this] { return FromMessage(); }},
            {"BinaryToJsonString", [this] { return FromBinary(); }},
            {"ParseFromArray", [this] { return Parse(); }}};
  }

  const std::string& json() {
    Ours();
    json_ = std::string(out_.written());
    return json_;
  }

 private:
  size_t Ours() {
    out_.Truncate(0);
    const bool ok = transcoder_.Describe(wire_, event_).ok() &&
                    transcoder_.WriteJson(wire_, event_, out_).ok() && !event_.is_complete;
    return ok ? out_.size() : 0;
  }
  size_t FromMessage() {
    json_.clear();
    return MessageToJsonString(message_, &json_).ok() ? json_.size() : 0;
  }
  size_t FromBinary() {
    json_.clear();
    return BinaryToJsonString(&resolver_, url_, wire_, &json_).ok() ? json_.size() : 0;
  }
  size_t Parse() {
    const bool ok = parsed_->ParseFromArray(wire_.data(), static_cast<int>(wire_.size()));
    return ok ? wire_.size() : 0;
  }

  const Message& message_;
  const std::string wire_;
  const std::string url_;
  TypeResolver& resolver_;
  const ResponseTranscoder transcoder_;
  const std::unique_ptr<Message> parsed_;
  TranscodedEvent event_;
  OutputBuffer out_;
  std::string json_;
};

// Nanoseconds of CPU time a call; 0 where it fails.
double Measure(const Contender& contender, double milliseconds) {
  const auto wanted = static_cast<int64_t>(milliseconds * 1e6);
  int64_t calls = 0;
  int64_t batch = 1;
  const int64_t begin = CpuNanoseconds();
  int64_t used = 0;
  while (used < wanted) {
    for (int64_t i = 0; i < batch; ++i) {
      if (contender.run() == 0) return 0;
    }
    calls += batch;
    batch = batch < 4096 ? batch * 2 : batch;
    used = CpuNanoseconds() - begin;
  }
  return static_cast<double>(used) / static_cast<double>(calls);
}

struct Options {
  int rounds = 15;
  double milliseconds = 8;
  std::string corpus;
  std::string contender;
  int64_t calls = 0;
  bool print = false;
};

void RunRounds(const Corpus& corpus, Bench& bench, const Options& options) {
  const std::vector<Contender> contenders = bench.Contenders();
  for (const Contender& contender : contenders) Measure(contender, 2);  // to warm up
  for (int round = 0; round < options.rounds; ++round) {
    std::printf("{\"corpus\":\"%s\",\"wire_bytes\":%zu,\"json_bytes\":%zu", corpus.name.c_str(),
                bench.wire_bytes(), contenders[0].run());
    for (const Contender& contender : contenders) {
      std::printf(",\"%s\":%.2f", contender.name, Measure(contender, options.milliseconds));
    }
    std::printf("}\n");
  }
}

int Run(const Options& options) {
  const std::vector<Corpus> corpora = MakeCorpora();
  const std::unique_ptr<TypeResolver> resolver(NewTypeResolverForDescriptorPool(
      "type.googleapis.com", google::protobuf::DescriptorPool::generated_pool()));
  for (const Corpus& corpus : corpora) {
    if (!options.corpus.empty() && corpus.name != options.corpus) continue;
    Bench bench(corpus, *resolver);
    if (options.print) {
      std::printf("%s\n", bench.json().c_str());
      continue;
    }
    if (options.calls == 0) {
      RunRounds(corpus, bench, options);
      continue;
    }
    for (const Contender& contender : bench.Contenders()) {
      if (contender.name != options.contender) continue;
      for (int64_t i = 0; i < options.calls; ++i) {
        if (contender.run() == 0) return 1;
      }
    }
  }
  return 0;
}

}  // namespace
}  // namespace sluice

int main(int argc, char** argv) {
  CLI::App app{"Wire bytes to JSON, beside protobuf's own ways."};
  sluice::Options options;
  app.add_option("--rounds", options.rounds);
  app.add_option("--milliseconds", options.milliseconds, "a measurement");
  app.add_option("--corpus", options.corpus, "only this one");
  app.add_option("--contender", options.contender, "with --calls");
  app.add_option("--calls", options.calls, "only call it so often: for callgrind");
  app.add_flag("--print", options.print, "only print the JSON");
  CLI11_PARSE(app, argc, argv);
  return sluice::Run(options);
}

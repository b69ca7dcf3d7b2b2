// SPDX-License-Identifier: Apache-2.0
// bench-publisher: the source for a server that is published to, at /pub.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "tests/bench/net/event_loop.h"
#include "tests/bench/publisher/publisher.h"
#include "tests/bench/source/feed.h"
#include "tests/bench/source/pacer.h"

namespace sluice::bench {
namespace {

int Main(int argc, char** argv) {
  std::string address = "127.0.0.1:8080";
  double rate = 0;
  int32_t size = 0;
  int32_t burst = 0;
  CLI::App app{"Publishes the messages of the benchmarks' source by POST"};
  app.add_option("--address", address, "HOST:PORT of the server")->capture_default_str();
  app.add_option("--rate", rate, "messages a second; 0: as fast as it goes")->capture_default_str();
  app.add_option("--size", size, "bytes of a message, as bench.v1.Request has it");
  app.add_option("--burst", burst, "messages at once at the beginning, likewise");
  CLI11_PARSE(app, argc, argv);

  ::bench::v1::Request request;
  request.set_rate(rate);
  request.set_size(size);
  request.set_burst(burst);
  EventLoop loop;
  Pacer pacer;
  const auto feed = std::make_shared<Feed>(request, EncodePost);
  const Publisher publisher(address, *feed, loop);
  if (feed->paced()) pacer.Add(feed);
  for (;;) {
    loop.RunOnce(pacer.NextNs());
    pacer.RunDue();
  }
}

}  // namespace
}  // namespace sluice::bench

int main(int argc, char** argv) { return sluice::bench::Main(argc, argv); }

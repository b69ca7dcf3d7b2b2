// SPDX-License-Identifier: Apache-2.0
// bench-bare: the yardstick for fan-out.
#include <sys/epoll.h>

#include <CLI/CLI.hpp>
#include <string>

#include "tests/bench/bare/fan_out.h"
#include "tests/bench/net/event_loop.h"
#include "tests/bench/net/socket.h"

namespace sluice::bench {
namespace {

int Main(int argc, char** argv) {
  std::string listen = "127.0.0.1:8080";
  FanOutOptions options{.upstream = "127.0.0.1:50062"};
  CLI::App app{"Sends each event of a plain stream to all who ask, one after the other"};
  app.add_option("--listen", listen, "where readers connect")->capture_default_str();
  app.add_option("--upstream", options.upstream, "the source's text port")->capture_default_str();
  app.add_option("--history", options.history_events, "events that one who comes back is sent")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);

  AllowManyDescriptors();
  EventLoop loop;
  const Fd listener = ListenOn(listen);
  FanOut fan_out(loop, options);
  loop.Watch(listener.get(), EPOLLIN, [&](uint32_t) { fan_out.Accept(listener); });
  for (;;) {
    loop.RunOnce(fan_out.has_event() ? 0 : -1);
    if (fan_out.has_event()) fan_out.SendOne();
  }
}

}  // namespace
}  // namespace sluice::bench

int main(int argc, char** argv) { return sluice::bench::Main(argc, argv); }

// SPDX-License-Identifier: Apache-2.0
// bench-relay: the yardstick for latency.
#include <sys/epoll.h>

#include <CLI/CLI.hpp>
#include <list>
#include <memory>
#include <string>
#include <utility>

#include "tests/bench/net/event_loop.h"
#include "tests/bench/net/socket.h"
#include "tests/bench/relay/byte_relay.h"

namespace sluice::bench {
namespace {

int Main(int argc, char** argv) {
  std::string listen = "127.0.0.1:8080";
  std::string upstream = "127.0.0.1:50062";
  CLI::App app{"Carries bytes between two addresses and looks at none of them"};
  app.add_option("--listen", listen, "where readers connect")->capture_default_str();
  app.add_option("--upstream", upstream, "where their bytes go")->capture_default_str();
  CLI11_PARSE(app, argc, argv);

  EventLoop loop;
  const Fd listener = ListenOn(listen);
  std::list<std::unique_ptr<RelayedConnection>> connections;
  loop.Watch(listener.get(), EPOLLIN, [&](uint32_t) {
    for (Fd fd = AcceptFrom(listener); fd.valid(); fd = AcceptFrom(listener)) {
      const auto place = connections.emplace(connections.end());
      *place = std::make_unique<RelayedConnection>(
          std::move(fd), upstream, RelayedConnection::Surroundings{loop, [&connections, place] {
                                                                     connections.erase(place);
                                                                   }});
    }
  });
  for (;;) loop.RunOnce(-1);
}

}  // namespace
}  // namespace sluice::bench

int main(int argc, char** argv) { return sluice::bench::Main(argc, argv); }

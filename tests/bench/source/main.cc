// SPDX-License-Identifier: Apache-2.0
// bench-source: the service behind every gateway that is measured.
#include <sys/epoll.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <utility>

#include "tests/bench/net/event_loop.h"
#include "tests/bench/net/socket.h"
#include "tests/bench/source/h2_connection.h"
#include "tests/bench/source/pacer.h"
#include "tests/bench/source/text_connection.h"

namespace sluice::bench {
namespace {

// Accepts connections of one kind and owns them until they are over.
template <typename Connection>
class Port final {
 public:
  Port(const std::string& address, EventLoop& loop, Pacer& pacer, int64_t& calls)
      : listener_(ListenOn(address)), loop_(loop), pacer_(pacer), calls_(calls) {
    loop_.Watch(listener_.get(), EPOLLIN, [this](uint32_t) { Accept(); });
  }

 private:
  void Accept() {
    for (Fd fd = AcceptFrom(listener_); fd.valid(); fd = AcceptFrom(listener_)) {
      const auto place = connections_.emplace(connections_.end());
      *place = std::make_unique<Connection>(
          std::move(fd), typename Connection::Surroundings{
                             loop_, pacer_, calls_, [this, place] { connections_.erase(place); }});
    }
  }

  Fd listener_;
  EventLoop& loop_;
  Pacer& pacer_;
  int64_t& calls_;
  std::list<std::unique_ptr<Connection>> connections_;
};

int Main(int argc, char** argv) {
  std::string grpc_address = "127.0.0.1:50061";
  std::string text_address = "127.0.0.1:50062";
  CLI::App app{"The source of the benchmarks: bench.v1.Feed over gRPC, and the same as plain SSE"};
  app.add_option("--grpc", grpc_address, "where gRPC clients connect")->capture_default_str();
  app.add_option("--text", text_address, "where HTTP/1.1 clients connect")->capture_default_str();
  CLI11_PARSE(app, argc, argv);

  AllowManyDescriptors();
  EventLoop loop;
  Pacer pacer;
  int64_t calls = 0;
  Port<H2Connection> grpc_port(grpc_address, loop, pacer, calls);
  Port<TextConnection> text_port(text_address, loop, pacer, calls);
  for (;;) {
    loop.RunOnce(pacer.NextNs());
    pacer.RunDue();
  }
}

}  // namespace
}  // namespace sluice::bench

int main(int argc, char** argv) { return sluice::bench::Main(argc, argv); }

// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>

#include "services/demo_server.h"
#include "services/page_server.h"

namespace {

constexpr char kAbout[] =
    R"(The demo services of Sluice, on one gRPC port with reflection and health, and a page that
shows them in a browser. The page is of another origin than the gateway, which must let it in:

  SLUICE_CORS_CREDENTIALS=true \
    sluice serve --upstream 127.0.0.1:50051 --cors-origin http://127.0.0.1:8081)";

// Blocked in every thread, so that main can wait for them.
sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

int Fail(const absl::Status& status) {
  std::cerr << "sluice-demo: " << status.message() << "\n";
  return status.code() == absl::StatusCode::kInvalidArgument ? 2 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  sluice::demo::DemoServer::Options services;
  services.listen = "127.0.0.1:50051";
  sluice::demo::PageServer::Options page;

  CLI::App app(kAbout, "sluice-demo");
  app.add_option("--listen", services.listen, "HOST:PORT of the gRPC services")
      ->capture_default_str();
  app.add_option("--page-listen", page.listen, "HOST:PORT of the page")->capture_default_str();
  app.add_option("--gateway", page.gateway,
                 "Where the browser finds the gateway: its origin, and its base path if it has one")
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }

  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  const auto server = sluice::demo::DemoServer::Start(services);
  if (!server.ok()) return Fail(server.status());
  const auto page_server = sluice::demo::PageServer::Start(page);
  if (!page_server.ok()) return Fail(page_server.status());

  // Flushed: whoever started this may wait for the line.
  std::cout << "services on " << (*server)->target() << "\n"
            << "page on " << (*page_server)->url() << ", gateway expected at " << page.gateway
            << std::endl;
  int signal = 0;
  sigwait(&signals, &signal);
  return 0;
}

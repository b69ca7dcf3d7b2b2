// SPDX-License-Identifier: Apache-2.0
#include "gateway/ops/ops_server.h"

#include <httplib.h>

#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"

namespace sluice {
namespace {

constexpr size_t kThreads = 4;
constexpr time_t kTimeoutSeconds = 5;
constexpr char kJson[] = "application/json";

}  // namespace

class OpsServer::Listening final {
 public:
  explicit Listening(Probes probes) : probes_(std::move(probes)) {
    server_.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    // cpp-httplib's own options would let a second process share the port, unnoticed.
    server_.set_socket_options([](socket_t socket) {
      const int yes = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    server_.set_read_timeout(kTimeoutSeconds);
    server_.set_write_timeout(kTimeoutSeconds);
    server_.set_keep_alive_timeout(kTimeoutSeconds);
    server_.Get("/livez", [this](const httplib::Request&, httplib::Response& response) {
      Write(probes_.live(), response);
    });
    server_.Get("/readyz", [this](const httplib::Request&, httplib::Response& response) {
      Write(probes_.ready(), response);
    });
    server_.Get("/status", [this](const httplib::Request&, httplib::Response& response) {
      Write(probes_.status(), response);
    });
    server_.set_error_handler([](const httplib::Request& request, httplib::Response& response) {
      if (!response.body.empty()) return;  // a probe's 503 has its own
      WriteError(request, response);
    });
  }

  ~Listening() {
    server_.stop();
    if (thread_.joinable()) thread_.join();
  }

  absl::Status Bind(const Options& options) {
    if (options.port == 0) {
      port_ = server_.bind_to_any_port(options.host);
    } else if (server_.bind_to_port(options.host, options.port)) {
      port_ = options.port;
    }
    if (port_ > 0) return absl::OkStatus();
    return absl::UnavailableError(
        absl::StrCat("the operators' port ", options.host, ":", options.port,
                     " cannot be listened on: it is in use, or not an address of this machine"));
  }

  void Run() {
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    // stop() has no effect before the server runs.
    while (!server_.is_running()) std::this_thread::yield();
  }

  int port() const { return port_; }

 private:
  static void Write(const Answer& answer, httplib::Response& response) {
    response.status = answer.fine ? 200 : 503;
    response.set_content(answer.json, kJson);
  }

  static void WriteError(const httplib::Request& request, httplib::Response& response) {
    const bool known =
        request.path == "/livez" || request.path == "/readyz" || request.path == "/status";
    if (known && response.status == 404) {
      response.status = 405;
      response.set_header("Allow", "GET, HEAD");
    }
    response.set_content(
        absl::StrCat("{\"error\":\"", response.status == 405 ? "method not allowed" : "not found",
                     "; there are GET /livez, GET /readyz and GET /status\"}"),
        kJson);
  }

  const Probes probes_;
  httplib::Server server_;
  std::thread thread_;
  int port_ = -1;
};

absl::StatusOr<std::unique_ptr<OpsServer>> OpsServer::Start(const Options& options, Probes probes) {
  auto listening = std::make_unique<Listening>(std::move(probes));
  absl::Status bound = listening->Bind(options);
  if (!bound.ok()) return bound;
  listening->Run();
  return std::unique_ptr<OpsServer>(new OpsServer(std::move(listening)));
}

OpsServer::OpsServer(std::unique_ptr<Listening> listening) : listening_(std::move(listening)) {}
OpsServer::~OpsServer() = default;

uint16_t OpsServer::port() const { return static_cast<uint16_t>(listening_->port()); }

}  // namespace sluice

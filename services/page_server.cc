// SPDX-License-Identifier: Apache-2.0
#include "services/page_server.h"

#include <httplib.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/page_files.h"

namespace sluice::demo {
namespace {

constexpr size_t kThreads = 8;
constexpr time_t kTimeoutSeconds = 2;
constexpr size_t kMostHostBytes = 253;

struct HostAndPort {
  std::string host;
  int port;
};

absl::StatusOr<HostAndPort> ParseListen(absl::string_view text) {
  const size_t colon = text.rfind(':');
  int port = 0;
  if (colon == absl::string_view::npos || colon == 0 ||
      !absl::SimpleAtoi(text.substr(colon + 1), &port) || port < 0 || port > 65535) {
    return absl::InvalidArgumentError(
        absl::StrCat("--page-listen is ", text, "; HOST:PORT is needed, as in 127.0.0.1:8081"));
  }
  return HostAndPort{std::string(text.substr(0, colon)), port};
}

absl::string_view ContentTypeOf(absl::string_view path) {
  if (absl::EndsWith(path, ".js")) return "text/javascript; charset=utf-8";
  if (absl::EndsWith(path, ".css")) return "text/css; charset=utf-8";
  if (absl::EndsWith(path, ".svg")) return "image/svg+xml";
  return "text/html; charset=utf-8";
}

bool IsHostByte(char byte) {
  return absl::ascii_isalnum(static_cast<unsigned char>(byte)) || byte == '.' || byte == '-';
}

}  // namespace

absl::StatusOr<std::string> ParseOrigin(absl::string_view text) {
  const absl::Status refused = absl::InvalidArgumentError(
      absl::StrCat("--gateway is ", text.substr(0, 300),
                   "; http://HOST:PORT is needed, as in http://127.0.0.1:8080"));
  absl::string_view rest = absl::StripSuffix(text, "/");
  const std::string origin(rest);
  if (!absl::ConsumePrefix(&rest, "http://") && !absl::ConsumePrefix(&rest, "https://")) {
    return refused;
  }
  const size_t colon = rest.find(':');
  if (colon != absl::string_view::npos) {
    int port = 0;
    if (!absl::SimpleAtoi(rest.substr(colon + 1), &port) || port < 1 || port > 65535) {
      return refused;
    }
  }
  // Nothing else may get in: the origin becomes part of a header and of a JSON text.
  const absl::string_view host = rest.substr(0, colon);
  if (host.empty() || host.size() > kMostHostBytes) return refused;
  for (const char byte : rest) {
    if (!IsHostByte(byte) && byte != ':') return refused;
  }
  return origin;
}

absl::StatusOr<GatewayUrl> ParseGatewayUrl(absl::string_view text) {
  const size_t host = text.find("://") == absl::string_view::npos ? 0 : text.find("://") + 3;
  const size_t slash = std::min(text.find('/', host), text.size());
  const absl::StatusOr<std::string> origin = ParseOrigin(text.substr(0, slash));
  if (!origin.ok()) return origin.status();
  const absl::string_view path = absl::StripSuffix(text.substr(slash), "/");
  const bool plain = path.size() <= kMostHostBytes && !absl::StrContains(path, "//") &&
                     std::all_of(path.begin(), path.end(), [](char byte) {
                       return IsHostByte(byte) || absl::StrContains("/_~", byte);
                     });
  if (!plain) {
    return absl::InvalidArgumentError(
        absl::StrCat("--gateway has the path ", path.substr(0, 300),
                     "; the gateway's base_path is needed, as in http://127.0.0.1:8080/api"));
  }
  return GatewayUrl{*origin, std::string(path)};
}

class PageServer::Listening final {
 public:
  explicit Listening(const GatewayUrl& gateway) {
    server_.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    // cpp-httplib's own options would let a second process share the port, unnoticed.
    server_.set_socket_options([](socket_t socket) {
      const int yes = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    // An idle connection holds a thread, and browsers open some in advance.
    server_.set_keep_alive_max_count(1);
    server_.set_read_timeout(kTimeoutSeconds);
    server_.set_write_timeout(kTimeoutSeconds);
    server_.set_default_headers(
        {{"Content-Security-Policy",
          absl::StrCat("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' "
                       "data:; connect-src 'self' ",
                       gateway.origin,
                       "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")},
         {"X-Content-Type-Options", "nosniff"},
         {"Referrer-Policy", "no-referrer"},
         {"Cache-Control", "no-cache"}});
    for (const auto& [path, text] : PageFiles()) {
      Serve(path, text);
      if (path == "/index.html") Serve("/", text);
    }
    const std::string config =
        absl::StrCat("{\"gateway\":\"", gateway.origin, gateway.base_path, "\"}");
    server_.Get("/config\\.json", [config](const httplib::Request&, httplib::Response& response) {
      response.set_content(config, "application/json");
    });
  }

  ~Listening() {
    server_.stop();
    if (thread_.joinable()) thread_.join();
  }

  absl::Status Bind(const HostAndPort& address) {
    host_ = address.host;
    if (address.port == 0) {
      port_ = server_.bind_to_any_port(host_);
    } else if (server_.bind_to_port(host_, address.port)) {
      port_ = address.port;
    }
    if (port_ > 0) return absl::OkStatus();
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", host_, ":", address.port,
                     " for the page: it is in use, or not an address of this machine"));
  }

  void Run() {
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    // stop() has no effect before the server runs.
    while (!server_.is_running()) std::this_thread::yield();
  }

  std::string url() const { return absl::StrCat("http://", host_, ":", port_); }

 private:
  // Get wants a regular expression.
  void Serve(const std::string& path, absl::string_view text) {
    std::string pattern;
    for (const char byte : path)
      absl::StrAppend(&pattern, byte == '.' ? "\\" : "", std::string(1, byte));
    server_.Get(pattern, [path, text](const httplib::Request&, httplib::Response& response) {
      response.set_content(std::string(text), std::string(ContentTypeOf(path)));
    });
  }

  httplib::Server server_;
  std::thread thread_;
  std::string host_;
  int port_ = 0;
};

absl::StatusOr<std::unique_ptr<PageServer>> PageServer::Start(const Options& options) {
  const absl::StatusOr<HostAndPort> address = ParseListen(options.listen);
  if (!address.ok()) return address.status();
  const absl::StatusOr<GatewayUrl> gateway = ParseGatewayUrl(options.gateway);
  if (!gateway.ok()) return gateway.status();
  auto listening = std::make_unique<Listening>(*gateway);
  const absl::Status bound = listening->Bind(*address);
  if (!bound.ok()) return bound;
  listening->Run();
  return std::unique_ptr<PageServer>(new PageServer(std::move(listening)));
}

PageServer::PageServer(std::unique_ptr<Listening> listening) : listening_(std::move(listening)) {}
PageServer::~PageServer() = default;

std::string PageServer::url() const { return listening_->url(); }

}  // namespace sluice::demo

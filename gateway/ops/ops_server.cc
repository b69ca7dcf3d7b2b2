// SPDX-License-Identifier: Apache-2.0
// cpp-httplib gives each connection a thread of its pool for as long as it lasts, so that a few
// connections that say nothing would keep a probe waiting until the process is thought dead. Three
// things prevent that: the kernel hands out a connection when its first bytes have come, a
// connection carries one request, and the pool has a bounded queue.
#include "gateway/ops/ops_server.h"

#include <httplib.h>
#include <netinet/tcp.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace sluice {
namespace {

constexpr int kDeferSeconds = 10;
constexpr int kBacklog = 4096;

// What TaskQueue::enqueue returns: nothing in older releases of cpp-httplib, whether it was taken
// in newer ones.
using Enqueued = decltype(std::declval<httplib::TaskQueue&>().enqueue(std::function<void()>()));

// Threads: enqueue and shutdown on the one that accepts.
class BoundedPool final : public httplib::TaskQueue {
 public:
  BoundedPool(size_t threads, size_t max_waiting) : max_waiting_(max_waiting) {
    for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
  }

  // Waits until there is room: a job that is not run would leave its connection open.
  Enqueued enqueue(std::function<void()> job) override {
    std::unique_lock lock(mu_);
    changed_.wait(lock, [this] { return jobs_.size() < max_waiting_; });
    jobs_.push_back(std::move(job));
    changed_.notify_all();
    return Enqueued(true);
  }

  void shutdown() override {
    {
      std::lock_guard lock(mu_);
      ended_ = true;
      changed_.notify_all();
    }
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  void Work() {
    std::unique_lock lock(mu_);
    while (true) {
      changed_.wait(lock, [this] { return ended_ || !jobs_.empty(); });
      if (jobs_.empty()) return;
      const std::function<void()> job = std::move(jobs_.front());
      jobs_.pop_front();
      changed_.notify_all();
      lock.unlock();
      job();
      lock.lock();
    }
  }

  const size_t max_waiting_;
  std::vector<std::thread> threads_;
  std::mutex mu_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_ ABSL_GUARDED_BY(mu_);
  bool ended_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace

class OpsServer::Listening final {
 public:
  explicit Listening(Pages pages) : pages_(std::move(pages)) {
    server_.new_task_queue = [] { return new BoundedPool(kThreads, kMaxWaiting); };
    // cpp-httplib's own options would let a second process share the port, unnoticed.
    server_.set_socket_options([this](socket_t socket) {
      const int yes = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
      ::setsockopt(socket, IPPROTO_TCP, TCP_DEFER_ACCEPT, &kDeferSeconds, sizeof kDeferSeconds);
      socket_ = socket;
    });
    server_.set_read_timeout(kReadTimeoutSeconds);
    server_.set_write_timeout(kReadTimeoutSeconds);
    server_.set_keep_alive_max_count(1);
    server_.set_keep_alive_timeout(0);  // of a connection whose first bytes are there
    server_.set_pre_routing_handler(
        [this](const httplib::Request& request, httplib::Response& response) {
          Write(AnswerTo(request, response), response);
          return httplib::Server::HandlerResponse::Handled;
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
    if (port_ > 0) {
      ::listen(socket_, kBacklog);  // cpp-httplib asks for 5
      return absl::OkStatus();
    }
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
  Answer AnswerTo(const httplib::Request& request, httplib::Response& response) const {
    const auto page = pages_.find(request.path);
    if (page == pages_.end()) return Error(404, "not found");
    if (request.method != "GET" && request.method != "HEAD") {
      response.set_header("Allow", "GET, HEAD");
      return Error(405, "method not allowed");
    }
    return page->second();
  }

  Answer Error(int status, absl::string_view what) const {
    const std::string paths = absl::StrJoin(pages_, ", ", [](std::string* out, const auto& page) {
      absl::StrAppend(out, "GET ", page.first);
    });
    return {.status = status,
            .body = absl::StrCat("{\"error\":\"", what, "; there are ", paths, "\"}\n")};
  }

  static void Write(Answer answer, httplib::Response& response) {
    response.status = answer.status;
    response.set_header("Cache-Control", "no-store");
    response.set_content(std::move(answer.body), answer.content_type.c_str());
  }

  const Pages pages_;
  httplib::Server server_;
  socket_t socket_ = -1;
  std::thread thread_;
  int port_ = -1;
};

absl::StatusOr<std::unique_ptr<OpsServer>> OpsServer::Start(const Options& options, Pages pages) {
  auto listening = std::make_unique<Listening>(std::move(pages));
  absl::Status bound = listening->Bind(options);
  if (!bound.ok()) return bound;
  listening->Run();
  return std::unique_ptr<OpsServer>(new OpsServer(std::move(listening)));
}

OpsServer::OpsServer(std::unique_ptr<Listening> listening) : listening_(std::move(listening)) {}
OpsServer::~OpsServer() = default;

uint16_t OpsServer::port() const { return static_cast<uint16_t>(listening_->port()); }

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
// cpp-httplib gives each connection a thread of its pool for as long as it lasts, so that a few
// connections that say nothing would keep a probe waiting until the process is thought dead. Three
// things prevent that: the kernel hands out a connection when its first bytes have come, a
// connection carries one request, and the pool has a bounded queue.
#include "gateway/ops/ops_server.h"

#include <fcntl.h>
#include <httplib.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gateway/base/loop/fd.h"
#include "gateway/base/observe/log.h"

namespace sluice {
namespace {

constexpr int kDeferSeconds = 10;
constexpr int kBacklog = 4096;
constexpr std::chrono::milliseconds kListenAgain(100);

// What TaskQueue::enqueue returns: nothing in older releases of cpp-httplib, whether it was taken
// in newer ones.
using Enqueued = decltype(std::declval<httplib::TaskQueue&>().enqueue(std::function<void()>()));

// Threads: enqueue and shutdown on the one that accepts.
class BoundedPool final : public httplib::TaskQueue {
 public:
  // `accepting` is true from now on until no connection comes any more.
  BoundedPool(size_t threads, size_t max_waiting, std::atomic<bool>& accepting)
      : max_waiting_(max_waiting), accepting_(accepting) {
    accepting_ = true;
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
    accepting_ = false;
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
  std::atomic<bool>& accepting_;
  std::vector<std::thread> threads_;
  std::mutex mu_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_ ABSL_GUARDED_BY(mu_);
  bool ended_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace

class OpsServer::Listening final {
 public:
  Listening(const Options& options, Pages pages) : options_(options), pages_(std::move(pages)) {}

  // stop() also sends away who waits, but does nothing before the server runs, and closes another's
  // descriptor after accept has failed.
  ~Listening() {
    {
      std::lock_guard lock(mu_);
      stopped_ = true;
      if (accepting_) server_->stop();
      if (socket_.valid()) ::shutdown(socket_.get(), SHUT_RDWR);
      changed_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
  }

  absl::Status Bind() {
    if (!TryBind()) {
      return absl::UnavailableError(
          absl::StrCat("the operators' port ", options_.host, ":", options_.port,
                       " cannot be listened on: it is in use, or not an address of this machine"));
    }
    port_ = options_.port;
    return absl::OkStatus();
  }

  void Run() {
    thread_ = std::thread([this] { ListenUntilStopped(); });
  }

  int port() const { return port_; }

 private:
  // cpp-httplib gives up for good when accept fails once, be it for a connection that was gone
  // again.
  void ListenUntilStopped() {
    while (!stopped()) {
      server_->listen_after_bind();
      if (stopped()) return;
      LogError("the operators' port accepts no more; listening on it anew");
      while (PauseUnlessStopped() && !TryBind()) {
      }
    }
  }

  bool stopped() {
    std::lock_guard lock(mu_);
    return stopped_;
  }

  bool PauseUnlessStopped() {
    std::unique_lock lock(mu_);
    socket_.Close();
    return !changed_.wait_for(lock, kListenAgain, [this] { return stopped_; });
  }

  // Where any port was asked for, it is the same one the next time.
  bool TryBind() {
    {
      std::unique_ptr<httplib::Server> server = MakeServer();
      std::lock_guard lock(mu_);
      server_.swap(server);
    }
    if (options_.port == 0) {
      const int port = server_->bind_to_any_port(options_.host);
      if (port <= 0) return false;
      options_.port = static_cast<uint16_t>(port);
    } else if (!server_->bind_to_port(options_.host, options_.port)) {
      return false;
    }
    std::lock_guard lock(mu_);
    ::listen(socket_.get(), kBacklog);  // cpp-httplib asks for 5
    return true;
  }

  // A new one each time: newer releases of cpp-httplib do not let one that has failed bind again.
  std::unique_ptr<httplib::Server> MakeServer() {
    auto server = std::make_unique<httplib::Server>();
    server->new_task_queue = [this] { return new BoundedPool(kThreads, kMaxWaiting, accepting_); };
    // cpp-httplib's own options would let a second process share the port, unnoticed.
    server->set_socket_options([this](socket_t socket) {
      const int yes = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
      ::setsockopt(socket, IPPROTO_TCP, TCP_DEFER_ACCEPT, &kDeferSeconds, sizeof kDeferSeconds);
      std::lock_guard lock(mu_);
      socket_ = Fd(::fcntl(socket, F_DUPFD_CLOEXEC, 0));
    });
    server->set_read_timeout(kReadTimeoutSeconds);
    server->set_write_timeout(kReadTimeoutSeconds);
    server->set_keep_alive_max_count(1);
    server->set_keep_alive_timeout(0);  // of a connection whose first bytes are there
    server->set_pre_routing_handler(
        [this](const httplib::Request& request, httplib::Response& response) {
          Write(AnswerTo(request, response), response);
          return httplib::Server::HandlerResponse::Handled;
        });
    return server;
  }

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

  Options options_;  // of the thread, once it runs
  const Pages pages_;
  int port_ = -1;

  std::mutex mu_;
  std::condition_variable changed_;
  bool stopped_ ABSL_GUARDED_BY(mu_) = false;
  std::unique_ptr<httplib::Server> server_;  // only the thread changes it, once it runs; under mu_
  // The server's own descriptor may be closed, and its number another's, when it is to stop.
  Fd socket_ ABSL_GUARDED_BY(mu_);
  std::atomic<bool> accepting_ = false;
  std::thread thread_;
};

absl::StatusOr<std::unique_ptr<OpsServer>> OpsServer::Start(const Options& options, Pages pages) {
  auto listening = std::make_unique<Listening>(options, std::move(pages));
  absl::Status bound = listening->Bind();
  if (!bound.ok()) return bound;
  listening->Run();
  return std::unique_ptr<OpsServer>(new OpsServer(std::move(listening)));
}

OpsServer::OpsServer(std::unique_ptr<Listening> listening) : listening_(std::move(listening)) {}
OpsServer::~OpsServer() = default;

uint16_t OpsServer::port() const { return static_cast<uint16_t>(listening_->port()); }

}  // namespace sluice

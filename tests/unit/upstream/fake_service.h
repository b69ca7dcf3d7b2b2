// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/server.h>

#include <atomic>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "gateway/upstream/grpc/channel.h"

namespace sluice {

// What a fake service does with one message of a request.
struct Script {
  enum class After { kEnd, kListen, kHold };

  std::vector<std::string> messages;
  bool headers_first = false;
  bool again_and_again = false;  // the messages, without end
  size_t slices = 1;             // into which each message is cut
  After after = After::kEnd;
  grpc::Status status;
  std::multimap<std::string, std::string> trailers = {};
};

// A gRPC server in the process that answers every method as its author says.
class FakeService final {
 public:
  struct Request {
    std::string path;
    std::string message;
    std::multimap<std::string, std::string> metadata;
  };
  using Author = std::function<Script(const Request&)>;

  // On a free port of the loopback unless told which.
  explicit FakeService(Author author, int port = 0);
  ~FakeService();

  int port() const { return port_; }
  std::string target() const { return "127.0.0.1:" + std::to_string(port_); }

  Request last_request();
  size_t opened() const { return opened_.load(); }
  size_t written() const { return written_.load(); }

  // Waits until so many RPCs were cancelled by the other side. False when they were not in time.
  bool WaitForCancelled(size_t count, absl::Duration timeout);

 private:
  class Reactor;
  class Service;

  void Remember(const Request& request);

  const GrpcHold hold_;  // goes last
  const Author author_;
  std::mutex mu_;
  Request last_request_;  // guarded by mu_
  std::atomic<size_t> opened_{0};
  std::atomic<size_t> written_{0};
  std::atomic<size_t> cancelled_{0};
  int port_ = 0;
  std::unique_ptr<Service> service_;
  std::unique_ptr<grpc::Server> server_;
};

// A port at which nobody listens, kept so as long as this lives.
class DeadPort final {
 public:
  // Silent: connects, and never says anything.
  enum class Kind { kRefuses, kSilent };

  explicit DeadPort(Kind kind);
  ~DeadPort();

  int port() const { return port_; }
  std::string target() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  int fd_;
  int port_;

  friend class LostService;
};

// A service whose machine is lost: it begins a connection of HTTP/2, and is never heard of again.
class LostService final {
 public:
  LostService();
  ~LostService();

  std::string target() const { return port_.target(); }

 private:
  DeadPort port_{DeadPort::Kind::kSilent};
  int connection_ = -1;
  std::thread thread_;
};

}  // namespace sluice

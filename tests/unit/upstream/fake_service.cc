// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/upstream/fake_service.h"

#include <arpa/inet.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <utility>

#include "absl/time/clock.h"

namespace sluice {
namespace {

// gRPC orders what its threads do among themselves, which the thread sanitizer does not see, since
// the library was built without it. Each of them passes here before and after, which it does see.
void PassDoor() {
  static std::mutex door;
  std::lock_guard lock(door);
}

// What gRPC calls, from its first line to its last.
class Turn final {
 public:
  Turn() { PassDoor(); }
  ~Turn() { PassDoor(); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
};

grpc::ByteBuffer Cut(const std::string& message, size_t pieces) {
  std::vector<grpc::Slice> slices;
  const size_t step = std::max<size_t>(1, (message.size() + pieces - 1) / pieces);
  for (size_t at = 0; at < message.size(); at += step) {
    slices.emplace_back(message.substr(at, step));
  }
  if (slices.empty()) slices.emplace_back(std::string());
  return grpc::ByteBuffer(slices.data(), slices.size());
}

std::string Joined(const grpc::ByteBuffer& buffer) {
  grpc::Slice slice;
  if (!buffer.DumpToSingleSlice(&slice).ok()) return "";
  return std::string(reinterpret_cast<const char*>(slice.begin()), slice.size());
}

}  // namespace

class FakeService::Reactor final : public grpc::ServerGenericBidiReactor {
 public:
  Reactor(FakeService& owner, grpc::GenericCallbackServerContext& context)
      : owner_(owner), context_(context) {
    ++owner_.opened_;
    request_.path = context.method();
    for (const auto& [name, value] : context.client_metadata()) {
      request_.metadata.emplace(std::string(name.data(), name.size()),
                                std::string(value.data(), value.size()));
    }
    Listen();
  }

  void OnReadDone(bool ok) override {
    const Turn turn;
    if (!ok) {
      End(grpc::Status::OK);
      return;
    }
    request_.message = Joined(received_);
    owner_.Remember(request_);
    script_ = owner_.author_(request_);
    next_ = 0;
    if (script_.headers_first) {
      PassDoor();
      StartSendInitialMetadata();
      return;
    }
    GoOn();
  }

  void OnSendInitialMetadataDone(bool) override {
    const Turn turn;
    GoOn();
  }

  void OnWriteDone(bool ok) override {
    const Turn turn;
    if (!ok) {
      End(grpc::Status::CANCELLED);
      return;
    }
    ++owner_.written_;
    GoOn();
  }

  void OnCancel() override {
    const Turn turn;
    ++owner_.cancelled_;
    std::lock_guard lock(mu_);
    gone_ = true;
    if (holding_) FinishOnce(grpc::Status::CANCELLED);
  }

  void OnDone() override {
    PassDoor();
    delete this;
  }

 private:
  void GoOn() {
    if (next_ == script_.messages.size() && script_.again_and_again) next_ = 0;
    if (next_ < script_.messages.size()) {
      sent_ = Cut(script_.messages[next_++], script_.slices);
      PassDoor();
      StartWrite(&sent_);
    } else if (script_.after == Script::After::kListen) {
      Listen();
    } else if (script_.after == Script::After::kEnd) {
      End(script_.status);
    } else {
      Hold();
    }
  }

  void Listen() {
    received_.Clear();
    PassDoor();
    StartRead(&received_);
  }

  void Hold() {
    std::lock_guard lock(mu_);
    holding_ = true;
    if (gone_) FinishOnce(grpc::Status::CANCELLED);
  }

  void End(const grpc::Status& status) {
    std::lock_guard lock(mu_);
    FinishOnce(status);
  }

  void FinishOnce(const grpc::Status& status) {
    if (std::exchange(finished_, true)) return;
    for (const auto& [name, value] : script_.trailers) context_.AddTrailingMetadata(name, value);
    PassDoor();
    Finish(status);
  }

  FakeService& owner_;
  grpc::GenericCallbackServerContext& context_;
  FakeService::Request request_;
  grpc::ByteBuffer received_;
  grpc::ByteBuffer sent_;
  Script script_;
  size_t next_ = 0;

  std::mutex mu_;
  bool gone_ = false;
  bool holding_ = false;
  bool finished_ = false;
};

class FakeService::Service final : public grpc::CallbackGenericService {
 public:
  explicit Service(FakeService& owner) : owner_(owner) {}

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    const Turn turn;
    return new Reactor(owner_, *context);
  }

 private:
  FakeService& owner_;
};

FakeService::FakeService(Author author, int port)
    : author_(std::move(author)), service_(std::make_unique<Service>(*this)) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:" + std::to_string(port), grpc::InsecureServerCredentials(),
                           &port_);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, 64 * 1024);
  builder.RegisterCallbackGenericService(service_.get());
  PassDoor();
  server_ = builder.BuildAndStart();
}

FakeService::~FakeService() {
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
  PassDoor();
}

FakeService::Request FakeService::last_request() {
  std::lock_guard lock(mu_);
  return last_request_;
}

void FakeService::Remember(const Request& request) {
  std::lock_guard lock(mu_);
  last_request_ = request;
}

bool FakeService::WaitForCancelled(size_t count, absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  while (cancelled_.load() < count) {
    if (absl::Now() > deadline) return false;
    absl::SleepFor(absl::Milliseconds(1));
  }
  return true;
}

DeadPort::DeadPort(Kind kind) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  bind(fd_, reinterpret_cast<sockaddr*>(&address), size);
  if (kind == Kind::kSilent) listen(fd_, 8);
  getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
}

DeadPort::~DeadPort() { close(fd_); }

LostService::LostService() {
  thread_ = std::thread([this] {
    connection_ = accept(port_.fd_, nullptr, nullptr);
    // Its SETTINGS, and the acknowledgement of ours.
    constexpr char kFrames[] =
        "\0\0\0\4\0\0\0\0\0"
        "\0\0\0\4\1\0\0\0\0";
    send(connection_, kFrames, 18, MSG_NOSIGNAL);
  });
}

LostService::~LostService() {
  shutdown(port_.fd_, SHUT_RDWR);
  thread_.join();
  close(connection_);
}

}  // namespace sluice

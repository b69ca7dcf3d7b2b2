// SPDX-License-Identifier: Apache-2.0
#include "services/demo_server.h"

#include <chrono>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/health_check_service_interface.h"
#include "services/clock_service.h"
#include "services/faults_service.h"
#include "services/reflection_service.h"
#include "services/room_service.h"
#include "services/ticker_service.h"
#include "services/tokens_service.h"
#include "services/uploads_service.h"

namespace sluice::demo {
namespace {

constexpr int kMostStreamsPerConnection = 20'000;

UploadShelf::Options ShelfOptions(absl::Duration lifetime) {
  UploadShelf::Options options;
  options.lifetime = lifetime;
  return options;
}

std::vector<std::string> ServiceNames() {
  return {::demo::v1::Clock::service_full_name(),  ::demo::v1::Faults::service_full_name(),
          ::demo::v1::Room::service_full_name(),   ::demo::v1::Ticker::service_full_name(),
          ::demo::v1::Tokens::service_full_name(), ::demo::v1::Uploads::service_full_name()};
}

}  // namespace

class DemoServer::Impl final {
 public:
  explicit Impl(const Options& options)
      : uploads_(stage_, ShelfOptions(options.upload_lifetime)), reflection_(ServiceNames()) {}

  ~Impl() {
    // Without a deadline in the past the endless streams would never let it stop.
    if (server_ != nullptr) server_->Shutdown(std::chrono::system_clock::now());
  }

  absl::Status Start(const Options& options) {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::ServerBuilder builder;
    // Two servers on one port would each get some of the calls.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMostStreamsPerConnection);
    builder.AddListeningPort(options.listen, grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(&clock_);
    builder.RegisterService(&room_);
    builder.RegisterService(&uploads_);
    builder.RegisterService(&ticker_);
    builder.RegisterService(&tokens_);
    builder.RegisterService(&faults_);
    if (options.reflection) builder.RegisterCallbackGenericService(&reflection_);
    server_ = builder.BuildAndStart();
    if (server_ == nullptr || port_ == 0) {
      return absl::UnavailableError(absl::StrCat("cannot listen on ", options.listen,
                                                 "; HOST:PORT of a free port is needed"));
    }
    host_ = options.listen.substr(0, options.listen.rfind(':'));
    return absl::OkStatus();
  }

  int port() const { return port_; }
  std::string target() const { return absl::StrCat(host_, ":", port_); }
  const Tally& tally() const { return tally_; }

 private:
  // In this order: what comes later is destroyed first and uses what comes before.
  Tally tally_;
  Schedule schedule_;
  const Stage stage_ = {schedule_, tally_};
  ClockService clock_ = ClockService(stage_);
  RoomService room_ = RoomService(stage_);
  UploadsService uploads_;
  TickerService ticker_ = TickerService(stage_);
  TokensService tokens_ = TokensService(stage_);
  FaultsService faults_ = FaultsService(stage_);
  ReflectionService reflection_;
  int port_ = 0;
  std::string host_;
  std::unique_ptr<grpc::Server> server_;
};

absl::StatusOr<std::unique_ptr<DemoServer>> DemoServer::Start(const Options& options) {
  auto impl = std::make_unique<Impl>(options);
  const absl::Status status = impl->Start(options);
  if (!status.ok()) return status;
  return std::unique_ptr<DemoServer>(new DemoServer(std::move(impl)));
}

DemoServer::DemoServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
DemoServer::~DemoServer() = default;

int DemoServer::port() const { return impl_->port(); }
std::string DemoServer::target() const { return impl_->target(); }
int DemoServer::open_streams() const { return impl_->tally().open_streams; }
int DemoServer::open_unary() const { return impl_->tally().open_unary; }
int DemoServer::calls(const std::string& method) const { return impl_->tally().calls(method); }
long DemoServer::messages_sent() const { return impl_->tally().messages_sent; }

}  // namespace sluice::demo

// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/relay/relay_harness.h"

#include <sys/socket.h>

#include "absl/strings/str_cat.h"
#include "google/protobuf/compiler/parser.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

constexpr char kSchema[] = R"(
    syntax = "proto3";
    package t;
    import "google/api/httpbody.proto";
    service Feed {
      rpc Watch(Ask) returns (stream Tick);
      rpc Get(Ask) returns (Tick);
      rpc Set(Ask) returns (Tick);
      rpc Chat(stream Ask) returns (stream Tick);
      rpc Find(Place) returns (Tick);
    }
    message Ask { int64 after = 1; string name = 2; }
    message Place { string last_event_id = 1; }
    message Tick {
      string id = 1;
      string text = 2;
      oneof held { google.api.HttpBody page = 3; }
    }
)";

std::shared_ptr<const RouteTable> Routes(const SnapshotSettings& settings) {
  google::protobuf::io::ArrayInputStream text(kSchema, sizeof kSchema - 1);
  google::protobuf::io::Tokenizer tokens(&text, nullptr);
  google::protobuf::compiler::Parser parser;
  google::protobuf::FileDescriptorProto file;
  EXPECT_TRUE(parser.Parse(&tokens, &file));
  file.set_name("t.proto");
  for (const int method : {1, 4}) {  // Get and Find
    file.mutable_service(0)->mutable_method(method)->mutable_options()->set_idempotency_level(
        google::protobuf::MethodOptions::NO_SIDE_EFFECTS);
  }
  CatalogBuilder catalog;
  catalog.Add("main", ServiceSet::FromFiles("test", {file}, {}), {});
  // Of the reason no outsider is to know.
  catalog.Add("main", ServiceSet::FromFiles("reflection of main (10.0.0.7:1)", {}, {"t.Gone"}), {});
  const std::shared_ptr<const Catalog> built = catalog.Build();
  RouteTableBuilder table(built);
  table.AddRules({{.where = "test",
                   .selector = "t.Feed.Watch",
                   .stream = settings.stream,
                   .forward_headers = settings.forward_headers,
                   .query_metadata = settings.query_metadata}});
  table.UsePaths(settings.paths, "test");
  RouteTableBuilder::Result result = table.Build(RouteTableBuilder::Completeness::kComplete);
  EXPECT_NE(result.table, nullptr) << ToText(result.problems);
  return result.table;
}

class FakeCall final : public Upstream::Call {
 public:
  explicit FakeCall(FakeUpstream::Opened& opened) : opened_(opened) {}
  ~FakeCall() override { opened_.observer = nullptr; }
  void Release(size_t bytes) override { opened_.released_bytes += bytes; }

 private:
  FakeUpstream::Opened& opened_;
};

std::string Field(char number, const std::string& value) {
  std::string bytes(1, static_cast<char>(number << 3 | 2));
  size_t size = value.size();
  for (; size > 127; size >>= 7) bytes += static_cast<char>(size | 128);
  return absl::StrCat(bytes, std::string(1, static_cast<char>(size)), value);
}

}  // namespace

std::shared_ptr<const Snapshot> MakeSnapshot(const SnapshotSettings& settings,
                                             std::shared_ptr<Upstream> service, Metrics& metrics) {
  return std::make_shared<const Snapshot>(
      Snapshot::Parts{.options = settings.relay,
                      .routes = Routes(settings),
                      .upstreams = {{"main", std::move(service)}},
                      .doubts = {{"main", settings.doubt}},
                      .pending = settings.pending},
      metrics);
}

std::string TickBytes(const std::string& id, const std::string& text) {
  return Field(1, id) + Field(2, text);
}

std::string PageBytes(const std::string& content_type, const std::string& text) {
  return Field(3, Field(1, content_type) + Field(2, text));
}

std::unique_ptr<Upstream::Call> FakeUpstream::Open(CallRequest request, Observer& observer,
                                                   Executor&) {
  calls_.push_back(std::make_unique<Opened>());
  calls_.back()->request = std::move(request);
  calls_.back()->observer = &observer;
  return std::make_unique<FakeCall>(*calls_.back());
}

RelayHarness::RelayHarness(Settings settings)
    : relay_(std::make_unique<Relay>(loop_, metrics_, 100)) {
  relay_->AnswerHealthBy(ready_);
  relay_->UseSnapshot(MakeSnapshot(settings, service_, metrics_));
  pool_ = std::make_unique<ConnectionPool>(
      loop_, metrics_, ConnectionPool::Options{},
      [this](std::unique_ptr<Exchange> exchange) { relay_->Serve(std::move(exchange)); });
  Connect();
}

void RelayHarness::Connect() {
  int ends[2];
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  browser_ = Fd(ends[0]);
  at_end_ = false;
  pool_->Adopt(Fd(ends[1]), "192.0.2.7");
}

// In the order of a process that stops: connections, what they asked for, the loop.
RelayHarness::~RelayHarness() {
  pool_.reset();
  Turn();
  relay_.reset();
}

void RelayHarness::Send(const std::string& bytes) {
  EXPECT_EQ(::send(browser_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(bytes.size()));
  Turn();
}

void RelayHarness::Get(const std::string& target, const std::string& more_headers) {
  Send(absl::StrCat("GET ", target, " HTTP/1.1\r\nHost: x\r\n", more_headers, "\r\n"));
}

std::string RelayHarness::Got() {
  std::string all;
  char buffer[4096];
  while (true) {
    Turn();
    const ssize_t size = ::recv(browser_.get(), buffer, sizeof buffer, MSG_DONTWAIT);
    at_end_ = at_end_ || size == 0;
    if (size <= 0) return all;
    all.append(buffer, static_cast<size_t>(size));
  }
}

bool RelayHarness::AtEnd() {
  Got();
  return at_end_;
}

void RelayHarness::TellHeaders() {
  service_->newest().observer->OnHeaders();
  Turn();
}

void RelayHarness::TellTick(const std::string& id, const std::string& text) {
  TellBytes(TickBytes(id, text));
}

void RelayHarness::TellBytes(const std::string& wire) {
  service_->newest().observer->OnMessage(wire);
  Turn();
}

void RelayHarness::TellEnd(RpcStatus status) {
  service_->newest().observer->OnEnd(status);
  Turn();
}

void RelayHarness::Turn() {
  while (loop_.RunReady() > 0) {
  }
}

void RelayHarness::Pass(absl::Duration time) {
  clock_.Advance(time);
  Turn();
}

void RelayHarness::CloseSendingSide() {
  ::shutdown(browser_.get(), SHUT_WR);
  Turn();
}

void RelayHarness::Leave() {
  browser_.Close();
  Turn();
}

}  // namespace sluice

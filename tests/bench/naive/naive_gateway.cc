// SPDX-License-Identifier: Apache-2.0
// bench-naive: the yardstick. What a good engineer writes in an afternoon to turn one gRPC stream
// into Server-Sent Events: cpp-httplib with a thread a connection, the synchronous reader of the
// generated stub, protobuf's own JSON printer. It is right, readable, and has none of the things
// that the afternoon after would bring.
#include <google/protobuf/util/json_util.h>
#include <grpcpp/grpcpp.h>
#include <httplib.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "absl/strings/numbers.h"
#include "bench.grpc.pb.h"

namespace sluice::bench {
namespace {

using ::bench::v1::Feed;
using ::bench::v1::Request;
using ::bench::v1::Tick;

struct Options {
  std::string host = "127.0.0.1";
  int port = 8080;
  std::string upstream = "127.0.0.1:50061";
  // cpp-httplib keeps a thread for every connection; the next one waits until a thread is free.
  size_t threads = 64;
};

struct Call {
  grpc::ClientContext context;
  std::unique_ptr<grpc::ClientReader<Tick>> reader;
};

double NumberIn(const httplib::Request& http, const char* name) {
  double number = 0;
  return absl::SimpleAtod(http.get_param_value(name), &number) ? number : 0;
}

Request RequestFrom(const httplib::Request& http) {
  Request request;
  request.set_rate(NumberIn(http, "rate"));
  request.set_count(static_cast<int64_t>(NumberIn(http, "count")));
  request.set_size(static_cast<int32_t>(NumberIn(http, "size")));
  request.set_batch(static_cast<int32_t>(NumberIn(http, "batch")));
  request.set_tag(http.get_param_value("tag"));
  return request;
}

// False: the message cannot be written as JSON, which ends the stream.
bool SendEvent(const Tick& tick, httplib::DataSink& sink) {
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(tick, &json).ok()) return false;
  const std::string event = "event: Tick\ndata: " + json + "\n\n";
  return sink.write(event.data(), event.size());
}

void Serve(Feed::Stub& stub, const httplib::Request& http, httplib::Response& response) {
  auto call = std::make_shared<Call>();
  call->reader = stub.Subscribe(&call->context, RequestFrom(http));
  response.set_header("Cache-Control", "no-store");
  response.set_chunked_content_provider(
      "text/event-stream",
      [call](size_t, httplib::DataSink& sink) {
        Tick tick;
        if (call->reader->Read(&tick)) return SendEvent(tick, sink);
        call->reader->Finish();
        sink.done();
        return true;
      },
      [call](bool) { call->context.TryCancel(); });
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app{"A plain gateway from gRPC to Server-Sent Events"};
  app.add_option("--host", options.host, "address to listen on")->capture_default_str();
  app.add_option("--port", options.port, "port to listen on")->capture_default_str();
  app.add_option("--upstream", options.upstream, "the gRPC service")->capture_default_str();
  app.add_option("--threads", options.threads, "connections at a time")->capture_default_str();
  CLI11_PARSE(app, argc, argv);

  const auto stub =
      Feed::NewStub(grpc::CreateChannel(options.upstream, grpc::InsecureChannelCredentials()));
  httplib::Server server;
  server.new_task_queue = [&options] { return new httplib::ThreadPool(options.threads); };
  server.set_tcp_nodelay(true);
  server.set_write_timeout(60, 0);
  server.Get("/bench.v1.Feed/Subscribe",
             [&stub](const httplib::Request& http, httplib::Response& response) {
               Serve(*stub, http, response);
             });
  return server.listen(options.host, options.port) ? 0 : 1;
}

}  // namespace
}  // namespace sluice::bench

int main(int argc, char** argv) { return sluice::bench::Main(argc, argv); }

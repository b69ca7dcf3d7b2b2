// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <thread>
#include <variant>

#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "services/demo_server.h"
#include "services/feed.h"

namespace sluice::demo {

// A demo server on a free port, and a channel to it.
struct Demo final {
  explicit Demo(const DemoServer::Options& options = {}) {
    auto started = DemoServer::Start(options);
    EXPECT_TRUE(started.ok()) << started.status();
    server = *std::move(started);
    channel = grpc::CreateChannel(server->target(), grpc::InsecureChannelCredentials());
  }

  // Whether the server sees the end of every call soon: it is told over a socket.
  bool Settles() const {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (server->open_streams() != 0 || server->open_unary() != 0) {
      if (std::chrono::steady_clock::now() > give_up) return false;
      std::this_thread::yield();
    }
    return true;
  }

  std::unique_ptr<DemoServer> server;
  std::shared_ptr<grpc::Channel> channel;
};

// What a step must be; the test fails and gets a default where it is something else.
template <typename Message>
Message MessageOf(const Step<Message>& step) {
  const auto* message = std::get_if<Message>(&step);
  EXPECT_NE(message, nullptr) << "not a message but alternative " << step.index();
  return message == nullptr ? Message() : *message;
}
template <typename Message>
absl::Time WaitOf(const Step<Message>& step) {
  const auto* wait = std::get_if<Wait>(&step);
  EXPECT_NE(wait, nullptr) << "not a wait but alternative " << step.index();
  return wait == nullptr ? absl::InfinitePast() : wait->until;
}
template <typename Message>
grpc::Status EndOf(const Step<Message>& step) {
  const auto* status = std::get_if<grpc::Status>(&step);
  EXPECT_NE(status, nullptr) << "not an end but alternative " << step.index();
  return status == nullptr ? grpc::Status(grpc::StatusCode::DO_NOT_USE, "") : *status;
}

}  // namespace sluice::demo

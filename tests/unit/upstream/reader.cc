// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/upstream/reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace sluice {

Reader::Reader(Upstream& upstream, ThreadExecutor& executor, Options options)
    : executor_(executor), options_(std::move(options)) {
  executor_.RunAndWait([&] {
    executor_thread_ = std::this_thread::get_id();
    call_ = upstream.Open(options_.request, *this, executor_);
  });
}

template <typename Condition>
void Reader::WaitUntil(Condition condition) {
  std::unique_lock lock(mu_);
  EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(30), condition));
}

RpcStatus Reader::WaitForEnd() {
  WaitUntil([this] { return end_.has_value(); });
  std::lock_guard lock(mu_);
  return end_.value_or(RpcStatus{absl::StatusCode::kInternal, "the test saw no end", ""});
}

void Reader::WaitForMessages(size_t count) {
  WaitUntil([this, count] { return messages_.size() >= count; });
}

void Reader::WaitForHeaders() {
  WaitUntil([this] { return std::find(log_.begin(), log_.end(), "headers") != log_.end(); });
}

void Reader::Release(size_t bytes) {
  executor_.RunAndWait([&] { call_->Release(bytes); });
}

void Reader::Close() {
  executor_.RunAndWait([&] { call_.reset(); });
}

std::vector<std::string> Reader::log() {
  std::lock_guard lock(mu_);
  return log_;
}

std::vector<std::string> Reader::messages() {
  std::lock_guard lock(mu_);
  return messages_;
}

bool Reader::on_wrong_thread() {
  std::lock_guard lock(mu_);
  return on_wrong_thread_;
}

void Reader::Write(std::string entry) {
  log_.push_back(std::move(entry));
  on_wrong_thread_ |= std::this_thread::get_id() != executor_thread_;
  changed_.notify_all();
}

void Reader::OnHeaders() {
  std::lock_guard lock(mu_);
  Write("headers");
}

void Reader::OnMessage(absl::string_view wire) {
  {
    std::lock_guard lock(mu_);
    messages_.emplace_back(wire);
    Write("message");
  }
  if (options_.release_at_once) call_->Release(ReceivedBytes(wire));
  if (options_.on_message) options_.on_message(*this);
}

void Reader::OnEnd(const RpcStatus& status) {
  std::lock_guard lock(mu_);
  end_ = status;
  Write("end");
}

CallRequest RequestTo(std::string path, std::string message) {
  CallRequest request;
  request.path = std::move(path);
  request.message = std::move(message);
  return request;
}

}  // namespace sluice

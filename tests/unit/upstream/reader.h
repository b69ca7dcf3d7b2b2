// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "gateway/upstream/upstream.h"
#include "tests/unit/upstream/thread_executor.h"

namespace sluice {

// Opens one call, remembers what it is told, and lets the test wait for it.
class Reader final : public Upstream::Observer {
 public:
  struct Options {
    CallRequest request;
    bool release_at_once = true;
    std::function<void(Reader&)> on_message;  // on the executor's thread
  };

  Reader(Upstream& upstream, ThreadExecutor& executor, Options options);
  ~Reader() override { Close(); }

  // The end; fails the test when it does not come.
  RpcStatus WaitForEnd();
  void WaitForMessages(size_t count);
  void WaitForHeaders();

  void Release(size_t bytes);
  void Close();                                // destroys the call
  void CloseFromCallback() { call_.reset(); }  // the same, on the executor's thread

  // "headers", "message", "end".
  std::vector<std::string> log();
  std::vector<std::string> messages();
  bool on_wrong_thread();

 private:
  void OnHeaders() override;
  void OnMessage(absl::string_view wire) override;
  void OnEnd(const RpcStatus& status) override;

  void Write(std::string entry);
  template <typename Condition>
  void WaitUntil(Condition condition);

  ThreadExecutor& executor_;
  Options options_;
  std::thread::id executor_thread_;
  std::unique_ptr<Upstream::Call> call_;  // the executor's thread

  std::mutex mu_;
  std::condition_variable changed_;
  std::vector<std::string> log_;
  std::vector<std::string> messages_;
  std::optional<RpcStatus> end_;
  bool on_wrong_thread_ = false;
};

// The request of `path` with that message.
CallRequest RequestTo(std::string path, std::string message = "");

}  // namespace sluice

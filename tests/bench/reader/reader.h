// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gateway/base/fd.h"
#include "tests/bench/net/event_loop.h"
#include "tests/bench/reader/observed_process.h"
#include "tests/bench/reader/sse_scanner.h"

namespace sluice::bench {

struct ReaderOptions {
  std::string address;
  std::string path;
  // Not empty: sent as JSON with POST.
  std::string body;
  int connections = 1;
  double warmup_seconds = 0.3;
  double seconds = 2;
  double open_seconds = 30;
  bool latency = false;
  int observed_pid = 0;
};

struct Reading {
  int opened = 0;
  int failed = 0;
  // Connections that ended during the measurement.
  int ended = 0;
  double seconds = 0;
  Tally tally;
  int64_t observed_cpu_ns = 0;
  int64_t observed_rss_kb = 0;
  int64_t observed_peak_rss_kb = 0;
  std::string first_failure;
};

// Opens many streams, waits until each has had its first event, and counts for a while.
//
// Bounds:  200 connections are being opened at a time; opening, warming up and measuring each have
//          their time.
// Threads: one.
// Errors:  in the Reading: a connection that failed is counted, the first one also described.
class Reader final {
 public:
  explicit Reader(const ReaderOptions& options);
  Reading Run();
  // Opens the streams, reads not a byte of them for `seconds`, and closes them.
  Reading Stall();

 private:
  struct Connection {
    Fd fd;
    SseScanner scanner;
    bool asked = false;
    bool served = false;
  };

  void OpenMore();
  void OnReady(Connection& connection);
  void Ask(Connection& connection);
  void Read(Connection& connection);
  void Close(Connection& connection, std::string why);
  void RunUntil(int64_t until_ns);

  const ReaderOptions options_;
  const std::string request_;
  const ObservedProcess observed_;
  EventLoop loop_;
  std::vector<Connection> connections_;
  size_t started_ = 0;
  // Connections that were started and had no event yet.
  size_t opening_ = 0;
  bool stalled_ = false;
  std::vector<char> buffer_;
  Reading reading_;
};

}  // namespace sluice::bench

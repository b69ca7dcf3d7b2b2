// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gateway/base/loop/fd.h"
#include "tests/bench/net/event_loop.h"
#include "tests/bench/reader/observed_process.h"
#include "tests/bench/reader/sse_scanner.h"

namespace sluice::bench {

struct ReaderOptions {
  std::string address;
  std::string path;
  // Not empty: sent as JSON with POST.
  std::string body;
  // Not empty: what a browser that comes back says that it had last.
  std::string last_event_id;
  int connections = 1;
  // Addresses that they come from: 127.0.0.1 and so on.
  int sources = 1;
  // Connections that are being opened at a time.
  int at_once = 200;
  // What counts as open: a response's head, or its first event.
  bool open_at_head = false;
  int receive_buffer_bytes = 0;
  // For Herd.
  uint64_t replay_events = 0;
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
  // Of Herd: what the connections got that got least and most.
  uint64_t fewest_events = 0;
  uint64_t most_events = 0;
  std::string first_failure;
};

// Opens many streams, waits until each is open, and counts for a while.
//
// Bounds:  opening, warming up and measuring each have their time.
// Threads: one.
// Errors:  in the Reading: a connection that failed is counted, the first one also described.
class Reader final {
 public:
  explicit Reader(const ReaderOptions& options);
  Reading Run();
  // Opens the streams, reads not a byte of them for `seconds`, and closes them.
  Reading Stall();
  // Opens the streams and counts until each has had `replay_events`, and a little longer, to see
  // that no more come. Openings are measured, too.
  Reading Herd();

 private:
  struct Connection {
    Fd fd;
    SseScanner scanner;
    bool asked = false;
    bool open = false;
    uint64_t events = 0;
  };

  // What is read from the observed process at the beginning and the end of a measurement.
  void BeginReading();
  void EndReading();

  void OpenMore();
  void OnReady(Connection& connection);
  void Ask(Connection& connection);
  void Read(Connection& connection);
  void SetOpen(Connection& connection);
  void Close(Connection& connection, std::string why);
  void RunUntil(int64_t until_ns);

  const ReaderOptions options_;
  const std::string request_;
  const ObservedProcess observed_;
  EventLoop loop_;
  std::vector<Connection> connections_;
  size_t started_ = 0;
  // Connections that were started and are not open yet.
  size_t opening_ = 0;
  // Connections that have had `replay_events`.
  size_t replayed_ = 0;
  int64_t begin_ns_ = 0;
  int64_t begin_cpu_ns_ = 0;
  bool stalled_ = false;
  std::vector<char> buffer_;
  Reading reading_;
};

}  // namespace sluice::bench

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/base/loop/fd.h"

namespace sluice {

// A program as a user runs it. What it writes to standard output and standard error is kept,
// together.
//
// Ownership: ends the program, if it still runs, when destroyed.
class ChildProcess final {
 public:
  explicit ChildProcess(const std::vector<std::string>& command);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  void Signal(int number);

  // Reads until `needle` has been written, the program has ended, or `timeout`; true if it has
  // been.
  bool WaitForOutput(absl::string_view needle, absl::Duration timeout = absl::Seconds(15));

  // The exit code; -1 if it ended by a signal or is still running after `timeout`.
  int WaitForExit(absl::Duration timeout = absl::Seconds(15));

  // The same without reading what it writes.
  int WaitForExitUnread(absl::Duration timeout);

  // All that was written and read so far.
  const std::string& output() const { return output_; }

 private:
  bool ReadSome(absl::Duration timeout);

  pid_t pid_ = -1;
  Fd pipe_;
  std::string output_;
};

}  // namespace sluice

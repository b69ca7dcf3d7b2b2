// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/reader/observed_process.h"

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/bench/net/socket.h"

namespace sluice::bench {

ObservedProcess::ObservedProcess(int pid) : pid_(pid) {
  if (pid_ == 0) return;
  const int failure = ::clock_getcpuclockid(pid_, &clock_);
  if (failure == 0) return;
  errno = failure;
  Die(absl::StrCat("CPU clock of process ", pid_));
}

int64_t ObservedProcess::CpuNs() const {
  timespec used{};
  if (pid_ == 0 || ::clock_gettime(clock_, &used) != 0) return 0;
  return int64_t{used.tv_sec} * 1'000'000'000 + used.tv_nsec;
}

int64_t ObservedProcess::StatusKb(const char* name) const {
  if (pid_ == 0) return 0;
  std::ifstream status(absl::StrCat("/proc/", pid_, "/status"));
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name)) return std::atoll(line.c_str() + std::string(name).size());
  }
  return 0;
}

}  // namespace sluice::bench

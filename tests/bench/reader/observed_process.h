// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <ctime>

namespace sluice::bench {

// Reads another process's clock and memory, at the very moments between which events are counted.
class ObservedProcess final {
 public:
  // 0: there is none, and everything below is 0.
  explicit ObservedProcess(int pid);

  // CPU time of all its threads so far, also of those that ended; to the nanosecond.
  int64_t CpuNs() const;
  // Resident memory now, and at its highest so far, without the kernel's socket buffers.
  int64_t RssKb() const { return StatusKb("VmRSS:"); }
  int64_t PeakRssKb() const { return StatusKb("VmHWM:"); }

 private:
  int64_t StatusKb(const char* name) const;

  int pid_;
  clockid_t clock_ = 0;
};

}  // namespace sluice::bench

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gateway/base/bytes/shared_log.h"
#include "gateway/base/observe/histogram.h"

namespace sluice {

class Body;

// The bodies of one loop that read the same SharedLog, and the part of it that they read.
//
// In:        Look, when the log has news.
// Out:       each body is told once a Look: what it can send now, or that its place is forgotten.
// Ownership: borrows the bodies, which join and leave by themselves and must be gone before it is.
// Threads:   one loop's; made where the log's appender is.
// Errors:    none.
class SharedLogWindow final {
 public:
  // `entry_end` is what every entry ends with, and has nowhere else.
  SharedLogWindow(const SharedLog& log, std::string entry_end);
  ~SharedLogWindow();
  SharedLogWindow(const SharedLogWindow&) = delete;
  SharedLogWindow& operator=(const SharedLogWindow&) = delete;

  // Takes in what is new, and tells every body. REQUIRES: called from a turn of its own, not from
  // inside a body's or a connection's method.
  void Look();

  // Takes in what is new for a body that is about to join; the others are told by the next Look.
  void Refresh() { reader_.Look(); }

  // Nothing follows what is published. Looks once more; then bodies that have come to the end are
  // told so, now and later. REQUIRES: as for Look.
  void Close();

  bool closed() const { return closed_; }
  uint64_t begin() const { return reader_.begin(); }
  uint64_t end() const { return reader_.end(); }
  const std::vector<Body*>& bodies() const { return bodies_; }

  // Whole entries from `position` on that lie contiguously: up to `max_bytes`, or one that is
  // longer. Empty at the end.
  absl::string_view Entries(uint64_t position, size_t max_bytes) const;

  // How many entries Entries gave. Remembers the answer: bodies in step ask the same.
  uint32_t CountEntries(uint64_t position, absl::string_view entries);

  // Entries and bytes of the log that bodies hand to the kernel are added to these, which must
  // outlive the window.
  void CountInto(LoopCounter& entries, LoopCounter& bytes);

  // The rest of what Entries gave, and what lies before a position as far as it is still here.
  absl::string_view From(uint64_t position) const { return reader_.From(position); }
  absl::string_view Before(uint64_t position) const { return reader_.Before(position); }

  // Differs from that of every other window there ever was.
  uint64_t serial() const { return serial_; }

 private:
  friend class Body;

  void Count(uint32_t entries, size_t bytes) {
    if (sent_entries_ == nullptr) return;
    sent_entries_->Add(entries);
    sent_bytes_->Add(static_cast<int64_t>(bytes));
  }

  const std::string entry_end_;
  const uint64_t serial_;
  SharedLogReader reader_;
  bool closed_ = false;
  LoopCounter* sent_entries_ = nullptr;
  LoopCounter* sent_bytes_ = nullptr;
  // What CountEntries was asked last, and what it said.
  uint64_t counted_position_ = 0;
  size_t counted_bytes_ = 0;
  uint32_t counted_entries_ = 0;
  std::vector<Body*> bodies_;
};

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/bytes/shared_log_window.h"

#include <atomic>
#include <cassert>
#include <utility>

#include "gateway/base/bytes/body.h"

namespace sluice {
namespace {

uint64_t NextSerial() {
  static std::atomic<uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

}  // namespace

SharedLogWindow::SharedLogWindow(const SharedLog& log, std::string entry_end)
    : entry_end_(std::move(entry_end)), serial_(NextSerial()), reader_(log) {}

SharedLogWindow::~SharedLogWindow() { assert(bodies_.empty()); }

// Backwards: a body that leaves is replaced by the last, which was told already.
void SharedLogWindow::Look() {
  reader_.Look();
  // A body that attends may refresh; what is forgotten by then was not told to those before it.
  const uint64_t told = reader_.begin();
  for (size_t i = bodies_.size(); i > 0; --i) {
    if (i <= bodies_.size()) bodies_[i - 1]->OnLook();
  }
  reader_.DropBefore(told);
}

void SharedLogWindow::Close() {
  closed_ = true;
  Look();
}

absl::string_view SharedLogWindow::Entries(uint64_t position, size_t max_bytes) const {
  const absl::string_view all = reader_.From(position);
  if (all.size() <= max_bytes) return all;
  const size_t last = all.substr(0, max_bytes).rfind(entry_end_);
  if (last != absl::string_view::npos) return all.substr(0, last + entry_end_.size());
  return all.substr(0, all.find(entry_end_, max_bytes - entry_end_.size() + 1) + entry_end_.size());
}

uint32_t SharedLogWindow::CountEntries(uint64_t position, absl::string_view entries) {
  if (position == counted_position_ && entries.size() == counted_bytes_) return counted_entries_;
  counted_position_ = position;
  counted_bytes_ = entries.size();
  counted_entries_ = 0;
  for (size_t at = entries.find(entry_end_); at != absl::string_view::npos;
       at = entries.find(entry_end_, at + entry_end_.size())) {
    ++counted_entries_;
  }
  return counted_entries_;
}

void SharedLogWindow::CountInto(LoopCounter& entries, LoopCounter& bytes) {
  sent_entries_ = &entries;
  sent_bytes_ = &bytes;
}

}  // namespace sluice

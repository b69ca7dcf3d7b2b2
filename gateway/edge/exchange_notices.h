// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "gateway/base/executor.h"
#include "gateway/edge/exchange.h"

namespace sluice {

// The events of an Exchange, and which of them have happened but were not told yet. Lives as long
// as the Exchange, and while one of its events is told, which may destroy the Exchange.
class Exchange::Notices final {
 public:
  enum class Ending { kGone, kFinished };

  explicit Notices(Executor& executor) : executor_(executor) {}

  // Each remembers what happened; it is told in a turn of its own.
  static void HalfClosed(const std::shared_ptr<Notices>& notices);
  static void Ended(const std::shared_ptr<Notices>& notices, Ending ending);
  static void Replace(const std::shared_ptr<Notices>& notices, Listener listener);

  // Told at once: it happens for every send, and is called where nothing of Exchange runs.
  void TellSent();

  // The Exchange is gone: nothing is told any more.
  void Drop() { dropped_ = true; }

 private:
  enum class Notice : uint8_t { kNone, kHappened, kTold };

  static void Post(const std::shared_ptr<Notices>& notices);
  void TellAll();
  void TellOnce(Notice& notice, Event event);
  void Tell(Event event);

  Executor& executor_;
  Listener listener_;
  uint32_t replaced_ = 0;  // how often, to see whether the listener did it
  Notice half_closed_ = Notice::kNone;
  Notice gone_ = Notice::kNone;
  Notice finished_ = Notice::kNone;
  bool dropped_ = false;
};

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "gateway/base/loop/executor.h"
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

  // The Exchange is gone: nothing is told any more.
  void Drop() { listener_ = Listener(); }

 private:
  enum class Notice : uint8_t { kNone, kHappened, kTold };

  static void Post(const std::shared_ptr<Notices>& notices);
  void TellAll();
  void TellOnce(Notice& notice, Event event);

  Executor& executor_;
  Listener listener_;
  Notice half_closed_ = Notice::kNone;
  Notice gone_ = Notice::kNone;
  Notice finished_ = Notice::kNone;
};

}  // namespace sluice

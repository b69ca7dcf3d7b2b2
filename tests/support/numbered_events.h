// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "gateway/sse/event_parser.h"

namespace sluice {

// The `sequence` of a FaultsEvent or a Time; 0 if it has none.
uint64_t SequenceOf(const ReceivedEvent& event);

// The two parts of the id of a shared stream's event.
std::string EpochOf(const std::string& id);
uint64_t NumberOf(const std::string& id);

// What one browser gets of a shared Faults/Run whose events are numbered, over all its connections:
// nothing twice, nothing out of order, and nothing missing but in gaps that were told.
//
// Threads: one.
class NumberedEvents final {
 public:
  void Take(const ReceivedEvent& event);

  // The first thing that was not as it should be; empty if all was.
  const std::string& wrong() const { return wrong_; }
  // What a browser would send when it comes back.
  const std::string& last_id() const { return last_id_; }
  uint64_t events() const { return events_; }
  uint64_t sequence() const { return sequence_; }
  int gaps(const std::string& reason) const;
  int opened() const { return opened_; }

 private:
  void TakeFaultsEvent(const ReceivedEvent& event);
  void Blame(const std::string& why, const ReceivedEvent& event);

  std::string wrong_;
  std::string last_id_;
  uint64_t events_ = 0;
  uint64_t sequence_ = 0;
  std::string event_id_;  // of the newest FaultsEvent
  bool may_jump_ = true;
  std::string gap_reasons_;
  int opened_ = 0;
};

}  // namespace sluice

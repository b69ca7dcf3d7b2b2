// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace sluice {

// Room in which small pieces are put together before they are sent: the kernel takes one piece
// cheaper than several. One a thread.
using SendScratch = std::array<char, 8 * 1024>;

enum class SendOutcome {
  kAll,      // the kernel took all there was
  kBlocked,  // it took a part or nothing: wait until the descriptor can be written
  kYield,    // it took enough for this pass, and there is more
  kBroken,   // nobody will ever read it
};

struct SendResult {
  SendOutcome outcome;
  size_t sent = 0;
};

inline constexpr size_t kMaxSendPieces = 16;

// Sends up to kMaxSendPieces `pieces` one behind the other in one call to the kernel, without
// waiting. Outcomes: kAll, kBlocked, kBroken.
SendResult GatherSend(int fd, absl::Span<const absl::string_view> pieces, SendScratch& scratch);

// Bytes that the kernel took and the other side has not taken yet.
uint32_t QueuedBytes(int fd);

}  // namespace sluice

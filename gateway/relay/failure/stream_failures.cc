// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/failure/stream_failures.h"

#include <algorithm>
#include <string>

#include "gateway/transcode/wire/retry_delay.h"

namespace sluice {

RpcStatus UnreadableEnd(const absl::Status& fault) {
  return {.code = absl::StatusCode::kDataLoss,
          .message = std::string(fault.message()),
          .lost = LostMessage::kBroken};
}

absl::Duration ServicePause(const RpcStatus& status) {
  const absl::Duration asked = std::max(status.retry_after, RetryDelayIn(status.details));
  return std::clamp(asked, absl::ZeroDuration(), kLongestServicePause);
}

}  // namespace sluice

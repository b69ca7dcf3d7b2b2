// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/loop/fd.h"

#include <unistd.h>

namespace sluice {

void Fd::Close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

}  // namespace sluice

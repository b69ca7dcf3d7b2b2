// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/base/loop/fd.h"

namespace sluice {

// A browser as TCP sees it: a plain blocking socket on loopback, every wait bounded.
//
// Errors: a connection that cannot be made fails the test; afterwards all is told by return values.
class TcpPeer final {
 public:
  struct Options {
    int receive_buffer_bytes = 0;  // 0: the kernel's own; small: a slow reader
  };

  explicit TcpPeer(int port);
  TcpPeer(int port, const Options& options);

  // False if the other side is gone.
  bool Send(absl::string_view bytes);

  // What has come by then: empty at the end, after a reset, or when nothing came in `timeout`.
  std::string ReadSome(absl::Duration timeout = absl::Seconds(5));

  // Reads until `needle` has come, and returns all that was read; or what came until the end or
  // `timeout`.
  std::string ReadUntil(absl::string_view needle, absl::Duration timeout = absl::Seconds(5));
  std::string ReadToEnd(absl::Duration timeout = absl::Seconds(5));

  // How the last read ended.
  bool at_end() const { return at_end_; }
  bool was_reset() const { return was_reset_; }

  void CloseSendingSide();
  // Closes with a reset.
  void Reset();
  void Close() { fd_.Close(); }

 private:
  Fd fd_;
  bool at_end_ = false;
  bool was_reset_ = false;
};

}  // namespace sluice

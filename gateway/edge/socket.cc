// SPDX-License-Identifier: Apache-2.0
#include "gateway/edge/socket.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>
#include <cstring>

namespace sluice {
namespace {

ssize_t SendOne(int fd, absl::string_view bytes) {
  return ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

ssize_t SendMany(int fd, absl::Span<const absl::string_view> pieces) {
  std::array<iovec, Socket::kMaxPieces> vector;
  size_t count = 0;
  for (const absl::string_view piece : pieces) {
    if (piece.empty() || count == Socket::kMaxPieces) continue;
    vector[count++] = {const_cast<char*>(piece.data()), piece.size()};
  }
  msghdr message{};
  message.msg_iov = vector.data();
  message.msg_iovlen = count;
  return ::sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

absl::string_view PutTogether(absl::Span<const absl::string_view> pieces, SendScratch& scratch) {
  size_t size = 0;
  for (const absl::string_view piece : pieces) {
    if (piece.empty()) continue;  // memcpy must not see the null of an empty view
    std::memcpy(scratch.data() + size, piece.data(), piece.size());
    size += piece.size();
  }
  return {scratch.data(), size};
}

}  // namespace

SendResult Socket::Send(absl::Span<const absl::string_view> pieces, SendScratch& scratch) {
  size_t total = 0;
  absl::string_view only;
  for (const absl::string_view piece : pieces) {
    total += piece.size();
    if (!piece.empty()) only = piece;
  }
  if (total == 0) return {SendOutcome::kAll, 0};
  ssize_t sent;
  do {
    if (only.size() == total) {
      sent = SendOne(fd(), only);
    } else if (total <= scratch.size()) {
      sent = SendOne(fd(), PutTogether(pieces, scratch));
    } else {
      sent = SendMany(fd(), pieces);
    }
  } while (sent < 0 && errno == EINTR);
  if (sent >= 0) {
    const auto taken = static_cast<size_t>(sent);
    return {taken == total ? SendOutcome::kAll : SendOutcome::kBlocked, taken};
  }
  // ENOBUFS and ENOMEM are the kernel's shortage, not this peer's end; writability comes later.
  const bool later = errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS || errno == ENOMEM;
  return {later ? SendOutcome::kBlocked : SendOutcome::kBroken, 0};
}

uint32_t Socket::queued_bytes() const {
  int bytes = 0;
  return ::ioctl(fd(), SIOCOUTQ, &bytes) == 0 ? static_cast<uint32_t>(bytes) : 0;
}

ReceiveResult Socket::Receive(absl::Span<char> room) {
  ssize_t received;
  do {
    received = ::recv(fd(), room.data(), room.size(), MSG_DONTWAIT);
  } while (received < 0 && errno == EINTR);
  if (received > 0) return {ReceiveOutcome::kBytes, static_cast<size_t>(received)};
  if (received == 0) return {ReceiveOutcome::kEnd, 0};
  const bool later = errno == EAGAIN || errno == EWOULDBLOCK;
  return {later ? ReceiveOutcome::kBlocked : ReceiveOutcome::kBroken, 0};
}

void Socket::FinishSending() { ::shutdown(fd(), SHUT_WR); }

void Socket::Reset() {
  const linger at_once{1, 0};
  ::setsockopt(fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  Close();
}

}  // namespace sluice

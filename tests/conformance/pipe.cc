// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/pipe.h"

#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

namespace sluice {
namespace {

constexpr size_t kLengthBytes = 4;
constexpr size_t kMaxMessageBytes = size_t{256} << 20;

bool ReadAll(int fd, char* at, size_t size) {
  while (size > 0) {
    const ssize_t got = ::read(fd, at, size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    at += got;
    size -= static_cast<size_t>(got);
  }
  return true;
}

}  // namespace

std::optional<std::string> ReadMessage(int fd) {
  unsigned char length[kLengthBytes];
  if (!ReadAll(fd, reinterpret_cast<char*>(length), kLengthBytes)) return {};
  size_t size = 0;
  for (size_t i = kLengthBytes; i > 0; --i) size = size << 8 | length[i - 1];
  if (size > kMaxMessageBytes) return {};
  std::string message(size, '\0');
  if (!ReadAll(fd, message.data(), size)) return {};
  return message;
}

bool WriteMessage(int fd, absl::string_view message) {
  std::string framed;
  for (size_t i = 0; i < kLengthBytes; ++i) {
    framed.push_back(static_cast<char>(message.size() >> 8 * i & 0xff));
  }
  framed.append(message.data(), message.size());
  size_t sent = 0;
  while (sent < framed.size()) {
    const ssize_t put = ::write(fd, framed.data() + sent, framed.size() - sent);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    sent += static_cast<size_t>(put);
  }
  return true;
}

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "gateway/server/service_notice.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <ctime>
#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/base/loop/fd.h"

namespace sluice {
namespace {

// notify-reload wants to know when, to tell this notice from one of an earlier reload.
std::string Reloading() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return absl::StrCat("RELOADING=1\nMONOTONIC_USEC=",
                      int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000);
}

std::string TextOf(ServiceNotice notice) {
  switch (notice) {
    case ServiceNotice::kReady:
      return "READY=1";
    case ServiceNotice::kReloading:
      return Reloading();
    case ServiceNotice::kStopping:
      break;
  }
  return "STOPPING=1";
}

}  // namespace

void TellServiceHost(ServiceNotice notice) {
  const char* const name = std::getenv("NOTIFY_SOCKET");
  if (name == nullptr) return;
  const absl::string_view path = name;
  sockaddr_un address{};
  if (path.size() < 2 || path.size() >= sizeof address.sun_path) return;
  if (path[0] != '/' && path[0] != '@') return;
  address.sun_family = AF_UNIX;
  std::copy(path.begin(), path.end(), address.sun_path);
  if (path[0] == '@') address.sun_path[0] = '\0';  // Linux's abstract names
  const Fd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return;
  const std::string text = TextOf(notice);
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  // Who does not listen misses it: there is nobody else to tell.
  static_cast<void>(::sendto(fd.get(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                             reinterpret_cast<const sockaddr*>(&address), size));
}

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "gateway/server/service_notice.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/base/loop/fd.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

// The socket of a systemd, at an abstract name.
class ServiceNoticeTest : public testing::Test {
 protected:
  ServiceNoticeTest() : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    const std::string name = absl::StrCat("@sluice_notice_", getpid());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::copy(name.begin(), name.end(), address.sun_path);
    address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    EXPECT_EQ(::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
  }
  ~ServiceNoticeTest() override { ::unsetenv("NOTIFY_SOCKET"); }

  std::string Told() {
    char buffer[256];
    const ssize_t size = ::recv(fd_.get(), buffer, sizeof buffer, MSG_DONTWAIT);
    return size < 0 ? "" : std::string(buffer, static_cast<size_t>(size));
  }

  Fd fd_;
};

TEST_F(ServiceNoticeTest, IsADatagramEach) {
  TellServiceHost(ServiceNotice::kReady);
  EXPECT_EQ(Told(), "READY=1");
  TellServiceHost(ServiceNotice::kReloading);
  EXPECT_TRUE(absl::StartsWith(Told(), "RELOADING=1\nMONOTONIC_USEC="));
  TellServiceHost(ServiceNotice::kStopping);
  EXPECT_EQ(Told(), "STOPPING=1");
}

TEST_F(ServiceNoticeTest, GoesNowhereWhereNobodyListens) {
  for (const std::string& name : {std::string(), std::string("@"), std::string("relative"),
                                  std::string("/no/such/socket"), std::string(500, '/')}) {
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
    TellServiceHost(ServiceNotice::kReady);
  }
  EXPECT_EQ(Told(), "");
}

}  // namespace
}  // namespace sluice

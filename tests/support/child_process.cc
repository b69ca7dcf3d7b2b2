// SPDX-License-Identifier: Apache-2.0
#include "tests/support/child_process.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"

namespace sluice {

ChildProcess::ChildProcess(const std::vector<std::string>& command) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::dup2(ends[1], STDERR_FILENO);
    ::close(ends[0]);
    ::close(ends[1]);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  pipe_ = Fd(ends[0]);
}

ChildProcess::~ChildProcess() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void ChildProcess::Signal(int number) { ::kill(pid_, number); }

bool ChildProcess::WaitForOutput(absl::string_view needle, absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  while (!absl::StrContains(output_, needle)) {
    if (absl::Now() > deadline || !ReadSome(deadline - absl::Now())) break;
  }
  return absl::StrContains(output_, needle);
}

int ChildProcess::WaitForExit(absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  while (absl::Now() < deadline && ReadSome(deadline - absl::Now())) {
  }
  return WaitForExitUnread(deadline - absl::Now());
}

int ChildProcess::WaitForExitUnread(absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  int status = 0;
  while (::waitpid(pid_, &status, WNOHANG) == 0) {
    if (absl::Now() > deadline) return -1;
    absl::SleepFor(absl::Milliseconds(5));
  }
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// False at the end of the output, and when nothing came in time.
bool ChildProcess::ReadSome(absl::Duration timeout) {
  pollfd ready{.fd = pipe_.get(), .events = POLLIN, .revents = 0};
  const auto wait_ms = static_cast<int>(std::max<int64_t>(0, absl::ToInt64Milliseconds(timeout)));
  if (::poll(&ready, 1, wait_ms) != 1) return false;
  char buffer[4096];
  const ssize_t size = ::read(pipe_.get(), buffer, sizeof buffer);
  if (size <= 0) return false;
  output_.append(buffer, static_cast<size_t>(size));
  return true;
}

}  // namespace sluice

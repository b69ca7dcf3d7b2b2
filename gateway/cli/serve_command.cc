// SPDX-License-Identifier: Apache-2.0
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <initializer_list>
#include <iostream>
#include <memory>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gateway/base/observe/log.h"
#include "gateway/cli/commands.h"
#include "gateway/server/server.h"
#include "google/protobuf/stubs/logging.h"

namespace sluice {
namespace {

// Nobody may be reading them.
constexpr absl::Duration kLastLines = absl::Milliseconds(200);

sigset_t Signals(std::initializer_list<int> numbers) {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : numbers) sigaddset(&signals, number);
  return signals;
}

int WaitForSignal(const sigset_t& signals) {
  int received = 0;
  while (sigwait(&signals, &received) != 0) {
  }
  return received;
}

// Reloads until a signal to stop comes, and returns that.
int ReloadUntilStopSignal(const ConfigFlags& flags, Server& server) {
  while (true) {
    const int received = WaitForSignal(Signals({SIGINT, SIGTERM, SIGHUP}));
    if (received != SIGHUP) return received;
    server.RequestReload(ToSources(flags));
  }
}

// A second signal means: now.
void ExitOnNextSignal() {
  std::thread([] {
    WaitForSignal(Signals({SIGINT, SIGTERM}));
    _exit(kExitFailed);
  }).detach();
}

// Who presses Ctrl-C has no load balancer that must notice first.
DrainTimes TimesFor(int signal_number, const Server& server) {
  return signal_number == SIGINT ? DrainTimes() : server.drain_times();
}

// A stream takes a descriptor, and the soft limit is often 1,024.
void RaiseDescriptorLimit() {
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int RunServe(const ConfigFlags& flags) {
  // Before anything else, so that a signal that comes early waits for its turn; and before any
  // thread starts, so that all inherit it and only this one takes the signals.
  const sigset_t signals = Signals({SIGINT, SIGTERM, SIGHUP});
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  // Who started it may have it ignore some: a shell its jobs' SIGINT, nohup SIGHUP. Ignored signals
  // cannot be waited for.
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) signal(number, SIG_DFL);
  signal(SIGPIPE, SIG_IGN);
  const std::optional<EffectiveConfig> config = LoadConfigOrPrint(flags);
  if (!config.has_value()) return kExitBadInput;
  RaiseDescriptorLimit();
  // Protobuf writes a line for each string that is not UTF-8: a service could flood standard error.
  google::protobuf::SetLogHandler(nullptr);
  StartLog(LogOptionsFrom(config->config.log()));

  absl::StatusOr<std::unique_ptr<Server>> server = Server::Start(*config);
  if (!server.ok()) {
    FlushLog(kLastLines);
    std::cerr << server.status().message() << "\n";
    return server.status().code() == absl::StatusCode::kInvalidArgument ? kExitBadInput
                                                                        : kExitFailed;
  }
  LogInfo(absl::StrCat("listening on port ", (*server)->port(), ", for operators on port ",
                       (*server)->ops_port()));
  const int received = ReloadUntilStopSignal(flags, **server);
  ExitOnNextSignal();
  const DrainTimes times = TimesFor(received, **server);
  LogInfo(absl::StrCat("stopping: not ready, serving on for ", absl::FormatDuration(times.delay),
                       "; then every stream is told to come back, over ",
                       absl::FormatDuration(times.window)));
  (*server)->Drain(times);
  LogInfo("stopped");
  FlushLog(kLastLines);
  // To take everything apart could mean to wait for a service that is being asked for its schema.
  _exit(kExitFine);
}

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <iostream>
#include <memory>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gateway/base/log.h"
#include "gateway/cli/commands.h"
#include "gateway/server/server.h"
#include "google/protobuf/stubs/logging.h"

namespace sluice {
namespace {

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

int WaitForStopSignal() {
  const sigset_t signals = StopSignals();
  int received = 0;
  while (sigwait(&signals, &received) != 0) {
  }
  return received;
}

// A second signal means: now.
void ExitOnNextSignal() {
  std::thread([] {
    WaitForStopSignal();
    _exit(kExitFailed);
  }).detach();
}

// A stream takes a descriptor, and the soft limit is often 1,024.
void RaiseDescriptorLimit() {
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

LogOptions LogOptionsFrom(const sluice::config::v1::Log& log) {
  LogOptions options;
  options.format = log.format() == "text" ? LogFormat::kText : LogFormat::kJson;
  if (log.level() == "trace") options.level = LogLevel::kTrace;
  if (log.level() == "debug") options.level = LogLevel::kDebug;
  if (log.level() == "warning") options.level = LogLevel::kWarning;
  if (log.level() == "error") options.level = LogLevel::kError;
  if (log.level() == "off") options.level = LogLevel::kOff;
  return options;
}

}  // namespace

int RunServe(const ConfigFlags& flags) {
  const std::optional<EffectiveConfig> config = LoadConfigOrPrint(flags);
  if (!config.has_value()) return kExitBadInput;
  // Before any thread starts, so that all inherit it and only this one takes the signals.
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  RaiseDescriptorLimit();
  // Protobuf writes a line for each string that is not UTF-8: a service could flood standard error.
  google::protobuf::SetLogHandler(nullptr);
  StartLog(LogOptionsFrom(config->config.log()));

  absl::StatusOr<std::unique_ptr<Server>> server = Server::Start(*config);
  if (!server.ok()) {
    std::cerr << server.status().message() << "\n";
    return server.status().code() == absl::StatusCode::kInvalidArgument ? kExitBadInput
                                                                        : kExitFailed;
  }
  LogInfo(absl::StrCat("listening on port ", (*server)->port(), ", for operators on port ",
                       (*server)->ops_port()));
  WaitForStopSignal();
  ExitOnNextSignal();
  LogInfo("stopping: every stream is told to come back");
  (*server)->Drain();
  server->reset();
  return kExitFine;
}

}  // namespace sluice

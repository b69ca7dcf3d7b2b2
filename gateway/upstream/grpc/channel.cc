// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/grpc/channel.h"

#include <grpc/grpc.h>
#include <grpc/support/log.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "gateway/base/observe/log.h"

namespace sluice {
namespace {

// gRPC says on standard error, in a form of its own, what a service did wrong.
void LogFromGrpc(gpr_log_func_args* line) {
  const absl::string_view file = line->file;
  LogLine(line->severity == GPR_LOG_SEVERITY_ERROR ? LogLevel::kWarning : LogLevel::kDebug,
          absl::StrCat("grpc: ", file.substr(file.rfind('/') + 1), ":", line->line, ": ",
                       line->message));
}

void PrepareGrpcOnce() {
  static const bool once = [] {
    // Abseil, built for debugging, looks for cycles at every lock that gRPC takes: a tenth of the
    // cost of a message.
    absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
    gpr_set_log_function(LogFromGrpc);
    return true;
  }();
  static_cast<void>(once);
}

int ClampToInt(size_t bytes) {
  return static_cast<int>(std::min<size_t>(bytes, std::numeric_limits<int>::max()));
}

int ToMilliseconds(absl::Duration duration) {
  return ClampToInt(static_cast<size_t>(absl::ToInt64Milliseconds(duration)));
}

// A service that was killed and is back must be found within a second or two.
void SetReconnect(grpc::ChannelArguments& arguments) {
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  // In spite of its name this is how long one attempt may take, TLS and HTTP/2 settings included,
  // and with its default an address that answers nothing keeps the callers waiting 20 s.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 5000);
  // Pods that were replaced have new addresses; the default asks for them twice a minute at most.
  arguments.SetInt(GRPC_ARG_DNS_MIN_TIME_BETWEEN_RESOLUTIONS_MS, 1000);
}

}  // namespace

GrpcHold::GrpcHold() { grpc_init(); }

GrpcHold::~GrpcHold() { grpc_shutdown_blocking(); }

ChannelMaker::ChannelMaker(const Limits& limits) : limits_(limits), quota_("sluice") {
  PrepareGrpcOnce();
  quota_.Resize(limits.buffer_bytes);
}

std::shared_ptr<grpc::Channel> ChannelMaker::Make(const std::string& target) const {
  grpc::ChannelArguments arguments;
  arguments.SetUserAgentPrefix("sluice/" SLUICE_VERSION);
  arguments.SetMaxReceiveMessageSize(ClampToInt(limits_.max_message_bytes));
  arguments.SetResourceQuota(quota_);
  // The probe of bandwidth widens the window of streams that nobody reads: 100 stalled streams were
  // seen to hold 536 MB with it, and 22 without.
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  // Details of errors come as metadata, and 8 KB, the default, is less than a stack trace.
  arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, 64 * 1024);
  // What the operator did not configure must not decide where a call goes or how often it is made.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, ToMilliseconds(limits_.ping_interval));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, ToMilliseconds(limits_.ping_timeout));
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);  // no limit: we only listen
  // By default gRPC sends every RPC to the first address of a name: to one pod of them all.
  arguments.SetLoadBalancingPolicyName("round_robin");
  SetReconnect(arguments);
  return grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/strings/string_view.h"

namespace sluice {

// What a process tells the systemd that has started it (Type=notify or notify-reload): a datagram
// to the socket that NOTIFY_SOCKET names, and nothing where there is none. Never waits.
//
// Threads: any, as long as nobody changes the environment.
enum class ServiceNotice { kReady, kReloading, kStopping };

void TellServiceHost(ServiceNotice notice);

}  // namespace sluice

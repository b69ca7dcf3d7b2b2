// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace sluice {

// The process's own log: lines on standard error. Text from outside is escaped.
//
// Threads: any. Until StartLog nothing is written.
enum class LogLevel { kTrace, kDebug, kInfo, kWarning, kError, kOff };
enum class LogFormat { kJson, kText };

struct LogOptions {
  LogLevel level = LogLevel::kInfo;
  LogFormat format = LogFormat::kJson;
};

void StartLog(const LogOptions& options);

void LogLine(LogLevel level, absl::string_view message);
inline void LogDebug(absl::string_view message) { LogLine(LogLevel::kDebug, message); }
inline void LogInfo(absl::string_view message) { LogLine(LogLevel::kInfo, message); }
inline void LogWarning(absl::string_view message) { LogLine(LogLevel::kWarning, message); }
inline void LogError(absl::string_view message) { LogLine(LogLevel::kError, message); }

// True if a line of that level would be written: to spare building it.
bool LogsAt(LogLevel level);

}  // namespace sluice

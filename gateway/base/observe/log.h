// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/base/observe/log_fields.h"

namespace sluice {

// The process's own log: lines on standard error. Text from outside is escaped.
//
// Bounds:  lines that nobody takes wait in a LineQueue, and are lost and counted where it is full:
//          nobody who logs ever waits.
// Threads: any. Until StartLog nothing is written.
enum class LogLevel { kTrace, kDebug, kInfo, kWarning, kError, kOff };
enum class LogFormat { kJson, kText };

struct LogOptions {
  LogLevel level = LogLevel::kInfo;
  LogFormat format = LogFormat::kJson;
  bool access = true;  // a line for each stream that opens, ends or is refused
};

// May be called again, to change the options.
void StartLog(const LogOptions& options);

void LogLine(LogLevel level, absl::string_view message, const LogFields& fields = {});
inline void LogDebug(absl::string_view message) { LogLine(LogLevel::kDebug, message); }
inline void LogInfo(absl::string_view message) { LogLine(LogLevel::kInfo, message); }
inline void LogWarning(absl::string_view message) { LogLine(LogLevel::kWarning, message); }
inline void LogError(absl::string_view message) { LogLine(LogLevel::kError, message); }

// True if a line of that level would be written: to spare building it.
bool LogsAt(LogLevel level);

// True if the access log is written, at the level kInfo.
bool LogsAccess();

// Waits until all lines are written, at most `timeout`; true if they are.
bool FlushLog(absl::Duration timeout);

// Lines that were lost because nobody took those before them.
uint64_t LostLogLines();

}  // namespace sluice

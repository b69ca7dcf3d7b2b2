// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/observe/log.h"

#include <unistd.h>

#include <atomic>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/base/observe/line_queue.h"
#include "gateway/base/text/json_string.h"

namespace sluice {
namespace {

// A message may quote what came from outside; a line must stay a line.
constexpr size_t kMaxMessageBytes = 8 * 1024;

std::atomic<LogLevel> g_level{LogLevel::kOff};
std::atomic<LogFormat> g_format{LogFormat::kJson};
std::atomic<bool> g_access{false};
std::atomic<LineQueue*> g_queue{nullptr};

absl::string_view NameOf(LogLevel level) {
  switch (level) {
    case LogLevel::kTrace:
      return "trace";
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
    case LogLevel::kOff:
      break;
  }
  return "off";
}

std::string FormatLine(LogLevel level, absl::string_view message, const LogFields& fields) {
  const std::string time =
      absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", absl::Now(), absl::UTCTimeZone());
  const bool cut = message.size() > kMaxMessageBytes;
  const std::string text =
      JsonString(cut ? absl::StrCat(message.substr(0, kMaxMessageBytes), "...") : message);
  if (g_format.load(std::memory_order_relaxed) == LogFormat::kJson) {
    return absl::StrCat("{\"time\":\"", time, "\",\"level\":\"", NameOf(level),
                        "\",\"message\":", text, fields.ToJsonMembers(), "}\n");
  }
  return absl::StrCat(time, " ", NameOf(level), " ", text.substr(1, text.size() - 2),
                      fields.ToText(), "\n");
}

// Never freed: nobody can tell whether another thread still logs when the process ends.
LineQueue& Queue() {
  static auto* const queue = new LineQueue(
      {.fd = STDERR_FILENO, .lost_line = [](uint64_t lost) {
         return FormatLine(LogLevel::kWarning, "lines of log were lost: nobody took them",
                           LogFields().Number("lost", lost));
       }});
  return *queue;
}

}  // namespace

void StartLog(const LogOptions& options) {
  g_queue = &Queue();
  g_format = options.format;
  g_access = options.access;
  g_level = options.level;
}

bool LogsAt(LogLevel level) {
  return level != LogLevel::kOff && level >= g_level.load(std::memory_order_relaxed);
}

bool LogsAccess() { return g_access.load(std::memory_order_relaxed) && LogsAt(LogLevel::kInfo); }

void LogLine(LogLevel level, absl::string_view message, const LogFields& fields) {
  if (!LogsAt(level)) return;
  g_queue.load()->Push(FormatLine(level, message, fields));
}

bool FlushLog(absl::Duration timeout) {
  LineQueue* const queue = g_queue.load();
  return queue == nullptr || queue->Flush(timeout);
}

uint64_t LostLogLines() {
  const LineQueue* const queue = g_queue.load();
  return queue == nullptr ? 0 : queue->lost();
}

}  // namespace sluice

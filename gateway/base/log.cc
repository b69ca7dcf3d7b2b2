// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <atomic>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gateway/base/rpc_status.h"

namespace sluice {
namespace {

// A message may quote what came from outside; a line must stay a line.
constexpr size_t kMaxMessageBytes = 8 * 1024;

// spdlog cares for whole lines from many threads; what is in a line is ours.
struct Output {
  LogFormat format;
  std::unique_ptr<spdlog::logger> logger;
  // Nobody can tell whether another thread still writes with an earlier output: none is freed.
  const Output* earlier = nullptr;
};

std::atomic<LogLevel> g_level{LogLevel::kOff};
std::atomic<Output*> g_output{nullptr};

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

std::string FormatLine(LogFormat format, LogLevel level, absl::string_view message) {
  const std::string time =
      absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", absl::Now(), absl::UTCTimeZone());
  const bool cut = message.size() > kMaxMessageBytes;
  const std::string text =
      JsonString(cut ? absl::StrCat(message.substr(0, kMaxMessageBytes), "...") : message);
  if (format == LogFormat::kJson) {
    return absl::StrCat("{\"time\":\"", time, "\",\"level\":\"", NameOf(level),
                        "\",\"message\":", text, "}");
  }
  return absl::StrCat(time, " ", NameOf(level), " ", text.substr(1, text.size() - 2));
}

}  // namespace

void StartLog(const LogOptions& options) {
  try {
    auto output = std::make_unique<Output>();
    output->format = options.format;
    output->logger = std::make_unique<spdlog::logger>(
        "sluice", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    output->logger->set_pattern("%v");
    output->logger->set_level(spdlog::level::trace);
    output->earlier = g_output.load();
    g_output = output.release();
    g_level = options.level;
  } catch (const std::exception&) {
    g_level = LogLevel::kOff;  // without standard error there is nobody to tell
  }
}

bool LogsAt(LogLevel level) {
  return level != LogLevel::kOff && level >= g_level.load(std::memory_order_relaxed);
}

void LogLine(LogLevel level, absl::string_view message) {
  if (!LogsAt(level)) return;
  const Output* const output = g_output.load();
  if (output == nullptr) return;
  try {
    const std::string line = FormatLine(output->format, level, message);
    output->logger->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
  } catch (const std::exception&) {
    // A line is lost; that must not stop what it tells about.
    return;
  }
}

}  // namespace sluice

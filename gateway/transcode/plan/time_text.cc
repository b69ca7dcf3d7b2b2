// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/plan/time_text.h"

#include "gateway/transcode/plan/number_writer.h"

namespace sluice {
namespace {

constexpr int64_t kMinTimestampSeconds = -62135596800;  // 0001-01-01T00:00:00Z
constexpr int64_t kMaxTimestampSeconds = 253402300799;  // 9999-12-31T23:59:59Z
constexpr int64_t kMaxDurationSeconds = 315576000000;
constexpr int32_t kNanosPerSecond = 1000000000;
constexpr uint32_t kSecondsPerDay = 24 * 60 * 60;

// Years are counted from the first of March of the year 0, so that the leap day is a year's last.
constexpr uint32_t kDaysBefore1970 = 719468;
constexpr uint32_t kDaysOf400Years = 146097;
constexpr uint32_t kDaysOf100Years = 36524;
constexpr uint32_t kDaysOf4Years = 1461;

struct Date {
  uint32_t year;
  uint32_t month;
  uint32_t day;
};

// `days` since the first of March of the year 0.
Date DateOf(uint32_t days) {
  const uint32_t cycle = days / kDaysOf400Years;
  uint32_t rest = days % kDaysOf400Years;
  // The last day of 400 and of 4 years is the leap day that the division does not know.
  const uint32_t century = rest / kDaysOf100Years < 4 ? rest / kDaysOf100Years : 3;
  rest -= century * kDaysOf100Years;
  const uint32_t olympiad = rest / kDaysOf4Years;
  rest -= olympiad * kDaysOf4Years;
  const uint32_t year = rest / 365 < 4 ? rest / 365 : 3;
  rest -= year * 365;
  // From March on, five months have 153 days.
  const uint32_t month = (5 * rest + 2) / 153;
  const uint32_t day = rest - (153 * month + 2) / 5 + 1;
  const bool is_next_year = month >= 10;
  return {cycle * 400 + century * 100 + olympiad * 4 + year + (is_next_year ? 1 : 0),
          is_next_year ? month - 9 : month + 3, day};
}

char* WriteFraction(uint32_t nanos, char* out) {
  if (nanos == 0) return out;
  *out++ = '.';
  *out++ = static_cast<char>('0' + nanos / 100000000);
  out = WriteEightDigits(nanos % 100000000, out);
  if (nanos % 1000000 == 0) return out - 6;
  return nanos % 1000 == 0 ? out - 3 : out;
}

}  // namespace

char* WriteTimestamp(int64_t seconds, int32_t nanos, char* out) {
  if (seconds < kMinTimestampSeconds || seconds > kMaxTimestampSeconds || nanos < 0 ||
      nanos >= kNanosPerSecond) {
    return nullptr;
  }
  const auto since =
      static_cast<uint64_t>(seconds + int64_t{kDaysBefore1970} * int64_t{kSecondsPerDay});
  const Date date = DateOf(static_cast<uint32_t>(since / kSecondsPerDay));
  const auto second = static_cast<uint32_t>(since % kSecondsPerDay);
  *out++ = '"';
  out = WriteFourDigits(date.year, out);
  *out++ = '-';
  out = WriteTwoDigits(date.month, out);
  *out++ = '-';
  out = WriteTwoDigits(date.day, out);
  *out++ = 'T';
  out = WriteTwoDigits(second / 3600, out);
  *out++ = ':';
  out = WriteTwoDigits(second / 60 % 60, out);
  *out++ = ':';
  out = WriteTwoDigits(second % 60, out);
  out = WriteFraction(static_cast<uint32_t>(nanos), out);
  *out++ = 'Z';
  *out++ = '"';
  return out;
}

char* WriteDuration(int64_t seconds, int32_t nanos, char* out) {
  if (seconds < -kMaxDurationSeconds || seconds > kMaxDurationSeconds ||
      nanos <= -kNanosPerSecond || nanos >= kNanosPerSecond || (seconds > 0 && nanos < 0) ||
      (seconds < 0 && nanos > 0)) {
    return nullptr;
  }
  *out++ = '"';
  if (seconds < 0 || nanos < 0) *out++ = '-';
  out = WriteUint64(static_cast<uint64_t>(seconds < 0 ? -seconds : seconds), out);
  out = WriteFraction(static_cast<uint32_t>(nanos < 0 ? -nanos : nanos), out);
  *out++ = 's';
  *out++ = '"';
  return out;
}

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/well_known.h"

#include <charconv>
#include <cstddef>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/time/civil_time.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr int64_t kMinTimestampSeconds = -62135596800;  // 0001-01-01T00:00:00Z
constexpr int64_t kMaxTimestampSeconds = 253402300799;  // 9999-12-31T23:59:59Z
constexpr int64_t kMaxDurationSeconds = 315576000000;
constexpr int32_t kNanosPerSecond = 1000000000;
constexpr size_t kMaxFractionDigits = 9;

bool HasSingular(const Descriptor& type, int number, FieldDescriptor::Type field_type) {
  const FieldDescriptor* field = type.FindFieldByNumber(number);
  return field != nullptr && !field->is_repeated() && field->type() == field_type;
}

bool HasRepeated(const Descriptor& type, int number, FieldDescriptor::Type field_type) {
  const FieldDescriptor* field = type.FindFieldByNumber(number);
  return field != nullptr && field->is_repeated() && field->type() == field_type;
}

bool HasSecondsAndNanos(const Descriptor& type) {
  return HasSingular(type, 1, FieldDescriptor::TYPE_INT64) &&
         HasSingular(type, 2, FieldDescriptor::TYPE_INT32);
}

bool IsWrapper(const Descriptor& type) {
  const FieldDescriptor* value = type.FindFieldByNumber(1);
  return type.field_count() == 1 && value != nullptr && !value->is_repeated() &&
         value->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE;
}

bool HasMap(const Descriptor& type) {
  const FieldDescriptor* fields = type.FindFieldByNumber(1);
  return fields != nullptr && fields->is_map() &&
         fields->message_type()->map_key()->type() == FieldDescriptor::TYPE_STRING &&
         fields->message_type()->map_value()->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
}

// What Struct, ListValue and null become inside of it: members 1 and 4 to 6 and the scalars.
bool IsValue(const Descriptor& type) {
  if (type.real_oneof_decl_count() != 1 || type.field_count() != 6) return false;
  const FieldDescriptor::Type types[] = {
      FieldDescriptor::TYPE_ENUM, FieldDescriptor::TYPE_DOUBLE,  FieldDescriptor::TYPE_STRING,
      FieldDescriptor::TYPE_BOOL, FieldDescriptor::TYPE_MESSAGE, FieldDescriptor::TYPE_MESSAGE};
  for (int number = 1; number <= 6; ++number) {
    if (!HasSingular(type, number, types[number - 1])) return false;
  }
  return true;
}

void AppendPadded(int64_t value, int digits, std::string& out) {
  const size_t end = out.size() + static_cast<size_t>(digits);
  out.resize(end, '0');
  for (size_t at = end; value != 0 && digits > 0; value /= 10, --digits) {
    out[--at] = static_cast<char>('0' + value % 10);
  }
}

// `.5`, in groups of three digits; nothing for 0.
void AppendFraction(int32_t nanos, std::string& out) {
  if (nanos == 0) return;
  out.push_back('.');
  if (nanos % 1000000 == 0) {
    AppendPadded(nanos / 1000000, 3, out);
  } else if (nanos % 1000 == 0) {
    AppendPadded(nanos / 1000, 6, out);
  } else {
    AppendPadded(nanos, 9, out);
  }
}

// Reads a text from the left, strictly.
class Reader final {
 public:
  explicit Reader(absl::string_view text) : rest_(text) {}

  bool empty() const { return rest_.empty(); }

  bool Take(char expected) {
    if (rest_.empty() || rest_.front() != expected) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // Exactly that many digits.
  std::optional<int> TakeNumber(size_t digits) {
    if (rest_.size() < digits) return {};
    int value = 0;
    for (const char digit : rest_.substr(0, digits)) {
      if (!absl::ascii_isdigit(static_cast<unsigned char>(digit))) return {};
      value = value * 10 + (digit - '0');
    }
    rest_.remove_prefix(digits);
    return value;
  }

  absl::string_view TakeDigits() {
    size_t count = 0;
    while (count < rest_.size() && absl::ascii_isdigit(static_cast<unsigned char>(rest_[count]))) {
      ++count;
    }
    const absl::string_view digits = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return digits;
  }

  // `.` and one to nine digits, or nothing at all, which is 0.
  std::optional<int32_t> TakeNanos() {
    if (!Take('.')) return 0;
    const absl::string_view digits = TakeDigits();
    if (digits.empty() || digits.size() > kMaxFractionDigits) return {};
    int32_t nanos = 0;
    for (size_t i = 0; i < kMaxFractionDigits; ++i) {
      nanos = nanos * 10 + (i < digits.size() ? digits[i] - '0' : 0);
    }
    return nanos;
  }

  // `Z`, `+01:30` or `-01:30`, in seconds.
  std::optional<int> TakeOffset() {
    if (Take('Z')) return 0;
    const int sign = Take('+') ? 1 : Take('-') ? -1 : 0;
    if (sign == 0) return {};
    const std::optional<int> hours = TakeNumber(2);
    if (!hours || *hours > 23 || !Take(':')) return {};
    const std::optional<int> minutes = TakeNumber(2);
    if (!minutes || *minutes > 59) return {};
    return sign * (*hours * 3600 + *minutes * 60);
  }

 private:
  absl::string_view rest_;
};

// `2024-02-29T12:00:00` as seconds since 1970.
std::optional<int64_t> TakeCivilSeconds(Reader& reader) {
  const std::optional<int> year = reader.TakeNumber(4);
  if (!year || *year == 0 || !reader.Take('-')) return {};
  const std::optional<int> month = reader.TakeNumber(2);
  if (!month || !reader.Take('-')) return {};
  const std::optional<int> day = reader.TakeNumber(2);
  if (!day || !reader.Take('T')) return {};
  const std::optional<int> hour = reader.TakeNumber(2);
  if (!hour || !reader.Take(':')) return {};
  const std::optional<int> minute = reader.TakeNumber(2);
  if (!minute || !reader.Take(':')) return {};
  const std::optional<int> second = reader.TakeNumber(2);
  if (!second) return {};
  const absl::CivilSecond civil(*year, *month, *day, *hour, *minute, *second);
  // absl turns the 30th of February into the 1st of March.
  if (civil.month() != *month || civil.day() != *day || civil.hour() != *hour ||
      civil.minute() != *minute || civil.second() != *second) {
    return {};
  }
  return civil - absl::CivilSecond(1970, 1, 1);
}

}  // namespace

WellKnown WellKnownOf(const Descriptor& type) {
  switch (type.well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_UNSPECIFIED:
      return WellKnown::kNone;
    case Descriptor::WELLKNOWNTYPE_ANY:
      return HasSingular(type, 1, FieldDescriptor::TYPE_STRING) &&
                     HasSingular(type, 2, FieldDescriptor::TYPE_BYTES)
                 ? WellKnown::kAny
                 : WellKnown::kNone;
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      return HasSecondsAndNanos(type) ? WellKnown::kTimestamp : WellKnown::kNone;
    case Descriptor::WELLKNOWNTYPE_DURATION:
      return HasSecondsAndNanos(type) ? WellKnown::kDuration : WellKnown::kNone;
    case Descriptor::WELLKNOWNTYPE_FIELDMASK:
      return HasRepeated(type, 1, FieldDescriptor::TYPE_STRING) ? WellKnown::kFieldMask
                                                                : WellKnown::kNone;
    case Descriptor::WELLKNOWNTYPE_STRUCT:
      return HasMap(type) ? WellKnown::kStruct : WellKnown::kNone;
    case Descriptor::WELLKNOWNTYPE_VALUE:
      return IsValue(type) ? WellKnown::kValue : WellKnown::kNone;
    case Descriptor::WELLKNOWNTYPE_LISTVALUE:
      return HasRepeated(type, 1, FieldDescriptor::TYPE_MESSAGE) ? WellKnown::kListValue
                                                                 : WellKnown::kNone;
    default:
      return IsWrapper(type) ? WellKnown::kWrapper : WellKnown::kNone;
  }
}

bool IsNullValue(const google::protobuf::EnumDescriptor& type) {
  return type.full_name() == "google.protobuf.NullValue";
}

bool IsHttpBody(const Descriptor& type) {
  return type.full_name() == "google.api.HttpBody" &&
         HasSingular(type, 1, FieldDescriptor::TYPE_STRING) &&
         HasSingular(type, 2, FieldDescriptor::TYPE_BYTES);
}

std::optional<std::string> TimestampText(SecondsNanos time) {
  if (time.seconds < kMinTimestampSeconds || time.seconds > kMaxTimestampSeconds ||
      time.nanos < 0 || time.nanos >= kNanosPerSecond) {
    return {};
  }
  const absl::CivilSecond civil = absl::CivilSecond(1970, 1, 1) + time.seconds;
  std::string text;
  text.reserve(sizeof("2006-01-02T15:04:05.000000000Z"));
  AppendPadded(civil.year(), 4, text);
  text.push_back('-');
  AppendPadded(civil.month(), 2, text);
  text.push_back('-');
  AppendPadded(civil.day(), 2, text);
  text.push_back('T');
  AppendPadded(civil.hour(), 2, text);
  text.push_back(':');
  AppendPadded(civil.minute(), 2, text);
  text.push_back(':');
  AppendPadded(civil.second(), 2, text);
  AppendFraction(time.nanos, text);
  text.push_back('Z');
  return text;
}

std::optional<SecondsNanos> TimestampFromText(absl::string_view text) {
  Reader reader(text);
  const std::optional<int64_t> civil = TakeCivilSeconds(reader);
  if (!civil) return {};
  const std::optional<int32_t> nanos = reader.TakeNanos();
  if (!nanos) return {};
  const std::optional<int> offset = reader.TakeOffset();
  if (!offset || !reader.empty()) return {};
  const SecondsNanos time{*civil - *offset, *nanos};
  if (time.seconds < kMinTimestampSeconds || time.seconds > kMaxTimestampSeconds) return {};
  return time;
}

std::optional<std::string> DurationText(SecondsNanos duration) {
  const auto [seconds, nanos] = duration;
  if (seconds < -kMaxDurationSeconds || seconds > kMaxDurationSeconds ||
      nanos <= -kNanosPerSecond || nanos >= kNanosPerSecond || (seconds > 0 && nanos < 0) ||
      (seconds < 0 && nanos > 0)) {
    return {};
  }
  std::string text;
  if (seconds < 0 || nanos < 0) text.push_back('-');
  text.append(std::to_string(std::abs(seconds)));
  AppendFraction(std::abs(nanos), text);
  text.push_back('s');
  return text;
}

std::optional<SecondsNanos> DurationFromText(absl::string_view text) {
  Reader reader(text);
  const int sign = reader.Take('-') ? -1 : 1;
  const absl::string_view digits = reader.TakeDigits();
  int64_t seconds = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  if (digits.empty() || parsed.ec != std::errc() || seconds > kMaxDurationSeconds) return {};
  const std::optional<int32_t> nanos = reader.TakeNanos();
  if (!nanos || !reader.Take('s') || !reader.empty()) return {};
  return SecondsNanos{sign * seconds, sign * *nanos};
}

std::optional<std::string> FieldMaskPathText(absl::string_view path) {
  std::string text;
  bool raise = false;
  for (const char character : path) {
    const auto byte = static_cast<unsigned char>(character);
    if (absl::ascii_isupper(byte) || character == ',') return {};
    if (raise && !absl::ascii_islower(byte)) return {};
    if (character == '_') {
      raise = true;
      continue;
    }
    text.push_back(raise ? absl::ascii_toupper(byte) : character);
    raise = false;
  }
  if (raise) return {};
  return text;
}

std::optional<std::string> FieldMaskPathFromText(absl::string_view text) {
  if (text.empty()) return {};
  std::string path;
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (!absl::ascii_isalnum(byte) && character != '.') return {};
    if (absl::ascii_isupper(byte)) path.push_back('_');
    path.push_back(absl::ascii_tolower(byte));
  }
  return path;
}

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/reader/sse_scanner.h"

#include <algorithm>
#include <charconv>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "tests/bench/net/socket.h"

namespace sluice::bench {
namespace {

constexpr size_t kMaxHeadBytes = 16 * 1024;
constexpr size_t kMaxLineBytes = 8 * 1024 * 1024;
constexpr size_t kMaxLatencies = 2'000'000;
constexpr size_t kChunkEndBytes = 2;
constexpr std::string_view kSent = "\"sentNs\":\"";

}  // namespace

bool SseScanner::Scan(std::string_view bytes, Tally& tally) {
  tally.bytes += bytes.size();
  while (!bytes.empty()) {
    bool good = true;
    switch (part_) {
      case Part::kHead:
        good = TakeHead(bytes);
        break;
      case Part::kChunkSize:
        good = TakeChunkSize(bytes);
        break;
      case Part::kChunk:
        good = TakeChunk(bytes, tally);
        break;
      case Part::kChunkEnd:
        good = TakeChunkEnd(bytes);
        break;
      case Part::kUnchunked:
        good = ScanText(bytes, tally);
        bytes = {};
        break;
      case Part::kEnd:
        good = false;
        break;
    }
    if (!good) return false;
  }
  return true;
}

bool SseScanner::TakeHead(std::string_view& bytes) {
  const size_t had = kept_.size();
  kept_.append(bytes);
  const size_t end = kept_.find("\r\n\r\n");
  if (end == std::string::npos) {
    bytes = {};
    return kept_.size() <= kMaxHeadBytes;
  }
  if (!kept_.starts_with("HTTP/1.1 200")) return false;
  bytes.remove_prefix(end + 4 - had);
  kept_.resize(end + 2);
  const bool chunked =
      absl::StrContains(absl::AsciiStrToLower(kept_), "\r\ntransfer-encoding: chunked\r\n");
  part_ = chunked ? Part::kChunkSize : Part::kUnchunked;
  kept_.clear();
  return true;
}

bool SseScanner::TakeChunkSize(std::string_view& bytes) {
  const size_t end = bytes.find('\n');
  kept_.append(bytes.substr(0, end));
  if (end == std::string_view::npos) {
    bytes = {};
    return kept_.size() <= kMaxHeadBytes;
  }
  bytes.remove_prefix(end + 1);
  const auto parsed = std::from_chars(kept_.data(), kept_.data() + kept_.size(), chunk_left_, 16);
  kept_.clear();
  part_ = chunk_left_ == 0 ? Part::kEnd : Part::kChunk;
  return parsed.ec == std::errc() && part_ != Part::kEnd;
}

bool SseScanner::TakeChunk(std::string_view& bytes, Tally& tally) {
  const std::string_view text = bytes.substr(0, chunk_left_);
  bytes.remove_prefix(text.size());
  chunk_left_ -= text.size();
  if (chunk_left_ == 0) {
    part_ = Part::kChunkEnd;
    chunk_left_ = kChunkEndBytes;
  }
  return ScanText(text, tally);
}

bool SseScanner::TakeChunkEnd(std::string_view& bytes) {
  const size_t taken = std::min(bytes.size(), chunk_left_);
  bytes.remove_prefix(taken);
  chunk_left_ -= taken;
  if (chunk_left_ == 0) part_ = Part::kChunkSize;
  return true;
}

bool SseScanner::ScanText(std::string_view text, Tally& tally) {
  while (!text.empty()) {
    const size_t end = text.find('\n');
    if (end == std::string_view::npos) {
      line_.append(text);
      return line_.size() <= kMaxLineBytes;
    }
    if (line_.empty()) {
      ScanLine(text.substr(0, end), tally);
    } else {
      line_.append(text.substr(0, end));
      ScanLine(line_, tally);
      line_.clear();
    }
    text.remove_prefix(end + 1);
  }
  return true;
}

void SseScanner::ScanLine(std::string_view line, Tally& tally) {
  if (!line.starts_with("data:")) return;
  const size_t sent = line.find(kSent);
  if (sent == std::string_view::npos) return;
  ++tally.events;
  if (!tally.keep_latencies || tally.latencies_ns.size() >= kMaxLatencies) return;
  int64_t sent_ns = 0;
  std::from_chars(line.data() + sent + kSent.size(), line.data() + line.size(), sent_ns);
  tally.latencies_ns.push_back(std::max<int64_t>(0, NowNs() - sent_ns));
}

}  // namespace sluice::bench

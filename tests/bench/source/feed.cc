// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/source/feed.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "tests/bench/net/socket.h"

namespace sluice::bench {
namespace {

constexpr size_t kMaxPendingBytes = 64 * 1024;
constexpr int kMaxBatch = 1024;
constexpr int kMaxBurst = 1024;

::bench::v1::Tick FirstTick(const ::bench::v1::Request& request) {
  ::bench::v1::Tick tick;
  tick.set_symbol(request.tag().empty() ? "ACME.XNAS" : request.tag());
  tick.set_price(123.45);
  tick.set_sent_ns(NowNs());
  tick.set_size(1500);
  tick.set_venue("XNAS");
  tick.set_trade_id("3f2504e0-4f89-41d3-9a0c-0305e82c3301");
  const auto wanted = static_cast<size_t>(std::max(0, request.size()));
  const size_t have = tick.ByteSizeLong();
  if (wanted > have) tick.mutable_trade_id()->append(wanted - have, '7');
  return tick;
}

std::string Chunk(const std::string& event) {
  return absl::StrCat(absl::Hex(event.size()), "\r\n", event, "\r\n");
}

}  // namespace

std::string EncodeGrpc(const ::bench::v1::Tick& tick) {
  const auto size = static_cast<uint32_t>(tick.ByteSizeLong());
  std::string bytes = {'\0', static_cast<char>(size >> 24), static_cast<char>(size >> 16),
                       static_cast<char>(size >> 8), static_cast<char>(size)};
  tick.AppendToString(&bytes);
  return bytes;
}

// Written by hand: the general JSON printer takes microseconds, which would count as latency of the
// plain relay behind this source and so flatter every gateway.
std::string EncodeJson(const ::bench::v1::Tick& tick) {
  return absl::StrCat("{\"symbol\":\"", tick.symbol(), "\",\"price\":", tick.price(),
                      ",\"sentNs\":\"", tick.sent_ns(), "\",\"size\":", tick.size(),
                      ",\"venue\":\"", tick.venue(), "\",\"tradeId\":\"", tick.trade_id(), "\"}");
}

std::string EncodeSseChunk(const ::bench::v1::Tick& tick) {
  return Chunk(absl::StrCat("event: Tick\ndata: ", EncodeJson(tick), "\n\n"));
}

std::string EncodeSharedSseChunk(const ::bench::v1::Tick& tick) {
  const int64_t number = 1000 + tick.sent_ns() / 1'000'000 % 9000;
  return Chunk(
      absl::StrCat("event: Tick\ndata: ", EncodeJson(tick), "\nid: k7q2-", number, "\n\n"));
}

Feed::Feed(const ::bench::v1::Request& request, Encode encode)
    : request_(request), encode_(encode), tick_(FirstTick(request)) {
  if (paced()) {
    made_ = std::clamp(request_.burst(), 0, kMaxBurst);
    for (int64_t i = 0; i < made_; ++i) bytes_ += encode_(tick_);
    return;
  }
  const std::string one = encode_(tick_);
  const int batch = std::clamp(request_.batch(), 1, kMaxBatch);
  for (int i = 0; i < batch; ++i) bytes_ += one;
}

void Feed::Tick(int64_t now_ns) {
  if (counted_out()) return;
  ++made_;
  if (bytes_.size() < kMaxPendingBytes) {
    tick_.set_sent_ns(now_ns);
    bytes_ += encode_(tick_);
  }
  if (wake_) wake_();
}

size_t Feed::Read(char* out, size_t room) {
  return paced() ? ReadPending(out, room) : ReadRepeated(out, room);
}

size_t Feed::ReadRepeated(char* out, size_t room) {
  if (counted_out()) return 0;
  const size_t size = std::min(room, bytes_.size() - offset_);
  std::memcpy(out, bytes_.data() + offset_, size);
  offset_ += size;
  if (offset_ == bytes_.size()) {
    offset_ = 0;
    made_ += std::clamp(request_.batch(), 1, kMaxBatch);
  }
  return size;
}

size_t Feed::ReadPending(char* out, size_t room) {
  const size_t size = std::min(room, bytes_.size() - offset_);
  std::memcpy(out, bytes_.data() + offset_, size);
  offset_ += size;
  if (offset_ == bytes_.size()) {
    bytes_.clear();
    offset_ = 0;
  }
  return size;
}

bool Feed::finished() const { return counted_out() && (!paced() || bytes_.empty()); }

}  // namespace sluice::bench

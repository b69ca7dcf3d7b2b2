// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/source/h2_connection.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>
#include <vector>

#include "tests/bench/net/socket.h"

namespace sluice::bench {
namespace {

constexpr size_t kMaxRequestBytes = 64 * 1024;
constexpr size_t kPrefixBytes = 5;

nghttp2_nv Header(std::string_view name, std::string_view value) {
  // nghttp2 copies both; its interface only lacks the const.
  return {reinterpret_cast<uint8_t*>(const_cast<char*>(name.data())),
          reinterpret_cast<uint8_t*>(const_cast<char*>(value.data())), name.size(), value.size(),
          NGHTTP2_NV_FLAG_NONE};
}

}  // namespace

H2Connection::H2Connection(Fd fd, Surroundings surroundings)
    : fd_(std::move(fd)), around_(std::move(surroundings)), outbox_(around_.loop, fd_) {
  SetUpSession();
  around_.loop.Watch(fd_.get(), EPOLLIN, [this](uint32_t events) { OnReady(events); });
  Flush();
}

H2Connection::~H2Connection() {
  around_.loop.Forget(fd_.get());
  nghttp2_session_del(session_);
}

void H2Connection::SetUpSession() {
  nghttp2_session_callbacks* callbacks = nullptr;
  if (nghttp2_session_callbacks_new(&callbacks) != 0) Die("nghttp2 callbacks");
  nghttp2_session_callbacks_set_on_frame_recv_callback(
      callbacks, [](nghttp2_session*, const nghttp2_frame* frame, void* self) {
        return static_cast<H2Connection*>(self)->OnFrame(*frame);
      });
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(
      callbacks,
      [](nghttp2_session*, uint8_t, int32_t stream, const uint8_t* bytes, size_t size, void* self) {
        return static_cast<H2Connection*>(self)->OnRequestBytes(
            stream, {reinterpret_cast<const char*>(bytes), size});
      });
  nghttp2_session_callbacks_set_on_stream_close_callback(
      callbacks, [](nghttp2_session*, int32_t stream, uint32_t, void* self) {
        static_cast<H2Connection*>(self)->calls_.erase(stream);
        return 0;
      });
  if (nghttp2_session_server_new(&session_, callbacks, this) != 0) Die("nghttp2 session");
  nghttp2_session_callbacks_del(callbacks);
  const std::array<nghttp2_settings_entry, 1> settings = {
      {{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 100'000}}};
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
}

void H2Connection::OnReady(uint32_t events) {
  bool alive = true;
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) alive = Receive();
  if (alive) alive = Flush();
  if (alive) return;
  // The callback may destroy this connection and with it the function that is being called.
  const auto closed = around_.closed;
  closed();
}

bool H2Connection::Receive() {
  std::array<char, 64 * 1024> buffer;
  const ssize_t size = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
  if (size < 0) return errno == EAGAIN;
  if (size == 0) return false;
  return nghttp2_session_mem_recv(session_, reinterpret_cast<const uint8_t*>(buffer.data()),
                                  static_cast<size_t>(size)) >= 0;
}

bool H2Connection::Flush() {
  const bool alive = outbox_.Flush([this](std::string& out) {
    const uint8_t* bytes = nullptr;
    const ssize_t size = nghttp2_session_mem_send(session_, &bytes);
    if (size > 0) out.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
    return size >= 0;
  });
  return alive && (outbox_.waits() || nghttp2_session_want_read(session_) != 0 ||
                   nghttp2_session_want_write(session_) != 0);
}

int H2Connection::OnFrame(const nghttp2_frame& frame) {
  const int32_t stream = frame.hd.stream_id;
  if (frame.hd.type == NGHTTP2_HEADERS && frame.headers.cat == NGHTTP2_HCAT_REQUEST) {
    calls_[stream];
  }
  const bool is_last = (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
  if (is_last && (frame.hd.type == NGHTTP2_HEADERS || frame.hd.type == NGHTTP2_DATA)) {
    const auto call = calls_.find(stream);
    if (call != calls_.end() && call->second.feed == nullptr) Start(stream, call->second);
  }
  return 0;
}

int H2Connection::OnRequestBytes(int32_t stream, std::string_view bytes) {
  const auto call = calls_.find(stream);
  if (call == calls_.end()) return 0;
  call->second.request.append(bytes);
  if (call->second.request.size() > kMaxRequestBytes) {
    nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream, NGHTTP2_REFUSED_STREAM);
  }
  return 0;
}

void H2Connection::Start(int32_t stream, Call& call) {
  ::bench::v1::Request request;
  if (call.request.size() < kPrefixBytes ||
      !request.ParseFromString(call.request.substr(kPrefixBytes))) {
    Refuse(stream);
    return;
  }
  ++around_.calls;
  call.feed = std::make_shared<Feed>(request, EncodeGrpc);
  const std::array<nghttp2_nv, 2> headers = {Header(":status", "200"),
                                             Header("content-type", "application/grpc")};
  nghttp2_data_provider body{.source = {.ptr = call.feed.get()}, .read_callback = ReadBody};
  nghttp2_submit_response(session_, stream, headers.data(), headers.size(), &body);
  if (!call.feed->paced()) return;
  // A connection that cannot send any more is noticed, and closed, at the loop's next turn.
  call.feed->set_wake([this, stream] {
    nghttp2_session_resume_data(session_, stream);
    Flush();
  });
  around_.pacer.Add(call.feed);
}

void H2Connection::Refuse(int32_t stream) {
  const std::array<nghttp2_nv, 3> headers = {Header(":status", "200"),
                                             Header("content-type", "application/grpc"),
                                             Header("grpc-status", "3")};
  nghttp2_submit_response(session_, stream, headers.data(), headers.size(), nullptr);
}

ssize_t H2Connection::ReadBody(nghttp2_session* session, int32_t stream, uint8_t* out, size_t room,
                               uint32_t* flags, nghttp2_data_source* source, void*) {
  auto* feed = static_cast<Feed*>(source->ptr);
  const size_t size = feed->Read(reinterpret_cast<char*>(out), room);
  if (feed->finished()) {
    *flags |= NGHTTP2_DATA_FLAG_EOF | NGHTTP2_DATA_FLAG_NO_END_STREAM;
    const nghttp2_nv status = Header("grpc-status", "0");
    nghttp2_submit_trailer(session, stream, &status, 1);
    return static_cast<ssize_t>(size);
  }
  return size == 0 ? ssize_t{NGHTTP2_ERR_DEFERRED} : static_cast<ssize_t>(size);
}

}  // namespace sluice::bench

// SPDX-License-Identifier: Apache-2.0
// `sluice tail` shows what a page would see, whatever stands at the URL.
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/base/loop/fd.h"
#include "gtest/gtest.h"
#include "tests/support/child_process.h"
#include "tests/support/serving_process.h"

namespace sluice {
namespace {

constexpr char kStream[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n";

// Answers the n-th connection with the n-th answer, later ones with the last, and closes it.
class ScriptedServer final {
 public:
  explicit ScriptedServer(std::vector<std::string> answers)
      : answers_(std::move(answers)), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const raw = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(listener_.get(), raw, size), 0);
    EXPECT_EQ(listen(listener_.get(), 8), 0);
    EXPECT_EQ(getsockname(listener_.get(), raw, &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Run(); });
  }
  ~ScriptedServer() {
    stopping_ = true;
    thread_.join();
  }

  std::string Url(absl::string_view target) const {
    return absl::StrCat("http://127.0.0.1:", port_, target);
  }
  std::vector<std::string> requests() const {
    const std::lock_guard lock(mu_);
    return requests_;
  }

 private:
  void Run() {
    for (size_t count = 0; !stopping_;) {
      pollfd ready = {.fd = listener_.get(), .events = POLLIN, .revents = 0};
      if (poll(&ready, 1, 20) != 1) continue;
      const Fd browser(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      std::string head;
      char bytes[4096];
      while (!absl::StrContains(head, "\r\n\r\n")) {
        const ssize_t got = recv(browser.get(), bytes, sizeof bytes, 0);
        if (got <= 0) break;
        head.append(bytes, static_cast<size_t>(got));
      }
      {
        const std::lock_guard lock(mu_);
        requests_.push_back(head);
      }
      const std::string& answer = answers_[std::min(count++, answers_.size() - 1)];
      send(browser.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
    }
  }

  const std::vector<std::string> answers_;
  const Fd listener_;
  int port_ = 0;
  mutable std::mutex mu_;
  std::vector<std::string> requests_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

struct Ran {
  int exit_code;
  std::string output;
};

Ran RunTailOf(const std::string& url, std::vector<std::string> flags = {"--once"}) {
  flags.insert(flags.begin(), "tail");
  flags.push_back(url);
  ChildProcess process(SluiceCommand(flags));
  const int exit_code = process.WaitForExit(absl::Seconds(30));
  return {exit_code, process.output()};
}

std::string Body(absl::string_view head, absl::string_view body) {
  return absl::StrCat(head, "Content-Length: ", body.size(), "\r\n\r\n", body);
}

TEST(Tail, FollowsRedirects) {
  for (const int status : {301, 302, 303, 307, 308}) {
    ScriptedServer server({absl::StrCat("HTTP/1.1 ", status,
                                        " Moved\r\nLocation: ../b?c#d\r\nContent-Length: 4\r\n\r\n"
                                        "page"),
                           Body(kStream, "data: arrived\n\n")});
    const Ran ran = RunTailOf(server.Url("/a/x"));
    EXPECT_EQ(ran.exit_code, 0) << ran.output;
    EXPECT_EQ(ran.output, "message  arrived\n");
    EXPECT_TRUE(absl::StartsWith(server.requests().at(1), "GET /b?c HTTP/1.1\r\n"));
  }
}

TEST(Tail, EndsARedirectionThatLeadsNowhere) {
  const std::pair<const char*, const char*> cases[] = {
      {"Location: /again\r\n", "more than 20 times"},
      {"Location: file:///etc/passwd\r\n", "http:// or https://"},
      {"", "does not say where"},
  };
  for (const auto& [location, said] : cases) {
    ScriptedServer server(
        {absl::StrCat("HTTP/1.1 302 Found\r\n", location, "Content-Length: 0\r\n\r\n")});
    const Ran ran = RunTailOf(server.Url("/a"), {});
    EXPECT_EQ(ran.exit_code, 1) << ran.output;
    EXPECT_TRUE(absl::StrContains(ran.output, said)) << ran.output;
  }
}

TEST(Tail, RefusesWhatIsNotAStreamOfEvents) {
  for (const char* type : {"Content-Type: text/html\r\n", "", "Content-Type: application/json\r\n",
                           "Content-Type: text/event-streams\r\n"}) {
    ScriptedServer server({Body(absl::StrCat("HTTP/1.1 200 OK\r\n", type), "data: x\n\n")});
    const Ran ran = RunTailOf(server.Url("/a"), {});
    EXPECT_EQ(ran.exit_code, 1) << ran.output;
    EXPECT_TRUE(absl::StrContains(ran.output, "not text/event-stream")) << ran.output;
    EXPECT_FALSE(absl::StrContains(ran.output, "message")) << ran.output;
  }
  ScriptedServer server({Body(
      "HTTP/1.1 200 OK\r\nContent-Type: TEXT/Event-Stream ;charset=utf-8\r\n", "data: x\n\n")});
  EXPECT_EQ(RunTailOf(server.Url("/a")).output, "message  x\n");
}

TEST(Tail, DecodesACodingOrRefusesIt) {
  // gzip of "data: coded\n\n".
  const std::string coded(
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x4b\x49\x2c\x49\xb4\x52\x48\xce"
      "\x4f\x49\x4d\xe1\xe2\x02\x00\x2b\xef\x2c\x36\x0d\x00\x00\x00",
      33);
  ScriptedServer gzip({Body(absl::StrCat(kStream, "Content-Encoding: gzip\r\n"), coded)});
  const Ran decoded = RunTailOf(gzip.Url("/a"));
  EXPECT_EQ(decoded.output, "message  coded\n");
  EXPECT_TRUE(absl::StrContains(gzip.requests().at(0), "\r\nAccept-Encoding: identity\r\n"));
  ScriptedServer zstd({Body(absl::StrCat(kStream, "Content-Encoding: zstd\r\n"), "data: x\n\n")});
  const Ran refused = RunTailOf(zstd.Url("/a"), {});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_TRUE(absl::StrContains(refused.output, "Content-Encoding is \"zstd\"")) << refused.output;
}

TEST(Tail, AsksForTheUrlAsABrowserWould) {
  ScriptedServer server({Body(kStream, "data: x\n\n")});
  std::string url = server.Url("/a?b=c+d e#f");
  url.replace(0, 7, "HTTP://user:pass@");
  const Ran ran = RunTailOf(url);
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
  const std::string request = server.requests().at(0);
  EXPECT_TRUE(absl::StartsWith(request, "GET /a?b=c+d%20e HTTP/1.1\r\n")) << request;
  EXPECT_TRUE(absl::StrContains(request, "\r\nAuthorization: Basic dXNlcjpwYXNz\r\n")) << request;
  const Ran missing = RunTailOf("http://user:pass@127.0.0.1:1/");
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_FALSE(absl::StrContains(missing.output, "pass")) << missing.output;
}

TEST(Tail, LeavesATerminalAlone) {
  ScriptedServer server({Body(kStream,
                              "event: a\x1b]0;x\x07\nid: \xc2\x9b"
                              "1\ndata: b\x1b[2J\ndata: c\n\n")});
  EXPECT_EQ(RunTailOf(server.Url("/a")).output, "a\\u001b]0;x\\u0007 #\\u009b1  b\\u001b[2J\\nc\n");
  const Ran json = RunTailOf(server.Url("/a"), {"--json", "--once"});
  EXPECT_EQ(
      json.output,
      "{\"event\":\"a\\u001b]0;x\\u0007\",\"id\":\"\\u009b1\",\"data\":\"b\\u001b[2J\\nc\"}\n");
  ScriptedServer error({Body("HTTP/1.1 404 No\r\n", "\x1b[2Jgone\n")});
  const Ran refused = RunTailOf(error.Url("/a"));
  EXPECT_TRUE(absl::StrContains(refused.output, "answered 404: \\u001b[2Jgone\n"))
      << refused.output;
}

TEST(Tail, OnceOnAStreamThatBrokeOffFails) {
  const std::pair<std::string, int> cases[] = {
      {absl::StrCat(kStream, "Transfer-Encoding: chunked\r\n\r\n9\r\ndata: x\n\n\r\n0\r\n\r\n"), 0},
      {absl::StrCat(kStream, "Transfer-Encoding: chunked\r\n\r\n9\r\ndata: x\n\n\r\n"), 1},
      {absl::StrCat(kStream, "Content-Length: 100\r\n\r\ndata: x\n\n"), 1},
      {absl::StrCat(kStream, "\r\ndata: x\n\n"), 0},
      {absl::StrCat(kStream, "\r\ndata: x\n\ndata: y\n"), 1},
  };
  for (const auto& [answer, exit_code] : cases) {
    ScriptedServer server({answer});
    const Ran ran = RunTailOf(server.Url("/a"));
    EXPECT_EQ(ran.exit_code, exit_code) << answer << "\n" << ran.output;
    EXPECT_TRUE(absl::StrContains(ran.output, "message  x\n")) << ran.output;
    EXPECT_EQ(absl::StrContains(ran.output, "broke off"), exit_code == 1) << ran.output;
  }
}

TEST(Tail, RefusesAnIdThatWouldBeAHeaderOfItsOwn) {
  ScriptedServer server({Body(kStream, "data: x\n\n")});
  const Ran ran = RunTailOf(server.Url("/a"), {"--once", "--last-event-id", "1\r\nX: y"});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_TRUE(server.requests().empty());
}

}  // namespace
}  // namespace sluice

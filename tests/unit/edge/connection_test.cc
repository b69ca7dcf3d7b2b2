// SPDX-License-Identifier: Apache-2.0
#include "gateway/edge/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/unit/edge/edge_fixture.h"

namespace sluice {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class ConnectionTest : public EdgeFixture {
 protected:
  // A refused request: its answer, its counter, and a close that waits for the browser.
  void ExpectRefused(Browser& browser, absl::string_view status, absl::string_view reason) {
    const std::string answer = browser.Read();
    EXPECT_THAT(answer, StartsWith(absl::StrCat("HTTP/1.1 ", status, " ")));
    EXPECT_THAT(answer, AllOf(HasSubstr("Content-Type: application/json\r\n"),
                              HasSubstr("Connection: close\r\n"), HasSubstr("\"message\":\"")));
    EXPECT_TRUE(browser.SawEnd());
    EXPECT_FALSE(browser.IsClosed());
    EXPECT_EQ(metrics_.Value("edge_refused", reason), 1u);
    browser.CloseSendingSide();
    Turn();
    EXPECT_EQ(pool().connection_count(), 0u);
  }
  size_t refused(absl::string_view reason) { return metrics_.Value("edge_refused", reason); }

  Body& body_ = AddBody();
};

TEST_F(ConnectionTest, AnswersAndKeepsTheConnection) {
  Browser browser = ConnectAndSend(kGet);
  Respond(200, "one");
  Turn();
  EXPECT_THAT(browser.Read(), AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), EndsWith("\r\n\r\none"),
                                    HasSubstr("Content-Length: 3\r\n"), HasSubstr("Date: "),
                                    Not(HasSubstr("Connection:"))));
  browser.Send(kGet);
  Turn();
  ASSERT_EQ(exchanges_.size(), 2u);
  Respond(404, "two");
  Turn();
  EXPECT_THAT(browser.Read(), AllOf(StartsWith("HTTP/1.1 404 "), EndsWith("two")));
  EXPECT_FALSE(browser.SawEnd());
}

TEST_F(ConnectionTest, ReadsARequestThatArrivesByteByByte) {
  Browser browser = Connect();
  const std::string request =
      "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
  for (const char c : request) {
    EXPECT_TRUE(exchanges_.empty());
    browser.Send({&c, 1});
    Turn();
  }
  ASSERT_EQ(exchanges_.size(), 1u);
  EXPECT_EQ(exchange().request().body, "abc");
}

TEST_F(ConnectionTest, AnswersPipelinedRequestsInTheirOrder) {
  Browser browser = ConnectAndSend(
      "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n"
      "POST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nxy"
      "\r\nGET /3 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\nrest");
  ASSERT_EQ(exchanges_.size(), 1u);
  EXPECT_EQ(exchange().request().path, "/1");
  Respond(200, "one");
  Turn();
  ASSERT_EQ(exchanges_.size(), 2u);
  EXPECT_EQ(exchange().request().body, "xy");
  StartBody(body_);
  body_.Append("two");
  body_.Close(BodyEnd::kClean);
  Turn();
  ASSERT_EQ(exchanges_.size(), 3u);
  EXPECT_EQ(exchange().request().path, "/3");
  Respond(200, "three");
  Turn();
  const std::string answers = browser.Read();
  EXPECT_LT(answers.find("one"), answers.find("3\r\ntwo\r\n0\r\n\r\nHTTP/1.1"));
  EXPECT_THAT(answers, EndsWith("three"));
  EXPECT_THAT(answers, HasSubstr("Connection: close"));
  EXPECT_TRUE(browser.SawEnd());
}

TEST_F(ConnectionTest, AnswersPipelinedRequestsAfterAHalfClose) {
  Browser browser = Connect();
  browser.Send(absl::StrCat(kGet, kGet));
  browser.CloseSendingSide();
  Turn();
  Respond(200, "one");
  Turn();
  ASSERT_EQ(exchanges_.size(), 2u);
  Respond(200, "two");
  Turn();
  EXPECT_THAT(browser.Read(), AllOf(HasSubstr("one"), EndsWith("two")));
  EXPECT_TRUE(browser.IsClosed());
}

TEST_F(ConnectionTest, StopsReadingAheadAtTheSizeOfAHead) {
  options_.connection.max_head_bytes = 1000;
  Browser browser = ConnectAndSend(kGet);
  std::string requests;
  while (requests.size() < 100'000) absl::StrAppend(&requests, kGet);
  ASSERT_EQ(::send(browser.fd(), requests.data(), requests.size(), MSG_DONTWAIT),
            static_cast<ssize_t>(requests.size()));
  Turn();
  // The rest waits in the kernel.
  int waiting = 0;
  ASSERT_EQ(::ioctl(browser.fd(), SIOCOUTQ, &waiting), 0);
  EXPECT_GT(waiting, 90'000);
  for (size_t i = 0; i <= requests.size() / kGet.size(); ++i) {
    ASSERT_EQ(exchanges_.size(), i + 1);
    Respond(204, "");
    Turn();
    ReadAll(browser);
  }
}

TEST_F(ConnectionTest, SendsAStreamInChunksAndReadsTheNextRequest) {
  Browser browser = ConnectAndSend(kGet);
  StartBody(body_);
  Publish(body_, "first");
  Turn();
  EXPECT_THAT(browser.Read(), AllOf(HasSubstr("Transfer-Encoding: chunked\r\n"),
                                    EndsWith("\r\n\r\n5\r\nfirst\r\n")));
  Publish(body_, "a");
  Publish(body_, "b");
  Turn();
  EXPECT_EQ(browser.Read(), "2\r\nab\r\n");
  body_.Close(BodyEnd::kClean);
  Turn();
  EXPECT_EQ(browser.Read(), "0\r\n\r\n");
  browser.Send(kGet);
  Turn();
  EXPECT_EQ(exchanges_.size(), 2u);
}

TEST_F(ConnectionTest, SendsTheHeadOfAStreamAtOnce) {
  Browser browser = ConnectAndSend(kGet);
  StartBody(body_);
  Turn();
  EXPECT_THAT(browser.Read(), EndsWith("\r\n\r\n"));
}

TEST_F(ConnectionTest, BreaksOffAnOpenEndWithoutAReset) {
  Browser browser = ConnectAndSend(kGet);
  Listen();
  StartBody(body_);
  body_.Append("last");
  body_.Close(BodyEnd::kOpen);
  browser.Send("bytes that nobody will read");
  Turn();
  EXPECT_THAT(browser.Read(), EndsWith("4\r\nlast\r\n"));
  EXPECT_TRUE(browser.SawEnd());
  EXPECT_FALSE(browser.IsClosed());  // waits for the browser to close
  EXPECT_EQ(told_, "finished ");
  Pass(absl::Seconds(6));
  EXPECT_TRUE(browser.IsClosed());
  EXPECT_EQ(pool().connection_count(), 0u);
}

TEST_F(ConnectionTest, SendsPlainBytesToHttp10AndCloses) {
  Browser browser = ConnectAndSend("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  StartBody(body_);
  Publish(body_, "ab");
  Turn();
  EXPECT_THAT(browser.Read(), AllOf(HasSubstr("Connection: close\r\n"), Not(HasSubstr("chunked")),
                                    EndsWith("\r\n\r\nab")));
  body_.Append("c");
  body_.Close(BodyEnd::kClean);
  Turn();
  EXPECT_EQ(browser.Read(), "c");
  EXPECT_TRUE(browser.SawEnd());
}

TEST_F(ConnectionTest, SendsNoBodyWhereThereMustBeNone) {
  Browser browser = ConnectAndSend("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
  Respond(200, "four");
  Turn();
  EXPECT_THAT(browser.Read(), AllOf(HasSubstr("Content-Length: 4\r\n"), EndsWith("\r\n\r\n")));
  browser.Send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
  Turn();
  Listen();
  StartBody(body_);
  Publish(body_, "event");
  Turn();
  EXPECT_THAT(browser.Read(), AllOf(HasSubstr("chunked\r\n"), EndsWith("\r\n\r\n")));
  EXPECT_EQ(told_, "finished ");
  browser.Send(kGet);
  Turn();
  Respond(204, "ignored");
  Turn();
  EXPECT_THAT(browser.Read(),
              AllOf(StartsWith("HTTP/1.1 204 "), Not(HasSubstr("Length")), EndsWith("\r\n\r\n")));
}

TEST_F(ConnectionTest, ClosesWhenTheAnswerSaysSo) {
  Browser browser = ConnectAndSend(kGet);
  Response response;
  response.close = true;
  exchange().Respond(std::move(response));
  Turn();
  EXPECT_THAT(browser.Read(), HasSubstr("Connection: close\r\n"));
  EXPECT_TRUE(browser.SawEnd());
}

TEST_F(ConnectionTest, AsksForABodyThatIsHeldBack) {
  Browser browser = ConnectAndSend(
      "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(browser.Read(), "HTTP/1.1 100 Continue\r\n\r\n");
  browser.Send("ab");
  Turn();
  ASSERT_EQ(exchanges_.size(), 1u);
  Respond(200, "done");
  Turn();
  EXPECT_THAT(browser.Read(), AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), EndsWith("done")));
}

TEST_F(ConnectionTest, SendsALargeAnswerInParts) {
  Browser browser = Connect(4096);
  browser.Send(kGet);
  Turn();
  Listen();
  const std::string body(1'000'000, 'x');
  Respond(200, body);
  Turn();
  EXPECT_EQ(told_, "");
  EXPECT_THAT(ReadAll(browser), EndsWith("\r\n\r\n" + body));
  EXPECT_EQ(told_, "finished ");
}

TEST_F(ConnectionTest, SendsALargeStreamInPartsAndInWholeChunks) {
  Browser browser = Connect(4096);
  browser.Send(kGet);
  Turn();
  StartBody(body_);
  std::string expected;
  for (int i = 0; i < 30; ++i) {
    const std::string event(i * 1000 + 1, static_cast<char>('a' + i % 26));
    Publish(body_, event);
    Turn();
    expected += event;
  }
  body_.Close(BodyEnd::kClean);
  std::string wire = ReadAll(browser);
  wire.erase(0, wire.find("\r\n\r\n") + 4);
  std::string body;
  for (size_t size = 1; size != 0;) {
    size_t end = 0;
    size = std::stoul(wire, &end, 16);
    body += wire.substr(end + 2, size);
    ASSERT_EQ(wire.substr(end + 2 + size, 2), "\r\n");
    wire.erase(0, end + 4 + size);
  }
  EXPECT_EQ(wire, "");
  EXPECT_EQ(body, expected);
}

TEST_F(ConnectionTest, GivesTheLastBytesATimeAndThenResets) {
  Browser browser = Connect(4096);
  browser.Send(kGet);
  Turn();
  Listen();
  StartBody(body_);
  Publish(body_, std::string(1'000'000, 'x'));
  Pass(absl::Hours(1));  // a stream that goes on may stall
  EXPECT_EQ(pool().connection_count(), 1u);
  body_.Close(BodyEnd::kClean);
  Turn();
  Pass(absl::Seconds(4));
  EXPECT_EQ(pool().connection_count(), 1u);
  Pass(absl::Seconds(2));
  EXPECT_EQ(pool().connection_count(), 0u);
  EXPECT_THAT(told_, EndsWith("gone "));
  EXPECT_EQ(refused("close_timeout"), 1u);
}

TEST_F(ConnectionTest, GivesWhoReadsSlowlyTheTimeThatItTakes) {
  const std::string large(100'000, 'x');
  for (const bool whole : {true, false}) {
    Browser browser = Connect(4096);
    browser.Send(kGet);
    Turn();
    Listen();
    if (whole) {
      Respond(200, large);
    } else {
      StartBody(body_);
      Publish(body_, large);
      body_.Close(BodyEnd::kClean);
    }
    Turn();
    std::string read;
    for (int i = 0; i < 1000 && read.size() < large.size(); ++i) {
      read += browser.Read(4096);
      Turn();
      Pass(absl::Seconds(4));  // each part in time, all of them not
    }
    EXPECT_GT(read.size(), large.size());
    EXPECT_EQ(refused("close_timeout"), 0u);
  }
}

TEST_F(ConnectionTest, RefusesWhatIsNotHttp) {
  for (const absl::string_view bytes : {"\x16\x03\x01\x02", "hello\r\n", "GET / HTTP/1.1\n"}) {
    metrics_.GetCounter("edge_refused", "bad_request");
    const size_t before = refused("bad_request");
    Browser browser = ConnectAndSend(bytes);
    EXPECT_THAT(browser.Read(), StartsWith("HTTP/1.1 400 "));
    EXPECT_TRUE(browser.SawEnd());
    EXPECT_EQ(refused("bad_request"), before + 1);
  }
  EXPECT_TRUE(exchanges_.empty());
}

TEST_F(ConnectionTest, RefusesHttp2) {
  Browser browser = ConnectAndSend("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  ExpectRefused(browser, "505", "bad_version");
}

TEST_F(ConnectionTest, RefusesAHeadThatIsTooLarge) {
  Browser browser = ConnectAndSend(absl::StrCat("GET / HTTP/1.1\r\nA: ", std::string(17'000, 'x')));
  ExpectRefused(browser, "431", "head_too_large");
}

TEST_F(ConnectionTest, RefusesABodyThatIsTooLargeWithoutAskingForIt) {
  Browser browser = ConnectAndSend(
      "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 9999999\r\n\r\n");
  ExpectRefused(browser, "413", "body_too_large");
}

TEST_F(ConnectionTest, RefusesATransferEncodingThatItDoesNotKnow) {
  Browser browser = ConnectAndSend("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n");
  ExpectRefused(browser, "501", "bad_transfer_encoding");
}

TEST_F(ConnectionTest, LetsAPageOfAListedOriginReadEveryRefusal) {
  pool().UseOrigins(std::make_shared<const OriginPolicy>(
      OriginPolicy::Options{.origins = {"https://app"}, .credentials = true}));
  const std::string page = "GET /a HTTP/1.1\r\nHost: h\r\nOrigin: https://app\r\n";
  const std::string refused[] = {
      page + "A: \x01",                                                // 400
      page + "A: " + std::string(20'000, 'x'),                         // 431
      page + "Content-Length: 9999999\r\n\r\n",                        // 413
      page + "Transfer-Encoding: gzip\r\n\r\n",                        // 501
      page + "Transfer-Encoding: chunked\r\n\r\nno chunk at all\r\n",  // 400
  };
  for (const std::string& request : refused) {
    Browser browser = ConnectAndSend(request);
    EXPECT_THAT(browser.Read(), AllOf(HasSubstr("Access-Control-Allow-Origin: https://app\r\n"),
                                      HasSubstr("Access-Control-Allow-Credentials: true\r\n"),
                                      HasSubstr("Vary: Origin\r\n")))
        << request.substr(0, 200);
  }
  Browser slow = ConnectAndSend(page + "Content-Length: 3\r\n\r\n");
  Pass(absl::Seconds(30));
  EXPECT_THAT(slow.Read(), AllOf(StartsWith("HTTP/1.1 408 "),
                                 HasSubstr("Access-Control-Allow-Origin: https://app\r\n")));
}

TEST_F(ConnectionTest, LetsNoOtherPageReadARefusal) {
  pool().UseOrigins(
      std::make_shared<const OriginPolicy>(OriginPolicy::Options{.origins = {"https://app"}}));
  for (const char* const request :
       {"GET / HTTP/1.1\r\nOrigin: https://evil\r\nA: \x01", "GET / HTTP/1.1\r\n\x01",
        "GET / HTTP/1.1\r\nA: \x01Origin: https://app\r\n", "\x16\x03\x01"}) {
    Browser browser = ConnectAndSend(request);
    EXPECT_THAT(browser.Read(),
                AllOf(StartsWith("HTTP/1.1 400 "), Not(HasSubstr("Access-Control-Allow-Origin"))));
  }
}

TEST_F(ConnectionTest, LetsARefusedUploadReadItsAnswer) {
  Browser browser = ConnectAndSend("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9999999\r\n\r\n");
  browser.Send(std::string(100'000, 'x'));
  Turn();
  browser.Send(std::string(100'000, 'x'));
  Turn();
  ExpectRefused(browser, "413", "body_too_large");
}

TEST_F(ConnectionTest, IsNotKeptByDripsOfAHead) {
  Browser browser = Connect();
  for (int i = 0; i < 10; ++i) {
    browser.Send(absl::string_view(kGet).substr(i, 1));
    Pass(absl::Milliseconds(990));
  }
  EXPECT_EQ(browser.Read(), "");
  Pass(absl::Milliseconds(200));
  ExpectRefused(browser, "408", "head_timeout");
}

TEST_F(ConnectionTest, RefusesWhoSaysNothing) {
  Browser browser = Connect();
  Pass(absl::Milliseconds(10'010));
  ExpectRefused(browser, "408", "head_timeout");
}

TEST_F(ConnectionTest, IsNotKeptByDripsOfABody) {
  Browser browser = ConnectAndSend("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n");
  for (int i = 0; i < 31; ++i) {
    browser.Send("x");
    Pass(absl::Seconds(1));
  }
  ExpectRefused(browser, "408", "body_timeout");
}

TEST_F(ConnectionTest, ClosesSilentlyWhatStaysIdle) {
  Browser browser = ConnectAndSend(kGet);
  Respond(200, "x");
  Turn();
  browser.Read();
  Pass(absl::Seconds(74));
  EXPECT_FALSE(browser.SawEnd());
  Pass(absl::Seconds(2));
  EXPECT_EQ(browser.Read(), "");
  EXPECT_TRUE(browser.IsClosed());
  EXPECT_EQ(refused("idle_timeout"), 1u);
}

TEST_F(ConnectionTest, HasNoTimeLimitForAStream) {
  Browser browser = ConnectAndSend(kGet);
  StartBody(body_);
  Pass(absl::Hours(100));
  Publish(body_, "still");
  Turn();
  EXPECT_THAT(browser.Read(), EndsWith("still\r\n"));
}

TEST_F(ConnectionTest, ClosesWhenTheBrowserLeavesBetweenOrWithinRequests) {
  Browser idle = ConnectAndSend(kGet);
  Respond(200, "x");
  Turn();
  idle.CloseSendingSide();
  Browser partial = ConnectAndSend("GET /");
  partial.CloseSendingSide();
  Browser silent = Connect();
  silent.CloseSendingSide();
  Turn();
  EXPECT_EQ(pool().connection_count(), 0u);
  EXPECT_EQ(partial.Read(), "");
}

TEST_F(ConnectionTest, DoesNotSpinOnAHalfClosedStream) {
  Browser browser = ConnectAndSend(kGet);
  StartBody(body_);
  browser.CloseSendingSide();
  Turn();
  EXPECT_EQ(loop_.RunReady(), 0u);
}

}  // namespace
}  // namespace sluice

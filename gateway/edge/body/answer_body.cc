// SPDX-License-Identifier: Apache-2.0
#include "gateway/edge/body/answer_body.h"

#include <utility>

namespace sluice {

void AnswerBody::Start(ChunkFraming::Kind kind, ByteLog& log, ByteLogCursor cursor,
                       absl::AnyInvocable<void()> wake) {
  log_ = std::make_unique<BodySender>(kind, std::move(cursor), std::move(wake));
  log_->Start(log);
}

void AnswerBody::Start(ChunkFraming::Kind kind, SharedBody& body, BodyReader& subscriber) {
  shared_.emplace(kind, body);
  body.SetReader(&subscriber);
}

void AnswerBody::Drop() {
  log_.reset();
  if (!is_shared()) return;
  shared_->body().SetReader(nullptr);
  shared_.reset();
}

bool AnswerBody::Abandon() {
  if (log_ != nullptr) log_->Abandon();
  return !is_shared();
}

std::optional<BodyEnd> AnswerBody::end() const {
  if (is_shared()) return shared_->body().end();
  return log_ != nullptr ? log_->end() : std::nullopt;
}

bool AnswerBody::done() const {
  if (is_shared()) return shared_->done();
  return log_ == nullptr || log_->done();
}

SendResult AnswerBody::Send(int fd, std::string& head, SharedSender::Tools tools) {
  return log_ != nullptr ? log_->Send(fd, head, tools.scratch) : shared_->Send(fd, head, tools);
}

}  // namespace sluice

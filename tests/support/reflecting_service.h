// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "sluice/internal/reflection.pb.h"
#include "tests/unit/upstream/fake_service.h"

namespace sluice {

// A service that reflects as a library of another language might: each question has the answer that
// the test gives it, and none has another. Its methods answer with bytes.
//
// Threads: any, after the constructor.
class ReflectingService final {
 public:
  // Files are descriptors in protobuf's text format.
  struct Schema {
    std::string package = "grpc.reflection.v1";
    bool ends_after_each_answer = false;
    std::map<std::string, std::string> metadata;  // without these: UNAUTHENTICATED
    std::vector<std::string> services;
    std::map<std::string, std::vector<std::string>> by_symbol;
    std::map<std::string, std::vector<std::string>> by_name;
    std::map<std::string, std::vector<int>> extension_numbers;  // by type
    std::map<std::pair<std::string, int>, std::string> by_extension;
    std::map<std::string, std::vector<std::string>> messages;  // by path: what a method answers
  };

  explicit ReflectingService(Schema schema);

  std::string target() const { return service_->target(); }
  // The request message with which a method was called last.
  std::string last_request(const std::string& path);

 private:
  Script Author(const FakeService::Request& request);
  internal::ReflectionResponse Answer(const internal::ReflectionRequest& question) const;

  const Schema schema_;
  std::mutex mu_;
  std::map<std::string, std::string> requests_ ABSL_GUARDED_BY(mu_);
  std::unique_ptr<FakeService> service_;
};

}  // namespace sluice

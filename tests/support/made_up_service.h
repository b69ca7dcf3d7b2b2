// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "google/protobuf/descriptor.pb.h"
#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/server.h"

namespace sluice {

// A gRPC server whose schema and answers a test makes up, and can change while it runs. Its server
// reflection (v1) tells the files that it is given, whatever their worth.
//
// Threads: any.
class MadeUpService final {
 public:
  // Compiles the texts, by file name, each of which imports only what is bundled.
  using Texts = std::map<std::string, std::string>;

  // What a method answers: messages as bytes, then a status, or nothing more until the call is
  // cancelled.
  struct Answer {
    std::vector<std::string> messages;
    grpc::Status status;
    bool hold = false;
  };

  // `target` is where an earlier one has been; empty: a free port.
  explicit MadeUpService(const Texts& texts, const std::string& target = "");
  ~MadeUpService();
  MadeUpService(const MadeUpService&) = delete;
  MadeUpService& operator=(const MadeUpService&) = delete;

  const std::string& target() const { return target_; }

  void SetSchema(const Texts& texts);
  // UNIMPLEMENTED until it is set.
  void SetAnswer(const std::string& path, Answer answer);

  // Dialogues of reflection so far.
  int asked() const;

 private:
  class Service;

  std::string target_;
  std::unique_ptr<Service> service_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace sluice

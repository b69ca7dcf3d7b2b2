// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gateway/base/text/problem.h"
#include "gateway/schema/service_set.h"
#include "google/protobuf/descriptor.h"
#include "sluice/v1/stream.pb.h"

namespace sluice {

// An RPC of the schema.
struct Method {
  std::string full_name;  // `demo.v1.Ticker.Watch`
  std::string path;       // `/demo.v1.Ticker/Watch`
  std::string upstream;   // the name of the upstream in the configuration
  const google::protobuf::MethodDescriptor* descriptor = nullptr;
  // What the .proto says by option (sluice.v1.stream); empty where it says nothing.
  sluice::v1::StreamOptions options;

  bool server_streaming() const { return descriptor->server_streaming(); }
  bool client_streaming() const { return descriptor->client_streaming(); }
};

// Every method of every upstream. Keeps the descriptors alive.
//
// Threads: immutable; any.
class Catalog final {
 public:
  // Sorted by full name.
  const std::vector<Method>& methods() const { return methods_; }
  // What the schema has and cannot serve, sorted by full name.
  const std::vector<SkippedMethod>& skipped() const { return skipped_; }
  // Services that were left out, services found twice, patterns that match nothing.
  const Problems& problems() const { return problems_; }

 private:
  friend class CatalogBuilder;
  std::vector<std::shared_ptr<const ServiceSet>> sets_;
  std::vector<Method> methods_;
  std::vector<SkippedMethod> skipped_;
  Problems problems_;
};

class CatalogBuilder final {
 public:
  // `services`: full names or a prefix and `*`; empty: all. What is added under the name of an
  // upstream again is a further source of its schema: a pattern need match in one of them, and of
  // a service that several have the first counts.
  void Add(const std::string& upstream, std::shared_ptr<const ServiceSet> set,
           const std::vector<std::string>& services);
  // A service that two upstreams have belongs to the first; the second is a problem.
  std::shared_ptr<const Catalog> Build();

 private:
  struct Source {
    std::string upstream;
    std::vector<std::shared_ptr<const ServiceSet>> sets;
    std::vector<std::string> services;
  };
  // What is served by another source is not skipped.
  void AddSkipped(Catalog& catalog) const;

  std::vector<Source> sources_;
};

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "demo/internal/wire.pb.h"
#include "grpcpp/generic/async_generic_service.h"

namespace sluice::demo {

// Server reflection, as grpc.reflection.v1 and as v1alpha: both have the same messages. Every other
// method that no service knows is UNIMPLEMENTED.
//
// gRPC's own plugin speaks v1alpha only.
class ReflectionService final : public grpc::CallbackGenericService {
 public:
  // Full names of services whose descriptors are linked into this program.
  explicit ReflectionService(std::vector<std::string> services) : services_(std::move(services)) {}

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override;

  wire::ReflectionResponse Answer(const wire::ReflectionRequest& request) const;

 private:
  const std::vector<std::string> services_;
};

}  // namespace sluice::demo

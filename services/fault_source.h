// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "demo/v1/faults.pb.h"
#include "services/feed.h"

namespace sluice::demo {

// What came with a call, ready to be a map of strings in a message.
using Metadata = std::map<std::string, std::string>;

// The steps of Faults/Run, without gRPC.
Source<::demo::v1::FaultsEvent> FaultSource(const ::demo::v1::RunRequest& request,
                                            const Metadata& metadata);

// The end that a request asks for: code, message and, as grpc-status-details-bin, the details.
grpc::Status FaultStatus(const ::demo::v1::RunRequest& request);

// INVALID_ARGUMENT for a number that is no code of gRPC.
absl::Status CheckCode(int code);

}  // namespace sluice::demo

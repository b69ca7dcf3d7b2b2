// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gateway/http/http_request.h"
#include "gateway/http/query.h"
#include "gateway/http/refusal.h"
#include "gateway/relay/own_events.h"
#include "gateway/relay/snapshot.h"
#include "gateway/upstream/upstream.h"

namespace sluice {

// The Last-Event-ID of a request: the header, or, where that is absent or empty, `?lastEventId=`.
// Of several, the last that is not empty.
std::string LastEventIdOf(const HttpRequest& request,
                          const std::vector<QueryParameter>& parameters);

// What a request asks for, in the service's terms.
struct BuiltCall {
  CallRequest call;
  Resume resume = Resume::kFresh;
  std::string last_event_id;    // as it came; empty for none
  bool unnamed_events = false;  // `?event=message`
  // Of a stream: parameters and body, whatever id the browser came with. The same for the same, and
  // mostly another for others.
  uint64_t asked_hash = 0;
};

// Request ⇒ RPC: query or body, resume field, metadata of headers and query.
//
// Threads: any.
// Errors:  a Refusal that names the parameter, member or header.
class CallBuilder final {
 public:
  // All must outlive the builder.
  CallBuilder(const Snapshot& snapshot, const RoutePlan& plan, const HttpRequest& request,
              const std::vector<QueryParameter>& parameters);

  // Nothing after an error: then `refusal` says why.
  std::optional<BuiltCall> Build();
  const Refusal& refusal() const { return refusal_; }

 private:
  bool ReadParameters(RequestMessage& message);
  bool CheckAltIsAlone();
  bool ReadParameter(const QueryParameter& parameter, RequestMessage& message);
  bool BecomesMetadata(absl::string_view parameter) const;
  bool ReadBody(RequestMessage& message);
  bool CheckBodyType();
  bool AddMetadata();
  bool AddHeader(const std::string& name);
  bool AddParameter(const QueryMetadata& wanted);
  void ApplyResume(RequestMessage& message);
  uint64_t HashOfAsked() const;
  bool is_shared() const { return plan_.route.policy.share.has_value(); }
  bool Refuse(RefusalReason reason, const absl::Status& status);

  const Snapshot& snapshot_;
  const RoutePlan& plan_;
  const HttpRequest& request_;
  const std::vector<QueryParameter>& parameters_;
  BuiltCall built_;
  Refusal refusal_;
};

}  // namespace sluice

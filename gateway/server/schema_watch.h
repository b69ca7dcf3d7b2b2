// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/random/random.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/base/loop/clock.h"
#include "gateway/base/observe/metrics.h"
#include "gateway/relay/schema_doubt.h"

namespace sluice {

// Decides which services are to be asked for their schema again, and when: where a sign says that
// it may have changed, soon, but not more often than bearable.
//
// Bounds:  a service is asked again once a kPause. After an answer that was the old one, or of no
//          use, the same signs make it wait twice as long the next time, up to kLongestPause; a new
//          connection does not wait so long. Many gateways see one service come back at the same
//          moment: each waits up to kJitter.
// Threads: one, but for the doubts.
class SchemaWatch final {
 public:
  static constexpr absl::Duration kPause = absl::Minutes(1);
  static constexpr absl::Duration kLongestPause = absl::Minutes(16);
  static constexpr absl::Duration kJitter = absl::Seconds(2);

  enum class Result { kChanged, kUnchanged, kRefused, kFailed };
  static absl::string_view NameOf(Result result);

  // Both must outlive the watch.
  SchemaWatch(const Clock& clock, Metrics& metrics);

  // Of an upstream by its name in the configuration.
  std::shared_ptr<SchemaDoubt> DoubtOf(const std::string& upstream);

  // Another schema is about to come into force: streams that began with the old one doubt only
  // that.
  void Renew(const std::string& upstream);

  // Whether the channel of an upstream has a connection.
  using IsConnected = std::function<bool(const std::string& upstream)>;

  // Looks at `upstreams`, and forgets all others. Returns those that are to be asked now; for each
  // of them, Answered() must follow.
  std::vector<std::string> Due(const std::vector<std::string>& upstreams,
                               const IsConnected& is_connected);
  void Answered(const std::string& upstream, Result result);

  struct Shown {
    SchemaDoubt::Signs signs = 0;  // raised, and not asked about yet
    bool asked = false;            // again
    absl::Time asked_at;
    Result result = Result::kUnchanged;
  };
  std::map<std::string, Shown> Show() const;  // by upstream

 private:
  struct Watched {
    std::shared_ptr<SchemaDoubt> doubt = std::make_shared<SchemaDoubt>();
    bool was_connected = false;  // at any time
    bool connected = false;
    SchemaDoubt::Signs taken = 0;               // with the question that is being asked
    absl::Time since = absl::InfiniteFuture();  // when the doubt was first seen
    absl::Duration jitter;
    absl::Duration pause = kPause;
    Shown shown;
  };

  void LookAtConnection(Watched& watched, bool connected);
  bool IsDue(Watched& watched);

  const Clock& clock_;
  Metrics& metrics_;
  absl::BitGen random_;
  std::map<std::string, Watched> watched_;  // by upstream
};

}  // namespace sluice

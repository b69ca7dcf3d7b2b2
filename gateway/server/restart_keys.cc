// SPDX-License-Identifier: Apache-2.0
#include "gateway/server/restart_keys.h"

#include <algorithm>
#include <array>
#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/config/field_value.h"

namespace sluice {
namespace {

using google::protobuf::Message;

// Limits that each request takes from its snapshot. All others belong to what is made when the
// process starts: listeners and the transport.
constexpr std::array<absl::string_view, 4> kLiveLimits = {"open_grace", "close_grace",
                                                          "unary_timeout", "schema"};

class Comparison final {
 public:
  explicit Comparison(const EffectiveConfig& wanted) : wanted_(wanted) {}

  void Compare(const std::string& path, const Message& now, const Message& then,
               const std::string& name) {
    const google::protobuf::FieldDescriptor& field = *now.GetDescriptor()->FindFieldByName(name);
    const std::string before = GetText(now, field);
    const std::string after = GetText(then, field);
    if (before == after) return;
    const auto origin = wanted_.origins.find(path);
    problems_.push_back({origin == wanted_.origins.end() ? path : origin->second,
                         absl::StrCat(path, " is ", before, " and cannot become ", after,
                                      " without a restart; restart, or put it back")});
  }

  Problems Take() { return std::move(problems_); }

 private:
  const EffectiveConfig& wanted_;
  Problems problems_;
};

}  // namespace

Problems KeysThatNeedARestart(const sluice::config::v1::Config& in_force,
                              const EffectiveConfig& wanted) {
  Comparison comparison(wanted);
  comparison.Compare("listen", in_force, wanted.config, "listen");
  comparison.Compare("ops.listen", in_force.ops(), wanted.config.ops(), "listen");
  const google::protobuf::Descriptor& limits = *in_force.limits().GetDescriptor();
  for (int i = 0; i < limits.field_count(); ++i) {
    const std::string& name = limits.field(i)->name();
    if (std::find(kLiveLimits.begin(), kLiveLimits.end(), name) != kLiveLimits.end()) continue;
    comparison.Compare(absl::StrCat("limits.", name), in_force.limits(), wanted.config.limits(),
                       name);
  }
  return comparison.Take();
}

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "gateway/transcode/dynamic_types.h"
#include "gateway/transcode/json_options.h"
#include "gateway/transcode/plan/message_plan.h"

namespace sluice {

// The plans of a route's message types: those that its response can hold are made at once, those
// that come in a google.protobuf.Any when they first come.
//
// Bounds:    no more plans than the pool and the bundled protos have types; a few type URLs are
//            remembered, the others are looked up each time.
// Ownership: borrows the types. Plans are valid as long as the book.
// Threads:   any. Only a type URL that is not remembered takes a lock.
class PlanCache final {
 public:
  PlanCache(const DynamicTypes& types, const JsonOptions& options);
  ~PlanCache();
  PlanCache(const PlanCache&) = delete;
  PlanCache& operator=(const PlanCache&) = delete;

  const JsonOptions& json() const { return options_; }

  const MessagePlan& For(const google::protobuf::Descriptor& type) const;

  // The plan of the type that a type URL names; null if there is no such type.
  const MessagePlan* FindByUrl(absl::string_view type_url) const;

 private:
  using Field = google::protobuf::FieldDescriptor;

  struct KnownUrl {
    std::string url;
    const MessagePlan* plan;
  };
  static constexpr size_t kUrlSlots = 64;

  // Of `type` and of all that it can hold.
  MessagePlan* Make(const google::protobuf::Descriptor& type) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Fill(MessagePlan& plan) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  FieldPlan MakeField(const Field& field) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  const EnumPlan* MakeEnum(const google::protobuf::EnumDescriptor& type) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  std::string AbsentText(const FieldPlan& field) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  const char* KeepKey(const std::string& key) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const DynamicTypes& types_;
  const JsonOptions options_;

  // Entries are added and stay.
  mutable std::array<std::atomic<const KnownUrl*>, kUrlSlots> urls_{};

  mutable std::mutex mu_;
  mutable std::unordered_map<const google::protobuf::Descriptor*, std::unique_ptr<MessagePlan>>
      plans_ ABSL_GUARDED_BY(mu_);
  mutable std::unordered_map<const google::protobuf::EnumDescriptor*, std::unique_ptr<EnumPlan>>
      enums_ ABSL_GUARDED_BY(mu_);
  mutable std::deque<MessagePlan*> unfilled_ ABSL_GUARDED_BY(mu_);
  mutable std::deque<std::string> keys_ ABSL_GUARDED_BY(mu_);
};

}  // namespace sluice

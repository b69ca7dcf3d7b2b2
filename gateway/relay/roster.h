// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "gateway/base/loop/executor.h"

namespace sluice {

// Owns what is being served. A member that has ended is destroyed by work posted to the loop, so
// that nothing of it is on the stack then.
//
// Threads: its executor's. The executor must not run posted work after the roster is gone.
template <typename T>
class Roster final {
 public:
  // `executor` must outlive the roster.
  explicit Roster(Executor& executor) : executor_(executor) {}
  Roster(const Roster&) = delete;
  Roster& operator=(const Roster&) = delete;

  T& Add(std::unique_ptr<T> member) {
    T* key = member.get();
    return *members_.emplace(key, std::move(member)).first->second;
  }

  // REQUIRES: `member` is of this roster.
  void Retire(T* member) {
    const auto it = members_.find(member);
    retired_.push_back(std::move(it->second));
    members_.erase(it);
    if (retired_.size() == 1) executor_.Post([this] { retired_.clear(); });
  }

  bool Contains(T* member) const { return members_.contains(member); }
  size_t size() const { return members_.size(); }

  // Those that are there now; any of them may retire while the caller goes through them.
  std::vector<T*> Members() const {
    std::vector<T*> all;
    all.reserve(members_.size());
    for (const auto& [key, member] : members_) all.push_back(key);
    return all;
  }

 private:
  Executor& executor_;
  absl::flat_hash_map<T*, std::unique_ptr<T>> members_;
  std::vector<std::unique_ptr<T>> retired_;
};

}  // namespace sluice

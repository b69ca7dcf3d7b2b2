// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "demo/v1/uploads.pb.h"
#include "services/feed.h"

namespace sluice::demo {

class UploadFollower;

// All uploads by member and identifier, each for as long as it lives.
//
// Bounds:  Options. An upload that is over leaves at the next call.
// Threads: any. `now` is the schedule's time.
// Errors:  INVALID_ARGUMENT names the field; RESOURCE_EXHAUSTED the bound; FAILED_PRECONDITION once
//          the upload is done.
class UploadShelf final {
 public:
  struct Options {
    absl::Duration lifetime = absl::Minutes(30);
    size_t most_uploads = 1000;
    int most_pictures = 20;                        // in one upload
    size_t most_bytes = size_t{32} * 1024 * 1024;  // of all pictures together
  };

  explicit UploadShelf(Options options) : options_(options) {}
  UploadShelf(const UploadShelf&) = delete;
  UploadShelf& operator=(const UploadShelf&) = delete;

  // Both return the number of pictures.
  absl::StatusOr<int> Add(const ::demo::v1::AddPictureRequest& request, absl::Time now);
  absl::StatusOr<int> Done(const ::demo::v1::DoneRequest& request, absl::Time now);

  // The shelf must outlive the follower.
  absl::StatusOr<std::unique_ptr<UploadFollower>> Watch(
      const ::demo::v1::WatchUploadRequest& request, Wake wake, absl::Time now);

 private:
  friend class UploadFollower;

  struct Name {
    std::string member_id;
    std::string identifier;
    bool operator<(const Name& other) const {
      return std::tie(member_id, identifier) < std::tie(other.member_id, other.identifier);
    }
  };
  // Guarded by the shelf's mu_.
  struct Upload {
    absl::Time expires;
    ::demo::v1::UploadList list;
    uint64_t version = 1;
    std::map<const UploadFollower*, Wake> followers;
  };

  absl::StatusOr<std::shared_ptr<Upload>> Find(const Name& name, absl::Time now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Status Put(Upload& upload, ::demo::v1::Picture picture) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // The list has changed; the wakes are to be called without the lock.
  std::vector<Wake> Changed(Upload& upload) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const Options options_;

  std::mutex mu_;
  std::map<Name, std::shared_ptr<Upload>> uploads_ ABSL_GUARDED_BY(mu_);
  size_t bytes_ ABSL_GUARDED_BY(mu_) = 0;
};

// One PC page that follows an upload.
//
// Threads: one at a time.
class UploadFollower final {
 public:
  UploadFollower(UploadShelf& shelf, std::shared_ptr<UploadShelf::Upload> upload);
  ~UploadFollower();
  UploadFollower(const UploadFollower&) = delete;
  UploadFollower& operator=(const UploadFollower&) = delete;

  // The list if it has changed since the last one, the end if there will be no more, else a wait.
  Step<::demo::v1::UploadList> Next(absl::Time now);

 private:
  UploadShelf& shelf_;
  const std::shared_ptr<UploadShelf::Upload> upload_;
  uint64_t seen_version_ = 0;
};

}  // namespace sluice::demo

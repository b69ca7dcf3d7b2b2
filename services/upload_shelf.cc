// SPDX-License-Identifier: Apache-2.0
#include "services/upload_shelf.h"

#include <array>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace sluice::demo {

using ::demo::v1::AddPictureRequest;
using ::demo::v1::DoneRequest;
using ::demo::v1::Picture;
using ::demo::v1::UploadList;
using ::demo::v1::WatchUploadRequest;

namespace {

constexpr size_t kMostNameBytes = 64;
constexpr size_t kMostFileNameBytes = 128;
constexpr size_t kMostThumbnailBytes = 32 * 1024;
constexpr std::array<absl::string_view, 4> kContentTypes = {"image/jpeg", "image/png", "image/webp",
                                                            "image/gif"};

absl::Status CheckNames(const std::string& member_id, const std::string& identifier) {
  const absl::Status status = CheckText("member_id", member_id, kMostNameBytes);
  return status.ok() ? CheckText("identifier", identifier, kMostNameBytes) : status;
}

absl::Status CheckPicture(const Picture& picture) {
  absl::Status status = CheckText("picture.name", picture.name(), kMostFileNameBytes);
  if (status.ok()) {
    status = CheckText("picture.thumbnail", picture.thumbnail(), kMostThumbnailBytes);
  }
  if (status.ok() && !absl::c_linear_search(kContentTypes, picture.content_type())) {
    status = absl::InvalidArgumentError(absl::StrCat("picture.content_type is ",
                                                     picture.content_type(), "; allowed are ",
                                                     absl::StrJoin(kContentTypes, ", ")));
  }
  return status;
}

size_t BytesOf(const UploadList& list) {
  size_t bytes = 0;
  for (const Picture& picture : list.pictures()) bytes += picture.ByteSizeLong();
  return bytes;
}

void StampNow(Picture& picture) {
  const absl::Time now = absl::Now();
  const int64_t seconds = absl::ToUnixSeconds(now);
  picture.mutable_added_at()->set_seconds(seconds);
  picture.mutable_added_at()->set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(now - absl::FromUnixSeconds(seconds))));
}

}  // namespace

absl::StatusOr<int> UploadShelf::Add(const AddPictureRequest& request, absl::Time now) {
  absl::Status status = CheckNames(request.member_id(), request.identifier());
  if (status.ok()) status = CheckPicture(request.picture());
  if (!status.ok()) return status;
  int count;
  std::vector<Wake> wakes;
  {
    std::lock_guard lock(mu_);
    const auto upload = Find({request.member_id(), request.identifier()}, now);
    if (!upload.ok()) return upload.status();
    status = Put(**upload, request.picture());
    if (!status.ok()) return status;
    count = (*upload)->list.pictures_size();
    wakes = Changed(**upload);
  }
  for (const Wake& wake : wakes) wake();
  return count;
}

absl::StatusOr<int> UploadShelf::Done(const DoneRequest& request, absl::Time now) {
  const absl::Status status = CheckNames(request.member_id(), request.identifier());
  if (!status.ok()) return status;
  int count;
  std::vector<Wake> wakes;
  {
    std::lock_guard lock(mu_);
    const auto upload = Find({request.member_id(), request.identifier()}, now);
    if (!upload.ok()) return upload.status();
    (*upload)->list.set_done(true);
    count = (*upload)->list.pictures_size();
    wakes = Changed(**upload);
  }
  for (const Wake& wake : wakes) wake();
  return count;
}

absl::StatusOr<std::unique_ptr<UploadFollower>> UploadShelf::Watch(
    const WatchUploadRequest& request, Wake wake, absl::Time now) {
  const absl::Status status = CheckNames(request.member_id(), request.identifier());
  if (!status.ok()) return status;
  std::lock_guard lock(mu_);
  const auto upload = Find({request.member_id(), request.identifier()}, now);
  if (!upload.ok()) return upload.status();
  auto follower = std::make_unique<UploadFollower>(*this, *upload);
  (*upload)->followers.emplace(follower.get(), std::move(wake));
  return follower;
}

absl::StatusOr<std::shared_ptr<UploadShelf::Upload>> UploadShelf::Find(const Name& name,
                                                                       absl::Time now) {
  for (auto entry = uploads_.begin(); entry != uploads_.end();) {
    if (entry->second->expires > now) {
      ++entry;
      continue;
    }
    bytes_ -= BytesOf(entry->second->list);
    entry = uploads_.erase(entry);
  }
  const auto found = uploads_.find(name);
  if (found != uploads_.end()) return found->second;
  if (uploads_.size() >= options_.most_uploads) {
    return absl::ResourceExhaustedError(
        absl::StrCat("there are ", uploads_.size(), " uploads, which is the most"));
  }
  auto upload = std::make_shared<Upload>();
  upload->expires = now + options_.lifetime;
  uploads_.emplace(name, upload);
  return upload;
}

absl::Status UploadShelf::Put(Upload& upload, Picture picture) {
  if (upload.list.done()) return absl::FailedPreconditionError("this upload is done");
  if (upload.list.pictures_size() >= options_.most_pictures) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "this upload has ", upload.list.pictures_size(), " pictures, which is the most"));
  }
  StampNow(picture);
  const size_t bytes = bytes_ + picture.ByteSizeLong();
  if (bytes > options_.most_bytes) {
    return absl::ResourceExhaustedError(absl::StrCat("all uploads together would have ", bytes,
                                                     " bytes; the most is ", options_.most_bytes));
  }
  bytes_ = bytes;
  *upload.list.add_pictures() = std::move(picture);
  return absl::OkStatus();
}

std::vector<Wake> UploadShelf::Changed(Upload& upload) {
  ++upload.version;
  std::vector<Wake> wakes;
  wakes.reserve(upload.followers.size());
  for (const auto& [follower, wake] : upload.followers) wakes.push_back(wake);
  return wakes;
}

UploadFollower::UploadFollower(UploadShelf& shelf, std::shared_ptr<UploadShelf::Upload> upload)
    : shelf_(shelf), upload_(std::move(upload)) {}

UploadFollower::~UploadFollower() {
  std::lock_guard lock(shelf_.mu_);
  upload_->followers.erase(this);
}

Step<UploadList> UploadFollower::Next(absl::Time now) {
  std::lock_guard lock(shelf_.mu_);
  if (upload_->version != seen_version_) {
    seen_version_ = upload_->version;
    return upload_->list;
  }
  if (upload_->list.done() || now >= upload_->expires) return grpc::Status::OK;
  return Wait{upload_->expires};
}

}  // namespace sluice::demo

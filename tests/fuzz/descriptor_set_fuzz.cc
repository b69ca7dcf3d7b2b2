// SPDX-License-Identifier: Apache-2.0
// A serialized FileDescriptorSet, as a file or a service gives it, all the way to routes.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "gateway/route/route_table.h"
#include "gateway/schema/catalog.h"
#include "gateway/schema/service_set.h"
#include "gateway/schema/source/descriptor_set.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  sluice::DescriptorSetFiles set = sluice::ParseDescriptorSet(
      "fuzz", absl::string_view(reinterpret_cast<const char*>(bytes), size));
  sluice::CatalogBuilder catalog;
  catalog.Add("fuzz", sluice::ServiceSet::FromFiles("fuzz", std::move(set.files), {}), {"*"});
  sluice::RouteTableBuilder routes(catalog.Build());
  sluice::RouteRule rule;
  rule.where = "rule";
  rule.selector = "*";
  rule.stream.set_id_field("id");
  routes.AddRules({rule});
  routes.Build(sluice::RouteTableBuilder::Completeness::kIncomplete);
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
// A serialized FileDescriptorSet, as a file or a service gives it, all the way to routes: as one
// schema, and as two of which the one is asked for what the other lacks.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "gateway/route/route_table.h"
#include "gateway/schema/assembly/schema_gaps.h"
#include "gateway/schema/catalog.h"
#include "gateway/schema/service_set.h"
#include "gateway/schema/source/descriptor_set.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  sluice::DescriptorSetFiles set = sluice::ParseDescriptorSet(
      "fuzz", absl::string_view(reinterpret_cast<const char*>(bytes), size));
  sluice::SchemaFiles first{.source = "first"};
  sluice::SchemaFiles second{.source = "second"};
  for (size_t i = 0; i < set.files.size(); ++i) {
    sluice::SchemaFiles& half = i % 2 == 0 ? first : second;
    half.files.push_back({.proto = set.files[i], .groups = {static_cast<int>(i % 3)}});
  }
  sluice::FindGaps(first.files);
  sluice::CatalogBuilder catalog;
  catalog.Add("first", sluice::ServiceSet::FromSchemaFiles(first, {&second}), {});
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

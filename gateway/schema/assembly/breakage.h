// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "gateway/schema/assembly/pool_linker.h"
#include "gateway/schema/assembly/pool_plan.h"
#include "gateway/schema/assembly/schema_graph.h"
#include "gateway/schema/assembly/schema_units.h"

namespace sluice {

// What cannot go into a pool is broken in the graph of which the units were made, so that the next
// attempt does without it.

// Breaks all declarations of some units. `reasons` by unit; empty: it is whole.
void BreakUnits(SchemaGraph& graph, const SchemaUnits& units,
                const std::vector<std::string>& reasons);

// Breaks what the linker complained of in a file made of units; the whole file where it names no
// declaration, or one that is broken already.
void BreakFaulty(SchemaGraph& graph, const SchemaUnits& units,
                 const std::vector<int>& units_of_file, const std::vector<LinkFault>& faults);

// Breaks methods of a service whose types of one name differ, so that the first ones that fit
// together stay.
void BreakClashes(SchemaGraph& graph, const SchemaUnits& units, const PoolPlan& plan,
                  int service_unit);

}  // namespace sluice

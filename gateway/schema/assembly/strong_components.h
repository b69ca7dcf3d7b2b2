// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

namespace sluice {

// Which nodes of a graph lead to each other. `graph[i]` are the nodes to which node i leads.
// The component of each node, counted so that a component leads only to itself and to lower ones
// (Tarjan's algorithm). Works off a list of its own, not by recursion.
std::vector<int> StrongComponents(const std::vector<std::vector<int>>& graph);

// A shortest way from a node back to it, with it at both ends; empty: there is none.
std::vector<int> ShortestCircle(const std::vector<std::vector<int>>& graph, int node);

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/assembly/strong_components.h"

#include <algorithm>
#include <cstddef>

namespace sluice {
namespace {

struct Visit {
  int node;
  size_t next_edge;
};

}  // namespace

std::vector<int> StrongComponents(const std::vector<std::vector<int>>& graph) {
  const int size = static_cast<int>(graph.size());
  std::vector<int> component(graph.size(), -1);
  std::vector<int> order(graph.size(), -1);
  std::vector<int> low(graph.size(), 0);
  std::vector<int> open;  // visited, and in no component yet
  std::vector<Visit> path;
  int visited = 0;
  int components = 0;
  for (int root = 0; root < size; ++root) {
    if (order[root] >= 0) continue;
    path.push_back({root, 0});
    while (!path.empty()) {
      Visit& top = path.back();
      const int node = top.node;
      if (top.next_edge == 0 && order[node] < 0) {
        order[node] = low[node] = visited++;
        open.push_back(node);
      }
      if (top.next_edge < graph[node].size()) {
        const int to = graph[node][top.next_edge++];
        if (order[to] < 0) {
          path.push_back({to, 0});
        } else if (component[to] < 0) {
          low[node] = std::min(low[node], order[to]);
        }
        continue;
      }
      path.pop_back();
      if (!path.empty()) low[path.back().node] = std::min(low[path.back().node], low[node]);
      if (low[node] != order[node]) continue;
      int member = -1;
      do {
        member = open.back();
        open.pop_back();
        component[member] = components;
      } while (member != node);
      ++components;
    }
  }
  return component;
}

std::vector<int> ShortestCircle(const std::vector<std::vector<int>>& graph, int node) {
  std::vector<int> came_from(graph.size(), -1);
  std::vector<int> open = {node};
  for (size_t at = 0; at < open.size(); ++at) {
    for (const int to : graph[open[at]]) {
      if (to == node) {
        std::vector<int> way = {node};
        for (int back = open[at]; back != node; back = came_from[back]) way.push_back(back);
        way.push_back(node);
        std::reverse(way.begin(), way.end());
        return way;
      }
      if (came_from[to] >= 0) continue;
      came_from[to] = open[at];
      open.push_back(to);
    }
  }
  return {};
}

}  // namespace sluice

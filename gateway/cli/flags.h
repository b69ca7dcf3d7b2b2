// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "gateway/config/config_loader.h"

namespace sluice {

// Exit codes of every command.
inline constexpr int kExitFine = 0;
inline constexpr int kExitFailed = 1;    // what was asked for failed
inline constexpr int kExitBadInput = 2;  // wrong use or configuration

// The flags that say what the gateway is to do, the same for `serve`, `routes`, `check` and
// `config`.
struct ConfigFlags {
  std::string file;
  std::vector<std::string> upstreams;  // TARGET or NAME=TARGET
  std::string listen;
  std::string ops_listen;
  std::vector<std::string> proto_paths;
  std::vector<std::string> protos;
  std::vector<std::string> descriptor_sets;
  std::vector<std::string> cors_origins;
  std::string log_level;
};

// Declares them on `command`; `flags` must outlive it.
void AddConfigFlags(CLI::App& command, ConfigFlags& flags);

// Flags, the process's environment and the file, for LoadConfig.
ConfigSources ToSources(const ConfigFlags& flags);

// Loads the configuration, or prints every problem to standard error.
std::optional<EffectiveConfig> LoadConfigOrPrint(
    const ConfigFlags& flags, ConfigSources::Targets targets = ConfigSources::Targets::kAll);

}  // namespace sluice

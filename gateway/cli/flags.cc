// SPDX-License-Identifier: Apache-2.0
#include "gateway/cli/flags.h"

#include <unistd.h>

#include <iostream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace sluice {
namespace {

constexpr char kFirstUpstream[] = "main";

struct NamedTarget {
  std::string name;
  std::string target;
};

// `TARGET` or `NAME=TARGET`. The first without a name is `main`, later ones `main-2`, `main-3`, …
NamedTarget ParseUpstream(const std::string& text, size_t position) {
  const size_t equals = text.find('=');
  // In `dns:///host:1?x=y` the '=' is the target's own.
  const bool named =
      equals != std::string::npos && text.find_first_of(":/.") > equals && equals > 0;
  if (named) return {text.substr(0, equals), text.substr(equals + 1)};
  const std::string name =
      position == 0 ? kFirstUpstream : absl::StrCat(kFirstUpstream, "-", position + 1);
  return {name, text};
}

void AddList(const std::string& name, const std::string& path,
             const std::vector<std::string>& values, ConfigSources& sources) {
  for (const std::string& value : values) sources.flags.push_back({name, path, value});
}

void AddScalar(const std::string& name, const std::string& path, const std::string& value,
               ConfigSources& sources) {
  if (!value.empty()) sources.flags.push_back({name, path, value});
}

// What an empty text would stand for is a variable of a script that was not set.
std::string EmptyProblem(const std::string& value) {
  return value.empty() ? "is empty; give a value or leave the flag out" : "";
}

}  // namespace

void AddConfigFlags(CLI::App& command, ConfigFlags& flags) {
  command.add_option("--config", flags.file, "The configuration file (YAML)")
      ->type_name("FILE")
      ->check(EmptyProblem);
  command
      .add_option("--upstream", flags.upstreams,
                  "A gRPC service: localhost:50051, dns:///demo:50051, unix:/run/demo.sock.\n"
                  "Alone it is a complete configuration. Several times for several; NAME=TARGET "
                  "names one")
      ->type_name("TARGET")
      ->take_all();
  command.add_option("--listen", flags.listen, "Where browsers connect (127.0.0.1:8080)")
      ->type_name("HOST:PORT")
      ->check(EmptyProblem);
  command.add_option("--ops-listen", flags.ops_listen, "The operators' port (127.0.0.1:9090)")
      ->type_name("HOST:PORT")
      ->check(EmptyProblem);
  command
      .add_option("--proto-path", flags.proto_paths,
                  "A folder in which .proto files and their imports are looked up")
      ->type_name("DIR")
      ->take_all();
  command
      .add_option("--proto", flags.protos,
                  "A .proto file with services or types, instead of asking by reflection; then\n"
                  "`routes` and `check` need no --upstream")
      ->type_name("FILE")
      ->take_all();
  command
      .add_option("--descriptor-set", flags.descriptor_sets,
                  "A FileDescriptorSet with all imports, instead of asking by reflection")
      ->type_name("FILE")
      ->take_all();
  command
      .add_option("--cors-origin", flags.cors_origins,
                  "An origin whose pages may open streams: https://app.example.com")
      ->type_name("ORIGIN")
      ->take_all();
  command
      .add_option("--log-level", flags.log_level,
                  "trace, debug, info, warning, error or off (info)")
      ->type_name("L")
      ->check(EmptyProblem);
}

ConfigSources ToSources(const ConfigFlags& flags) {
  ConfigSources sources;
  if (!flags.file.empty()) sources.file = flags.file;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const absl::string_view variable = *entry;
    const size_t equals = variable.find('=');
    if (equals == absl::string_view::npos || !absl::StartsWith(variable, "SLUICE_")) continue;
    sources.environment[std::string(variable.substr(0, equals))] =
        std::string(variable.substr(equals + 1));
  }
  std::string schema_owner = kFirstUpstream;
  for (size_t i = 0; i < flags.upstreams.size(); ++i) {
    const NamedTarget upstream = ParseUpstream(flags.upstreams[i], i);
    if (i == 0) schema_owner = upstream.name;
    sources.flags.push_back(
        {"--upstream", absl::StrCat("upstreams.", upstream.name, ".target"), upstream.target});
  }
  const std::string schema = absl::StrCat("upstreams.", schema_owner, ".schema.");
  AddList("--proto-path", schema + "proto_path", flags.proto_paths, sources);
  AddList("--proto", schema + "files", flags.protos, sources);
  AddList("--descriptor-set", schema + "descriptor_set", flags.descriptor_sets, sources);
  AddList("--cors-origin", "cors.origins", flags.cors_origins, sources);
  AddScalar("--listen", "listen", flags.listen, sources);
  AddScalar("--ops-listen", "ops.listen", flags.ops_listen, sources);
  AddScalar("--log-level", "log.level", flags.log_level, sources);
  return sources;
}

std::optional<EffectiveConfig> LoadConfigOrPrint(const ConfigFlags& flags,
                                                 ConfigSources::Targets targets) {
  Problems problems;
  ConfigSources sources = ToSources(flags);
  sources.targets = targets;
  std::optional<EffectiveConfig> config = LoadConfig(sources, problems);
  std::cerr << ToText(problems);
  return config;
}

}  // namespace sluice

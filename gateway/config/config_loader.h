// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gateway/base/text/problem.h"
#include "sluice/config/v1/config.pb.h"

namespace sluice {

// What an operator wrote, wherever.
struct ConfigSources {
  // One value from the command line: `path` is that of the key (`upstreams.main.target`,
  // `cors.origins`); a list gets one item an entry, which together replace what lower sources say.
  struct Flag {
    std::string name;  // `--upstream`, for problems and for the origin
    std::string path;
    std::string value;
  };

  std::optional<std::string> file;  // path of the YAML file
  std::map<std::string, std::string>
      environment;  // only names that begin with SLUICE_ are looked at
  std::vector<Flag> flags;

  // Which upstreams must have a target: all, to be served, or those alone that must be asked for
  // their schema, to look at what would be.
  enum class Targets { kAll, kOfReflection };
  Targets targets = Targets::kAll;
};

// Every key has its value; `config` needs no further defaults.
struct EffectiveConfig {
  sluice::config::v1::Config config;
  // Where a key's value came from, by its path (`ops.listen`, `routes[0].selector`): `default`,
  // `sluice.yaml:3:9`, `SLUICE_OPS_LISTEN`, `--ops-listen`.
  std::map<std::string, std::string> origins;
};

// Defaults < file < environment < flags. Nothing if there are problems; `problems` gets all of them
// in one run, each with file, line and column, variable or flag, what was found and what is
// allowed.
std::optional<EffectiveConfig> LoadConfig(const ConfigSources& sources, Problems& problems);

// The same with the text of the file at hand: nothing is read from disk, `sources.file` only names
// the text in problems and origins.
std::optional<EffectiveConfig> LoadConfigText(const ConfigSources& sources, absl::string_view yaml,
                                              Problems& problems);

// YAML that LoadConfig reads back to the same configuration, each key with its origin as a comment;
// secrets masked.
std::string ToYaml(const EffectiveConfig& effective);

}  // namespace sluice

// SPDX-License-Identifier: Apache-2.0
#include "gateway/config/config_loader.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gateway/config/config_checks.h"
#include "gateway/config/config_draft.h"
#include "gateway/config/overrides.h"
#include "gateway/config/presets.h"
#include "gateway/config/yaml_reader.h"

namespace sluice {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

// One byte more than YamlTree takes is enough for it to say that there are too many.
absl::StatusOr<std::string> ReadFile(const std::string& path) {
  const auto refuse = [](int error) {
    return absl::NotFoundError(absl::StrCat("cannot be read: ", std::strerror(error)));
  };
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rbe"));
  if (file == nullptr) return refuse(errno);
  std::string text(YamlTree::kMaxBytes + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0) return refuse(errno);
  return text;
}

// The sources above the file, then the checks. What depends on the file is not checked if the file
// could not be read.
std::optional<EffectiveConfig> Finish(const ConfigSources& sources, ConfigDraft& draft,
                                      Problems& problems) {
  ApplyEnvironment(sources.environment, draft);
  ApplyFlags(sources.flags, draft);
  CheckConfig(draft, sources.targets);
  NoteDefaults(draft);
  problems.insert(problems.end(), draft.problems().begin(), draft.problems().end());
  if (!draft.problems().empty()) return std::nullopt;
  return EffectiveConfig{draft.config(), draft.origins()};
}

void ReadText(const std::string& name, absl::string_view yaml, ConfigDraft& draft) {
  // Without its file there are no upstreams, which is not what is wrong.
  if (!YamlReader(name, draft).Read(yaml)) draft.SetUnread("upstreams.*");
}

}  // namespace

std::optional<EffectiveConfig> LoadConfig(const ConfigSources& sources, Problems& problems) {
  ConfigDraft draft;
  FillPresets(draft.config());
  if (sources.file) {
    const absl::StatusOr<std::string> text = ReadFile(*sources.file);
    if (text.ok()) {
      ReadText(*sources.file, *text, draft);
    } else {
      draft.AddProblem(*sources.file, text.status().message());
      draft.SetUnread("upstreams.*");
    }
  }
  return Finish(sources, draft, problems);
}

std::optional<EffectiveConfig> LoadConfigText(const ConfigSources& sources, absl::string_view yaml,
                                              Problems& problems) {
  ConfigDraft draft;
  FillPresets(draft.config());
  ReadText(sources.file.value_or("text"), yaml, draft);
  return Finish(sources, draft, problems);
}

}  // namespace sluice

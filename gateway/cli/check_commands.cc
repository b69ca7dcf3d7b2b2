// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <optional>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/shape_text.h"
#include "gateway/cli/terminal_text.h"
#include "gateway/config/config_printer.h"
#include "gateway/server/schema_state.h"
#include "gateway/transcode/event_naming.h"
#include "gateway/transcode/shape/json_shape.h"
#include "gateway/transcode/well_known.h"

namespace sluice {
namespace {

constexpr absl::Duration kAskTimeout = absl::Seconds(5);
constexpr int kShapeIndent = 2;
// Nothing is called here but reflection.
constexpr ConfigSources::Targets kTargets = ConfigSources::Targets::kOfReflection;

void AppendPath(std::string* out, const FieldPath& path) { out->append(path.ToString()); }

void AppendParameter(std::string* out, const QueryMetadata& one) { out->append(one.parameter); }

// Reads or asks for every schema. Prints which services could not be asked; returns how many.
int ReadSchemas(const EffectiveConfig& config, SchemaState& book) {
  book.ReadFiles();
  int silent = 0;
  for (const std::string& name : book.Pending()) {
    const absl::Status asked = book.Ask(name, {.answer_timeout = kAskTimeout});
    if (asked.ok()) continue;
    ++silent;
    std::cerr << "upstreams." << name << " (" << config.config.upstreams().at(name).target()
              << "): its schema could not be had by reflection: " << asked.message() << "\n";
  }
  return silent;
}

EventNaming NamingOf(const Route& route) {
  return EventNaming(*route.method->descriptor->output_type(), route.policy.event,
                     route.policy.event_name);
}

std::string EventsOf(const Route& route) {
  const std::vector<std::string> names = NamingOf(route).AllNames();
  return names.empty() ? "(named by the message, or without a name)"
                       : TerminalText(absl::StrJoin(names, ", "));
}

// What a shell needs around a URL that a user will add parameters to.
std::string CurlLine(const Route& route, const std::string& url_base) {
  const std::string url = absl::StrCat("'", url_base, route.method->path, "'");
  if (route.streaming) return absl::StrCat("curl -N ", url);
  if (route.allows_get) return absl::StrCat("curl ", url);
  return absl::StrCat("curl -H 'Content-Type: application/json' -d '{}' ", url);
}

// The data of an event: the whole message or one member of it. A google.api.HttpBody is its bytes.
std::string DataOf(const Route& route, const google::protobuf::FieldDescriptor* payload,
                   ShapeText& shapes) {
  const google::protobuf::Descriptor& type = *route.method->descriptor->output_type();
  const JsonOptions options = JsonOptionsOf(route.policy.json);
  const google::protobuf::Descriptor* message =
      payload == nullptr ? &type : payload->message_type();
  if (message != nullptr && IsHttpBody(*message)) return "the bytes of a google.api.HttpBody";
  return shapes.Write(message != nullptr ? JsonShape(*message, options)
                                         : JsonShape::OfValue(*payload, options));
}

// The JSON of what goes in and what comes out. A type is shown where it comes first; requests are
// canonical whatever the route's `json` asks of events.
void PrintShapes(const Route& route) {
  ShapeText shapes({.indent = kShapeIndent});
  ShapeText of_events({.indent = kShapeIndent});
  ShapeText& answers = JsonOptionsOf(route.policy.json) == JsonOptions() ? shapes : of_events;
  const google::protobuf::MethodDescriptor& method = *route.method->descriptor;
  std::cout << "  request " << shapes.Write(JsonShape(*method.input_type())) << "\n";
  if (!route.policy.required.empty()) {
    std::cout << "  needs   " << absl::StrJoin(route.policy.required, ", ", AppendPath) << "\n";
  }
  if (!route.streaming) {
    std::cout << "  answer  " << DataOf(route, nullptr, answers) << "\n";
    return;
  }
  for (const EventNaming::Event& event : NamingOf(route).AllEvents()) {
    std::cout << "  event   " << (event.name.empty() ? "" : TerminalText(event.name) + ": ")
              << DataOf(route, event.payload, answers) << "\n";
  }
}

// What is in force and who said it: a place in the configuration, the method for its option in the
// .proto, or nobody.
void PrintOptions(const Route& route) {
  const std::string yaml = PrintYaml(route.said.WithPresets(), route.said.Origins());
  std::cout << "  options\n";
  for (const absl::string_view line : absl::StrSplit(absl::StripSuffix(yaml, "\n"), '\n')) {
    std::cout << "    " << TerminalText(line) << "\n";
  }
}

// `origin` is the gateway's: `http://127.0.0.1:8080`.
void PrintRoute(const Route& route, const RouteTable& routes, const std::string& origin,
                const RoutesOptions& options) {
  const Method& method = *route.method;
  std::cout << method.full_name << "\n"
            << "  " << (route.streaming ? "stream" : "unary ") << "  "
            << (route.allows_get ? "GET, POST" : "POST") << " " << routes.PathOf(method) << "\n";
  if (options.verbose) {
    PrintShapes(route);
  } else {
    std::cout << "  request " << method.descriptor->input_type()->full_name() << "\n"
              << (route.streaming ? "  events  " : "  answer  ")
              << (route.streaming ? EventsOf(route) : method.descriptor->output_type()->full_name())
              << "\n";
  }
  if (!route.query_metadata.empty()) {
    std::cout << "  query   " << absl::StrJoin(route.query_metadata, ", ", AppendParameter)
              << " (metadata, no fields)\n";
  }
  if (route.streaming) {
    if (!route.policy.id_field.empty()) {
      std::cout << "  id      " << route.policy.id_field.ToString();
      if (!route.policy.resume_field.empty()) {
        std::cout << ", resumes by " << route.policy.resume_field.ToString();
      }
      std::cout << "\n";
    }
  }
  if (route.streaming && options.verbose) PrintOptions(route);
  std::cout << "  try     " << CurlLine(route, origin + routes.paths().base) << "\n\n";
}

// False if there is nothing that could be served.
bool PrintProblems(const SchemaState& book, const SchemaState::Routes& routes) {
  for (const Problem& warning : routes.warnings) {
    std::cerr << "warning: " << warning.where << ": " << warning.what << "\n";
  }
  const Problems nothing = routes.table == nullptr ? Problems{} : book.NothingToServe(routes);
  std::cerr << (nothing.empty() ? ToText(routes.left_out) : ToText(nothing))
            << ToText(routes.errors);
  return routes.table != nullptr && nothing.empty();
}

// What is looked at here need not run, but `serve` must be told where it does.
void PrintMissingTargets(const EffectiveConfig& config) {
  std::set<std::string> without;
  for (const auto& [name, upstream] : config.config.upstreams()) {
    if (upstream.target().empty()) without.insert(name);
  }
  for (const std::string& name : without) {
    std::cout << "note: upstreams." << name << " has no target yet, which `serve` needs\n";
  }
}

}  // namespace

int RunRoutes(const ConfigFlags& flags, const RoutesOptions& options) {
  const std::optional<EffectiveConfig> config = LoadConfigOrPrint(flags, kTargets);
  if (!config.has_value()) return kExitBadInput;
  SchemaState book(*config);
  const int silent = ReadSchemas(*config, book);
  const SchemaState::Routes routes = book.BuildRoutes();
  if (!PrintProblems(book, routes)) return kExitBadInput;
  const std::string origin = absl::StrCat("http://", config->config.listen());
  for (const Route& route : routes.table->routes()) {
    PrintRoute(route, *routes.table, origin, options);
  }
  for (const SkippedMethod& skipped : routes.table->skipped()) {
    std::cout << skipped.full_name << "\n  skipped " << skipped.reason << "\n\n";
  }
  return silent == 0 ? kExitFine : kExitFailed;
}

int RunCheck(const ConfigFlags& flags) {
  const std::optional<EffectiveConfig> config = LoadConfigOrPrint(flags, kTargets);
  if (!config.has_value()) return kExitBadInput;
  SchemaState book(*config);
  const int silent = ReadSchemas(*config, book);
  const SchemaState::Routes routes = book.BuildRoutes();
  if (!PrintProblems(book, routes) || !routes.left_out.empty()) return kExitBadInput;
  if (silent > 0) return kExitFailed;
  std::cout << "fine: " << routes.table->routes().size() << " methods exposed, "
            << routes.table->skipped().size() << " skipped\n";
  PrintMissingTargets(*config);
  return kExitFine;
}

int RunConfig(const ConfigFlags& flags) {
  const std::optional<EffectiveConfig> config = LoadConfigOrPrint(flags);
  if (!config.has_value()) return kExitBadInput;
  std::cout << ToYaml(*config);
  return kExitFine;
}

}  // namespace sluice

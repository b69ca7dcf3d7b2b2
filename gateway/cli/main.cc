// SPDX-License-Identifier: Apache-2.0
#include <functional>
#include <iostream>

#include <CLI/CLI.hpp>

#include "gateway/cli/commands.h"
#include "gateway/cli/flags.h"

namespace {

constexpr char kAbout[] =
    "Sluice puts gRPC streams into browsers: each server-streaming RPC becomes a Server-Sent "
    "Events\n"
    "endpoint that a page opens with new EventSource(url).\n"
    "\n"
    "  sluice serve --upstream localhost:50051\n"
    "  curl -N http://127.0.0.1:8080/your.package.Service/Method";

constexpr char kServe[] =
    "Serve streams until SIGTERM or SIGINT (Ctrl-C); then every stream is told to come back, and\n"
    "closed: on SIGTERM over the time that `drain` says, on SIGINT at once. SIGHUP reads the\n"
    "configuration and schema again.\n"
    "\n"
    "  sluice serve --upstream localhost:50051\n"
    "  sluice serve --upstream localhost:50051 --proto-path protos --proto shop/v1/orders.proto\n"
    "  sluice serve --config sluice.yaml\n"
    "\n"
    "Every key of the file can be set by a variable, too: SLUICE_LISTEN, "
    "SLUICE_UPSTREAMS_MAIN_TARGET.\n"
    "Flags win over variables, variables over the file.";

constexpr char kRoutes[] =
    "Show what is exposed where, what is skipped and why, the names of events, and a curl line "
    "each;\n"
    "with --verbose also the JSON of requests, events and answers, and the options of each\n"
    "stream, each with where its value came from.\n"
    "Needs no running service where the schema is in files.";

constexpr char kCheck[] =
    "Check configuration and schema, and print all that is wrong, each with its place.\n"
    "Exits with 0 if all is right: for CI. Needs no running service where the schema is in files.";

constexpr char kConfig[] =
    "Print the configuration in force as YAML, each key with where its value came from.";

constexpr char kTail[] =
    "Show the events of a stream as they come. Reconnects and resumes as a browser does, until "
    "the\n"
    "stream has ended for good.\n"
    "\n"
    "  sluice tail http://127.0.0.1:8080/demo.v1.Clock/Watch\n"
    "  sluice tail --json --once 'http://127.0.0.1:8080/demo.v1.Tokens/Generate?prompt=hello'";

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(kAbout, "sluice");
  app.require_subcommand(1);
  int exit_code = sluice::kExitFine;

  sluice::ConfigFlags flags;
  const auto add_command = [&](const char* name, const char* help,
                               const std::function<int(const sluice::ConfigFlags&)>& run) {
    CLI::App* command = app.add_subcommand(name, help);
    sluice::AddConfigFlags(*command, flags);
    command->callback([&exit_code, &flags, run] { exit_code = run(flags); });
    return command;
  };
  add_command("serve", kServe, sluice::RunServe);
  sluice::RoutesOptions routes;
  add_command("routes", kRoutes, [&routes](const sluice::ConfigFlags& given) {
    return sluice::RunRoutes(given, routes);
  })->add_flag("--verbose", routes.verbose, "With JSON and options");
  add_command("check", kCheck, sluice::RunCheck);
  add_command("config", kConfig, sluice::RunConfig);

  sluice::TailOptions tail;
  CLI::App* tail_command = app.add_subcommand("tail", kTail);
  tail_command->add_option("URL", tail.url, "The stream")->required();
  tail_command
      ->add_option("--last-event-id", tail.last_event_id, "Resume after the event of this id")
      ->type_name("ID");
  tail_command->add_flag("--once", tail.once,
                         "Do not reconnect; exits with 1 if the stream broke off");
  tail_command->add_flag("--json", tail.json, "A JSON object a line: event, id, data");
  tail_command->callback([&] { exit_code = sluice::RunTail(tail); });

  app.add_subcommand("version", "Print the version.")->callback([] {
    std::cout << "sluice " SLUICE_VERSION "\n";
  });

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? sluice::kExitFine : sluice::kExitBadInput;
  }
  return exit_code;
}

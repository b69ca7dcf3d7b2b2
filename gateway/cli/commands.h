// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "gateway/cli/flags.h"

namespace sluice {

// The commands of `sluice`. Each prints its result to standard output and what is wrong to standard
// error, and returns the exit code.

// Serves until SIGTERM or SIGINT, then says goodbye to every stream: over the time that `drain`
// says, or at once on SIGINT. SIGHUP reads configuration and schema again. A second signal to stop
// ends it at once.
int RunServe(const ConfigFlags& flags);

// What is exposed where, what is skipped and why.
struct RoutesOptions {
  bool verbose = false;  // with the JSON of requests, events and answers, and with options
};
int RunRoutes(const ConfigFlags& flags, const RoutesOptions& options);

// Whether configuration and schema are right: for CI.
int RunCheck(const ConfigFlags& flags);

// The configuration in force, with where each value came from.
int RunConfig(const ConfigFlags& flags);

struct TailOptions {
  std::string url;
  std::string last_event_id;
  bool once = false;  // do not reconnect
  bool json = false;  // a JSON object a line
};

// Shows the events of a stream as they come; reconnects and resumes as a browser does.
int RunTail(const TailOptions& options);

}  // namespace sluice

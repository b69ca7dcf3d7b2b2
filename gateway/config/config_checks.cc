// SPDX-License-Identifier: Apache-2.0
#include "gateway/config/config_checks.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "gateway/base/text/nearest_name.h"
#include "gateway/config/config_values.h"

namespace sluice {
namespace {

using google::protobuf::RepeatedPtrField;
using sluice::config::v1::Config;
using sluice::config::v1::Limits;
using sluice::config::v1::Schema;
using sluice::config::v1::Upstream;

using CheckItem = absl::Status (*)(absl::string_view);

constexpr uint64_t kKiB = uint64_t{1} << 10;
constexpr uint64_t kGiB = uint64_t{1} << 30;
// So long the last streams of a drain may take in any case, even one without a window.
constexpr absl::Duration kGraceOfAnyDrain = absl::Seconds(1);

std::string Hint(absl::string_view text, const std::vector<std::string>& known) {
  const std::string near = NearestName(text, known);
  return near.empty() ? "" : absl::StrCat(" (did you mean ", near, "?)");
}

absl::Status CheckNotEmpty(absl::string_view text) {
  return absl::StripAsciiWhitespace(text).empty()
             ? absl::InvalidArgumentError("is empty; write a text or remove it")
             : absl::OkStatus();
}

absl::Status CheckCode(absl::string_view text) {
  std::vector<std::string> names;
  for (int code = 1; code <= 16; ++code) {
    names.push_back(absl::StatusCodeToString(static_cast<absl::StatusCode>(code)));
  }
  if (std::find(names.begin(), names.end(), text) != names.end()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(Quoted(text),
                                                 " is no code of a failed RPC; write one of ",
                                                 absl::StrJoin(names, ", "), Hint(text, names)));
}

// The characters of a header's name (RFC 9110, token).
absl::Status CheckHeaderName(absl::string_view text) {
  bool token = !text.empty();
  for (const char c : text) {
    if (!absl::ascii_isalnum(c) && !absl::StrContains("!#$%&'*+-.^_`|~", c)) token = false;
  }
  if (!token) {
    return absl::InvalidArgumentError(
        absl::StrCat(Quoted(text), " is no header name; write one such as x-tenant"));
  }
  if (absl::StartsWithIgnoreCase(text, "grpc-")) {
    return absl::InvalidArgumentError(
        absl::StrCat(Quoted(text), " cannot be forwarded; grpc- belongs to the protocol"));
  }
  return absl::OkStatus();
}

absl::Status CheckParameterName(absl::string_view text) {
  const bool word = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(c) || absl::StrContains("_.-", c);
  });
  if (word && !absl::StartsWithIgnoreCase(text, "grpc-")) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      Quoted(text), word ? " cannot become metadata; grpc- belongs to the protocol"
                         : " cannot become metadata; write letters, digits and _ . - only"));
}

// A full name, or a prefix and `*`.
absl::Status CheckPattern(absl::string_view text) {
  const size_t star = text.find('*');
  const bool star_ends = star == absl::string_view::npos ||
                         (star + 1 == text.size() && (star == 0 || text[star - 1] == '.'));
  bool name = !text.empty();
  for (const char c : text) {
    if (!absl::ascii_isalnum(c) && c != '_' && c != '.' && c != '*') name = false;
  }
  if (name && star_ends) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(Quoted(text),
                   " names no services; write a full name such as shop.v1.Orders, or a "
                   "prefix and * such as shop.v1.*"));
}

class Checks final {
 public:
  Checks(ConfigDraft& draft, ConfigSources::Targets targets)
      : draft_(draft), config_(draft.config()), targets_(targets) {}

  void Run() {
    CheckAddresses();
    CheckUpstreams();
    CheckRoutes();
    CheckPaths();
    CheckCors();
    CheckItems("trusted_proxies", config_.trusted_proxies(), CheckNetwork);
    CheckSizes();
    CheckTimes();
    CheckItems("retryable_codes", config_.retryable_codes(), CheckCode);
    CheckWord("log.level", config_.log().level(),
              {"trace", "debug", "info", "warning", "error", "off"});
    CheckWord("log.format", config_.log().format(), {"json", "text"});
  }

 private:
  void Refuse(absl::string_view path, absl::string_view what) {
    if (draft_.IsUnread(path)) return;
    const std::string where = draft_.Where(path);
    draft_.AddProblem(where.empty() ? "configuration" : where, absl::StrCat(path, what));
  }

  void RefuseUnlessOk(absl::string_view path, const absl::Status& status) {
    if (status.ok()) return;
    // A value that is quoted stands apart from the path; a verb goes on with it.
    const absl::string_view between = absl::StartsWith(status.message(), "\"") ? ": " : " ";
    Refuse(path, absl::StrCat(between, status.message()));
  }

  void CheckItems(absl::string_view path, const RepeatedPtrField<std::string>& items,
                  CheckItem check) {
    for (int i = 0; i < items.size(); ++i) {
      RefuseUnlessOk(absl::StrCat(path, "[", i, "]"), check(items.Get(i)));
    }
  }

  void CheckWord(absl::string_view path, absl::string_view word,
                 const std::vector<std::string>& allowed) {
    if (std::find(allowed.begin(), allowed.end(), word) != allowed.end()) return;
    Refuse(path, absl::StrCat(": ", Quoted(word), " is not allowed; write one of ",
                              absl::StrJoin(allowed, ", "), Hint(word, allowed)));
  }

  void CheckAddresses() {
    const auto listen = ParseHostPort(config_.listen());
    const auto ops = ParseHostPort(config_.ops().listen());
    RefuseUnlessOk("listen", listen.status());
    RefuseUnlessOk("ops.listen", ops.status());
    if (!listen.ok() || !ops.ok() || listen->port == 0 || listen->port != ops->port) return;
    const auto is_any = [](const HostPort& at) { return at.host == "0.0.0.0" || at.host == "::"; };
    if (listen->host != ops->host && !is_any(*listen) && !is_any(*ops)) return;
    // The one that was given is the one to change.
    const bool ops_given = draft_.origins().contains("ops.listen");
    Refuse(ops_given ? "ops.listen" : "listen",
           absl::StrCat(": browsers (", config_.listen(), ") and operators (",
                        config_.ops().listen(), ") would share port ", ops->port,
                        "; give listen and ops.listen different ports"));
  }

  void CheckUpstreams() {
    if (config_.upstreams().empty()) {
      if (draft_.HasUnread("upstreams")) return;
      Refuse("upstreams",
             " names no gRPC service; give --upstream HOST:PORT, or upstreams: {main: {target: "
             "\"HOST:PORT\"}} in the file");
      return;
    }
    const auto* const field = Config::descriptor()->FindFieldByName("upstreams");
    for (const std::string& name : MapKeys(config_, *field)) {
      CheckUpstream(absl::StrCat("upstreams.", name), config_.upstreams().at(name));
    }
  }

  void CheckUpstream(const std::string& path, const Upstream& upstream) {
    if (!upstream.target().empty() || NeedsTarget(upstream.schema())) {
      RefuseUnlessOk(absl::StrCat(path, ".target"), CheckTarget(upstream.target()));
    }
    CheckItems(absl::StrCat(path, ".services"), upstream.services(), CheckPattern);
    if (upstream.has_schema()) CheckSchema(absl::StrCat(path, ".schema"), upstream.schema());
  }

  bool NeedsTarget(const Schema& schema) const {
    return targets_ == ConfigSources::Targets::kAll ||
           (schema.files().empty() && schema.descriptor_set().empty());
  }

  void CheckMetadata(const std::string& path, const Schema& schema) {
    for (const auto& [name, value] : std::map<std::string, sluice::config::v1::Metadata>(
             schema.metadata().begin(), schema.metadata().end())) {
      const std::string below = absl::StrCat(path, ".metadata.", name);
      if (draft_.IsUnread(below)) continue;
      RefuseUnlessOk(below, CheckHeaderName(name));
      if (value.source_case() == sluice::config::v1::Metadata::SOURCE_NOT_SET) {
        Refuse(below, " is empty; write its value, or {file: PATH}");
      }
    }
    const std::string timeout = absl::StrCat(path, ".timeout");
    if (schema.has_timeout() && ToDuration(schema.timeout()) <= absl::ZeroDuration()) {
      Refuse(timeout, " is no time; write one such as 60s");
    }
  }

  void CheckSchema(const std::string& path, const Schema& schema) {
    CheckItems(absl::StrCat(path, ".proto_path"), schema.proto_path(), CheckNotEmpty);
    CheckItems(absl::StrCat(path, ".files"), schema.files(), CheckNotEmpty);
    CheckItems(absl::StrCat(path, ".descriptor_set"), schema.descriptor_set(), CheckNotEmpty);
    const bool proto_path_known = !draft_.IsUnread(absl::StrCat(path, ".proto_path"));
    if (!schema.files().empty() && schema.proto_path().empty() && proto_path_known) {
      Refuse(absl::StrCat(path, ".files"),
             " needs proto_path, the folders in which the files and their imports are looked up");
    }
    CheckMetadata(path, schema);
    if (!schema.files().empty() || !schema.descriptor_set().empty()) return;
    // What is said of reflection alone is enough.
    if (schema.proto_path().empty() && (!schema.metadata().empty() || schema.has_timeout())) return;
    if (draft_.IsUnread(absl::StrCat(path, ".files")) ||
        draft_.IsUnread(absl::StrCat(path, ".descriptor_set"))) {
      return;
    }
    Refuse(path,
           schema.proto_path().empty()
               ? " is empty; name files or a descriptor_set, or remove it to ask the service by "
                 "reflection"
               : " has a proto_path but no files; name the .proto files that hold the services");
  }

  void CheckRoutes() {
    for (int i = 0; i < config_.routes_size(); ++i) {
      const std::string path = absl::StrCat("routes[", i, "]");
      if (config_.routes(i).selector().empty()) {
        Refuse(absl::StrCat(path, ".selector"),
               " is empty; write the package, service or method that is meant, or * for all");
      }
      CheckItems(absl::StrCat(path, ".forward_headers"), config_.routes(i).forward_headers(),
                 CheckHeaderName);
      CheckItems(absl::StrCat(path, ".query_metadata"), config_.routes(i).query_metadata(),
                 CheckParameterName);
    }
  }

  void CheckPaths() {
    if (!config_.base_path().empty()) {
      RefuseUnlessOk("base_path", config_.base_path() == "/"
                                      ? absl::InvalidArgumentError(
                                            "\"/\" is no prefix; leave it out to serve at the root")
                                      : CheckPath(config_.base_path()));
    }
    // Some load balancers ask for nothing but the root.
    if (!config_.health_path().empty() && config_.health_path() != "/") {
      RefuseUnlessOk("health_path", CheckPath(config_.health_path()));
    }
  }

  void CheckCors() {
    const auto& origins = config_.cors().origins();
    for (int i = 0; i < origins.size(); ++i) {
      const std::string path = absl::StrCat("cors.origins[", i, "]");
      if (origins.Get(i) != "*") {
        RefuseUnlessOk(path, CheckOrigin(origins.Get(i)));
      } else if (config_.cors().credentials()) {
        Refuse(path,
               ": * cannot stand with credentials, which would open every stream to every "
               "page; name the origins, or set cors.credentials to false");
      }
    }
  }

  void CheckSizes() {
    struct Bound {
      absl::string_view path;
      uint64_t value;
      uint64_t least;
      uint64_t most;
    };
    const Limits& limits = config_.limits();
    const std::array<Bound, 6> bounds = {{
        {"limits.head", limits.head(), kKiB, kGiB},
        {"limits.body", limits.body(), kKiB, kGiB},
        {"limits.message", limits.message(), kKiB, kGiB},
        {"limits.stream_buffer", limits.stream_buffer(), 4 * kKiB, kGiB},
        {"limits.upstream_buffers", limits.upstream_buffers(), kKiB * kKiB, 1024 * kGiB},
        {"limits.schema", limits.schema(), kKiB * kKiB, 1024 * kGiB},
    }};
    for (const Bound& bound : bounds) {
      if (bound.value >= bound.least && bound.value <= bound.most) continue;
      Refuse(bound.path, absl::StrCat(": ", SizeToText(bound.value), " is not allowed; write ",
                                      SizeToText(bound.least), " to ", SizeToText(bound.most)));
    }
    if (limits.topics() == 0) Refuse("limits.topics", ": 0 is not allowed; write 1 or more");
    if (limits.connections() == 0) {
      Refuse("limits.connections", ": 0 is not allowed; write 1 or more");
    }
  }

  void CheckTimes() {
    struct Time {
      absl::string_view path;
      const google::protobuf::Duration& value;
    };
    const Limits& limits = config_.limits();
    const std::array<Time, 4> times = {{
        {"limits.head_timeout", limits.head_timeout()},
        {"limits.body_timeout", limits.body_timeout()},
        {"limits.idle_timeout", limits.idle_timeout()},
        {"limits.unary_timeout", limits.unary_timeout()},
    }};
    for (const Time& time : times) {
      const absl::Duration value = ToDuration(time.value);
      // Timers count milliseconds; less would be none at all.
      if (value >= absl::Milliseconds(1)) continue;
      Refuse(time.path,
             absl::StrCat(": ", DurationToText(value), " is not allowed; write 1ms or more"));
    }
    CheckGrace();
  }

  // Who stops the process waits for the drain's window and little more.
  void CheckGrace() {
    const absl::Duration grace = ToDuration(config_.limits().close_grace());
    const absl::Duration window = ToDuration(config_.drain().window());
    const absl::Duration most = std::max(window, kGraceOfAnyDrain);
    if (grace <= most || draft_.IsUnread("drain.window")) return;
    Refuse("limits.close_grace",
           absl::StrCat(": ", DurationToText(grace), " is longer than drain.window (",
                        DurationToText(window), "), within which every stream must end; write ",
                        DurationToText(most), " or less, or a longer drain.window"));
  }

  ConfigDraft& draft_;
  const Config& config_;
  const ConfigSources::Targets targets_;
};

}  // namespace

void CheckConfig(ConfigDraft& draft, ConfigSources::Targets targets) {
  Checks(draft, targets).Run();
}

}  // namespace sluice

# SPDX-License-Identifier: Apache-2.0
"""Checks of the C++ code: who includes whom, sizes, tests, names, classes."""

import re

from cpp_scanner import find_classes, find_margin_functions, lines_of_raw_texts
from tree import Finding

# ARCHITECTURE.md, "Who may include whom".
ROWS = {
    "base": 0,
    "schema": 1,
    "config": 1,
    "sse": 1,
    "http": 1,
    "edge": 2,
    "route": 2,
    "transcode": 2,
    "hub": 2,
    "upstream": 2,
    "relay": 3,
    "ops": 3,
    "server": 4,
    "cli": 5,
}

# Header prefix -> the folders that own it. The longest prefix that fits counts. `tests` is every
# folder below tests/ but tests/bench, whose programs stand alone and may use what they like.
OWNERS = {
    "absl/": None,  # everybody
    # Ours is std::mutex: what Debian's Abseil orders, the thread sanitizer does not see. gRPC's own
    # mutexes are set to work faster.
    "absl/synchronization/": {"upstream"},
    "boost/asio": {"base"},
    # Beast's parser takes its input as Asio's buffers.
    "boost/asio/buffer.hpp": {"base", "edge"},
    "boost/beast": {"edge", "http"},  # http: the names of statuses
    "boost/": {"base", "edge", "http"},
    "grpc/": {"upstream", "services", "tests"},
    "grpcpp/": {"upstream", "services", "tests"},
    "yaml-cpp/": {"config"},
    "CLI/": {"cli", "services"},
    "httplib.h": {"ops", "cli", "services", "tests"},
    "nlohmann/": {"transcode", "ops", "cli", "services", "tests"},
    "openssl/": {"edge"},
    "prometheus/": {"ops"},
    "google/protobuf/": {
        "schema", "config", "route", "transcode", "upstream", "ops", "server", "cli", "services",
        "tests",
    },
    "fuzzer/": {"tests"},
    "gtest/": {"tests"},
    "gmock/": {"tests"},
    # Made from our own .proto files.
    "sluice/v1/": {"schema", "config", "route", "transcode", "server", "cli", "tests"},
    "sluice/config/v1/": {"config", "server", "cli", "tests"},  # components take their own Options
    "sluice/internal/": {"upstream", "tests"},
    "conformance/": {"tests"},  # the conformance runner's own
    "demo/v1/": {"services", "tests"},
    "demo/internal/": {"services", "tests"},
}

_INCLUDE = re.compile(r'\s*#\s*include\s+([<"])([^>"]+)[>"]')


def _area(path):
    parts = path.split("/")
    if parts[0] == "gateway" and len(parts) > 2:
        return parts[1]
    return "bench" if path.startswith("tests/bench/") else parts[0]


def _may_use_ours(area, header):
    """Why `area` may not include a header of ours; None if it may."""
    target = _area(header)
    if area in ("tests", "bench"):
        return None
    if header.startswith("tests/"):
        return "only tests include tests"
    if area == "services":
        allowed = header.startswith(("services/", "gateway/base/"))
        return None if allowed else "services may include services/ and gateway/base/ only"
    if header.startswith("services/"):
        return "the gateway does not know the demo services"
    if target == area:
        return None
    if area not in ROWS or target not in ROWS:
        return f"{area if area not in ROWS else target} stands in no row of tests/tidy/cpp_checks.py"
    if ROWS[target] == ROWS[area]:
        return f"{area} and {target} are siblings; what both need lies below both"
    if ROWS[target] > ROWS[area]:
        return f"{target} (row {ROWS[target]}) lies above {area} (row {ROWS[area]})"
    return None


def _owner_rule(header):
    fitting = [prefix for prefix in OWNERS if header.startswith(prefix)]
    return max(fitting, key=len) if fitting else None


def check_includes(tree):
    """includes go to lower rows; a third-party header stays in the folder that owns it"""
    for path in tree.paths(".cc", ".h"):
        area = _area(path)
        for number, line in tree.lines(path):
            match = _INCLUDE.match(line)
            if not match:
                continue
            bracket, header = match.groups()
            message = _include_message(tree, area, bracket, header)
            if message:
                yield Finding(path, number, f"includes {header}: {message}")


def _include_message(tree, area, bracket, header):
    if header.startswith(("gateway/", "services/", "tests/")):
        if header not in tree:
            return "there is no such file"
        return _may_use_ours(area, header)
    if area == "bench":
        return None
    rule = _owner_rule(header)
    if rule:
        owners = OWNERS[rule]
        if owners is None or area in owners:
            return None
        return f"{rule} belongs to {', '.join(sorted(owners))}"
    if bracket == '"':
        return "paths are relative to the root; other libraries stand in tests/tidy/cpp_checks.py"
    if "/" in header and not header.startswith(("sys/", "arpa/", "netinet/", "net/", "linux/")):
        return "a library that tests/tidy/cpp_checks.py does not know"
    return None


# Beyond these, look whether a file, a function or a folder does two jobs. One that does one job, and
# would be harder to read in pieces, stands in LARGE with the reason.
CC_LINES = 500
HEADER_LINES = 250
TEST_LINES = 600
FUNCTION_LINES = 60
FOLDER_UNITS = 14

# Path of a file (which stands for its functions, too) or folder -> why it is as large as it is.
LARGE = {}


def _line_limit(path):
    if path.startswith("tests/"):
        return TEST_LINES
    return HEADER_LINES if path.endswith(".h") else CC_LINES


def check_sizes(tree):
    """files, functions and folders stay small, or say why not"""
    used = set()
    for finding in _large(tree):
        if finding.path in LARGE:
            used.add(finding.path)
        else:
            yield finding
    for path in sorted(set(LARGE) - used):
        yield Finding("tests/tidy/cpp_checks.py", 0, f"makes an exception of {path}: it is small now")


def _large(tree):
    units = {}
    for path in tree.paths(".cc", ".h"):
        count = len(tree.text(path).splitlines())
        if count > _line_limit(path):
            yield Finding(path, 0, f"{count} lines, over {_line_limit(path)}: does it do two jobs?")
        if not path.startswith("tests/"):
            for line, length in find_margin_functions(tree.text(path)):
                if length > FUNCTION_LINES:
                    message = f"a function of {length} lines, over {FUNCTION_LINES}"
                    yield Finding(path, line, message)
        if path.startswith("gateway/") and path.endswith(".cc"):
            folder = path.rpartition("/")[0]
            units[folder] = units.get(folder, 0) + 1
    for folder, count in sorted(units.items()):
        if count > FOLDER_UNITS:
            message = f"{count} units, over {FOLDER_UNITS}: does the folder do two jobs?"
            yield Finding(folder, 0, message)


COLUMNS = 100


def check_columns(tree):
    """no line of C++ or of a .proto is longer than 100 columns"""
    for path in tree.paths(".cc", ".h", ".proto"):
        raw = lines_of_raw_texts(tree.text(path)) if "R\"" in tree.text(path) else ()
        for number, line in tree.lines(path):
            unbreakable = number in raw or "://" in line or _INCLUDE.match(line)
            if len(line) > COLUMNS and not unbreakable:
                yield Finding(path, number, f"{len(line)} columns; at most {COLUMNS}")


# Units without a test file of their own, and why.
UNTESTED = {
    "gateway/cli/main.cc": "only calls what is tested; the integration tests run it",
    "gateway/cli/check_commands.cc": "tests/integration/command_line_test.cc runs the program",
    "gateway/cli/serve_command.cc": "tests/integration/command_line_test.cc runs the program",
    "gateway/cli/tail_command.cc": "tests/integration/command_line_test.cc runs the program",
    "gateway/server/control.cc": "tests/integration/reload_test.cc and late_schema_test.cc",
    "gateway/server/server.cc": "only puts together: every integration test starts it",
    "gateway/server/worker.cc": "only puts together: every integration test starts it",
}
# Tests that stand with the units of a folder without being the tests of one, and why.
WITHOUT_UNIT = {
    "tests/unit/config/configuration_reference_test.cc":
        "keeps docs/configuration.md true to the comments of config.proto",
}


# CMake builds every file of these, without a list.
GLOBBED = ("gateway/", "tests/unit/", "tests/integration/")

_SUITE = re.compile(r"TEST(?:_F|_P)?\((\w+),")


def check_promises(tree):
    """the suites of an integration test are named after its file, so that ctest finds them"""
    for path in tree.paths("_test.cc", under="tests/integration/"):
        words = path.rpartition("/")[2][: -len("_test.cc")].split("_")
        prefix = "".join(word.capitalize() for word in words)
        for number, line in tree.lines(path):
            match = _SUITE.match(line)
            if match and not match.group(1).startswith(prefix):
                yield Finding(path, number, f"suite {match.group(1)}: its name must begin with {prefix}")


def _class_of(tree, path):
    """The path, without its ending, of the class whose file this is: `wire_printer` for
    `wire_printer_map.cc`, if there is `wire_printer.h` and no `wire_printer_map.h`."""
    stem = path[: -len(".cc")]
    folder, _, name = stem.rpartition("/")
    words = name.split("_")
    for count in range(len(words), 0, -1):
        candidate = f"{folder}/{'_'.join(words[:count])}"
        if f"{candidate}.h" in tree:
            return candidate
    return stem


def _source_folder(test_folder):
    """`services` for the tests in tests/unit/services, `gateway/x` for those in tests/unit/x."""
    return "services" if test_folder == "services" else f"gateway/{test_folder}"


def check_mirror(tree):
    """every unit has its test file, every test file its unit, and CMake builds every file"""
    for path in tree.paths(".cc", under="gateway/"):
        test = "tests/unit/" + _class_of(tree, path)[len("gateway/") :] + "_test.cc"
        own_test = "tests/unit/" + path[len("gateway/") : -len(".cc")] + "_test.cc"
        if path not in UNTESTED and test not in tree and own_test not in tree:
            yield Finding(path, 0, f"has no {test}")
    for path in (*UNTESTED, *WITHOUT_UNIT):
        if path not in tree:
            yield Finding("tests/tidy/cpp_checks.py", 0, f"makes an exception of {path}: it is gone")
    for path in tree.paths("_test.cc", under="tests/unit/"):
        if path in WITHOUT_UNIT:
            continue
        folder, _, name = path[len("tests/unit/") : -len("_test.cc")].rpartition("/")
        folder = _source_folder(folder)
        words = name.split("_")
        # The tests of a large unit may be split: listener_limits_test.cc belongs to listener.
        stems = ["_".join(words[:n]) for n in range(len(words), 0, -1)]
        if not any(f"{folder}/{s}{end}" in tree for s in stems for end in (".cc", ".h")):
            yield Finding(path, 0, f"tests nothing of that name in {folder}")
    for path in tree.paths(".cc"):
        if path.startswith(GLOBBED):
            continue
        folder, _, name = path.rpartition("/")
        while folder and f"{folder}/CMakeLists.txt" not in tree:
            parent, _, last = folder.rpartition("/")
            folder, name = parent, f"{last}/{name}"
        listing = tree.text(f"{folder}/CMakeLists.txt") if folder else ""
        # A fuzz target is named without its ending.
        listed = re.escape(name[: -len("_fuzz.cc")]) if name.endswith("_fuzz.cc") else re.escape(name)
        if not re.search(rf"(?<![\w/]){listed}\b", listing):
            yield Finding(path, 0, f"is not built: {folder}/CMakeLists.txt does not name {name}")


def check_pragma(tree):
    """every header begins with #pragma once"""
    for path in tree.paths(".h"):
        first = next((l for _, l in tree.lines(path) if l.startswith("#")), "")
        if first.strip() != "#pragma once":
            yield Finding(path, 0, "the first directive must be #pragma once")


# What is written for people to read. All else goes by the clock that is never set back.
WALL_CLOCK_READERS = {"gateway/base/observe/log.cc", "gateway/http/response_head.cc"}
_WALL_CLOCK = re.compile(
    r"\babsl::Now\(|\bGetCurrentTimeNanos\(|\bsystem_clock\b|\bCLOCK_REALTIME\b|\bgettimeofday\(")


def check_clock(tree):
    """only what people read tells the time of day; it may be set back at any moment"""
    for path in tree.paths(".h", ".cc"):
        if not path.startswith("gateway/") or path in WALL_CLOCK_READERS:
            continue
        for number, line in tree.lines(path):
            if _WALL_CLOCK.search(line):
                yield Finding(path, number, "the wall clock may be set back; take a Clock's Now()")


BANNED_WORDS = {
    "manager", "util", "utils", "common", "helper", "helpers", "impl", "data", "info", "client",
    "session", "context",
}
# A call of a library's function (`parser.HandleNextDocument()`) is not our choice of words.
_HANDLE = re.compile(r"(?<![.>])\b(?:Handle[A-Z]\w*|handle_\w+)\s*\(")


def _words(name):
    return [w.lower() for w in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)]


def check_names(tree):
    """no class or file has a name that says nothing; functions say what they do"""
    for path in tree.paths(".cc", ".h", ".proto"):
        if path.startswith("proto/google/"):
            continue  # their names are facts: services import them
        stem = path.rpartition("/")[2].split(".")[0]
        for word in BANNED_WORDS.intersection(_words(stem)):
            yield Finding(path, 0, f'"{word}" in a file name says nothing')
    for path in tree.paths(".cc", ".h"):
        for found in find_classes(tree.text(path)):
            name = found.name.rpartition("::")[2]
            if name == "Impl" and found.nested:
                continue  # keeps a library out of a header
            for word in BANNED_WORDS.intersection(_words(name)):
                yield Finding(path, found.line, f'"{word}" in {name} says nothing')
        for number, line in tree.lines(path):
            match = _HANDLE.search(line.split("//")[0])
            if match:
                yield Finding(path, number, f"{match.group()}): say what it does, not that it handles")


# The seams of ARCHITECTURE.md, with what belongs to Upstream. Another needs a decision record.
INTERFACES = {"Clock", "Executor", "Upstream", "Observer", "Call", "BodyReader", "TopicSource"}
# Bases of test classes, which gtest derives from again.
_FIXTURE_BASE = re.compile(r"(testing::)?(Test|TestWithParam|Environment)$|Test$|Fixture$")


def check_classes(tree):
    """virtual only at the seams that ARCHITECTURE.md names; every other class is final"""
    for path in tree.paths(".cc", ".h"):
        for found in find_classes(tree.text(path)):
            name = found.name.rpartition("::")[2]
            in_tests = path.startswith("tests/")
            if found.has_virtual and name not in INTERFACES:
                message = f"{name} has virtual functions; only {', '.join(sorted(INTERFACES))} may"
                yield Finding(path, found.line, message)
            if found.is_final or (name in INTERFACES and found.has_virtual):
                continue
            if in_tests and any(_FIXTURE_BASE.search(base) for base in found.bases):
                continue
            if found.bases or (found.kind == "class" and not in_tests):
                yield Finding(path, found.line, f"{name} must be final")

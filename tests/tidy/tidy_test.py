# SPDX-License-Identifier: Apache-2.0
"""Each check finds a small bad example and leaves a good one alone, so that none can rot into never
failing."""

import tempfile
import unittest
from pathlib import Path
from unittest import mock

import cpp_checks
import text_checks
import tidy
from cpp_scanner import find_classes, find_margin_functions
from tree import Tree

SPDX = "// SPDX-License-Identifier: " + "Apache-2.0\n"


def messages(check, texts):
    return [str(finding) for finding in check(Tree(texts))]


class CheckCase(unittest.TestCase):
    def assert_finds(self, check, texts, *parts):
        """Exactly one finding, which contains all of `parts`."""
        found = messages(check, texts)
        self.assertEqual(len(found), 1, found)
        for part in parts:
            self.assertIn(part, found[0])

    def assert_fine(self, check, texts):
        self.assertEqual(messages(check, texts), [])


class Promises(CheckCase):
    def test_a_suite_of_another_name(self):
        texts = {"tests/integration/slow_consumer_test.cc": "TEST(SlowConsumerOfFiles, Is) {}\n"}
        self.assert_fine(cpp_checks.check_promises, texts)
        texts = {"tests/integration/slow_consumer_test.cc": "TEST_F(Slow, Is) {}\n"}
        self.assert_finds(cpp_checks.check_promises, texts, "begin with SlowConsumer")


class Includes(CheckCase):
    def include(self, path, header, **others):
        texts = {path: f"#include {header}\n"}
        if header.startswith('"'):
            texts[header.strip('"')] = ""
        return texts | others

    def test_a_lower_row_and_the_own_folder_are_fine(self):
        for header in ('"gateway/base/loop/loop.h"', '"gateway/relay/relay.h"', '"gateway/route/route.h"'):
            self.assert_fine(cpp_checks.check_includes, self.include("gateway/relay/a.cc", header))

    def test_a_higher_row(self):
        texts = self.include("gateway/route/a.cc", '"gateway/relay/relay.h"')
        self.assert_finds(cpp_checks.check_includes, texts, "a.cc:1", "lies above route")

    def test_a_sibling(self):
        texts = self.include("gateway/sse/a.cc", '"gateway/config/keys.h"')
        self.assert_finds(cpp_checks.check_includes, texts, "siblings")

    def test_a_folder_in_no_row(self):
        texts = self.include("gateway/new/a.cc", '"gateway/base/loop/loop.h"')
        self.assert_finds(cpp_checks.check_includes, texts, "new stands in no row")

    def test_the_gateway_includes_no_tests_and_no_services(self):
        texts = self.include("gateway/sse/a.cc", '"tests/support/fake.h"')
        self.assert_finds(cpp_checks.check_includes, texts, "only tests")
        texts = self.include("gateway/sse/a.cc", '"services/demo_server.h"')
        self.assert_finds(cpp_checks.check_includes, texts, "does not know the demo")

    def test_services_know_the_ground_only(self):
        texts = self.include("services/a.cc", '"gateway/edge/listener.h"')
        self.assert_finds(cpp_checks.check_includes, texts, "services may include")
        self.assert_fine(
            cpp_checks.check_includes, self.include("services/a.cc", '"gateway/base/observe/log.h"')
        )

    def test_a_library_outside_its_folder(self):
        for folder, header in [
            ("edge", "<boost/asio/io_context.hpp>"),
            ("base", "<boost/beast/http.hpp>"),
            ("relay", "<grpcpp/grpcpp.h>"),
            ("server", "<yaml-cpp/yaml.h>"),
            ("server", "<CLI/CLI.hpp>"),
            ("edge", "<httplib.h>"),
            ("relay", "<prometheus/registry.h>"),
            ("sse", '"google/protobuf/message.h"'),
            ("relay", '"sluice/config/v1/config.pb.h"'),
            ("transcode", '"absl/synchronization/mutex.h"'),
        ]:
            with self.subTest(header):
                texts = {f"gateway/{folder}/a.cc": f"#include {header}\n"}
                self.assert_finds(cpp_checks.check_includes, texts, "belongs to")

    def test_a_library_in_its_folder(self):
        for folder, header in [
            ("base", "<boost/asio/io_context.hpp>"),
            ("edge", "<boost/asio/buffer.hpp>"),
            ("upstream", "<grpcpp/generic/generic_stub.h>"),
            ("relay", '"absl/status/status.h"'),
            ("relay", "<sys/socket.h>"),
            ("relay", "<vector>"),
        ]:
            with self.subTest(header):
                texts = {f"gateway/{folder}/a.cc": f"#include {header}\n"}
                self.assert_fine(cpp_checks.check_includes, texts)

    def test_an_unknown_library_a_relative_path_and_a_missing_file(self):
        check = cpp_checks.check_includes
        self.assert_finds(check, {"gateway/sse/a.cc": "#include <re2/re2.h>\n"}, "does not know")
        self.assert_finds(check, {"gateway/sse/a.cc": '#include "frame.h"\n'}, "relative to the root")
        self.assert_finds(check, {"gateway/sse/a.cc": '#include "gateway/sse/b.h"\n'}, "no such file")


class Sizes(CheckCase):
    def test_long_files(self):
        for path, limit in [
            ("gateway/sse/a.cc", cpp_checks.CC_LINES),
            ("gateway/sse/a.h", cpp_checks.HEADER_LINES),
            ("tests/unit/sse/a_test.cc", cpp_checks.TEST_LINES),
        ]:
            with self.subTest(path):
                self.assert_fine(cpp_checks.check_sizes, {path: "//\n" * limit})
                texts = {path: "//\n" * (limit + 1)}
                self.assert_finds(cpp_checks.check_sizes, texts, f"{limit + 1} lines")

    def test_a_long_function(self):
        body = "  Step();\n" * 58
        fine = f"namespace sluice {{\n\nvoid Run() {{\n{body}}}\n\n}}  // namespace sluice\n"
        self.assert_fine(cpp_checks.check_sizes, {"gateway/sse/a.cc": fine})
        long = fine.replace("  Step();\n", "  Step();\n  Step();\n", 1).replace("Run", "RunAll")
        self.assert_finds(cpp_checks.check_sizes, {"gateway/sse/a.cc": long}, "a.cc:3", "61 lines")

    def test_a_folder_with_many_units(self):
        texts = {f"gateway/sse/a{n}.cc": "" for n in range(14)}
        self.assert_fine(cpp_checks.check_sizes, texts)
        self.assert_finds(cpp_checks.check_sizes, texts | {"gateway/sse/b.cc": ""}, "15 units")

    def test_a_long_line(self):
        self.assert_fine(cpp_checks.check_columns, {"a.proto": "/" * 100})
        self.assert_finds(cpp_checks.check_columns, {"a.proto": "\n" + "/" * 101}, "a.proto:2")

    def test_a_long_line_of_text_cannot_be_broken(self):
        text = 'const char* a = R"(\n' + "a" * 101 + '\n)";\n'
        self.assert_fine(cpp_checks.check_columns, {"a.cc": text})
        self.assert_finds(cpp_checks.check_columns, {"a.cc": text + "b" * 101}, "a.cc:4")


class Large(CheckCase):
    def test_a_reason_is_enough(self):
        texts = {"gateway/a/b.cc": "\n" * (cpp_checks.CC_LINES + 1)}
        self.assert_finds(cpp_checks.check_sizes, texts, "gateway/a/b.cc", "two jobs")
        with mock.patch.object(cpp_checks, "LARGE", {"gateway/a/b.cc": "one grammar"}):
            self.assert_fine(cpp_checks.check_sizes, texts)

    def test_a_reason_that_is_not_needed(self):
        with mock.patch.object(cpp_checks, "LARGE", {"gateway/a/b.cc": "one grammar"}):
            self.assert_finds(cpp_checks.check_sizes, {"gateway/a/b.cc": ""}, "small now")


class Mirror(CheckCase):
    def setUp(self):
        # The exceptions of the example, instead of those of the tree.
        for name, path in (
            ("UNTESTED", "gateway/cli/main.cc"),
            ("WITHOUT_UNIT", "tests/unit/config/reference_test.cc"),
        ):
            patch = mock.patch.object(cpp_checks, name, {path: "a reason"})
            patch.start()
            self.addCleanup(patch.stop)

    TREE = {
        "gateway/sse/frame.cc": "",
        "gateway/cli/main.cc": "",
        "tests/unit/sse/frame_test.cc": "",
        "tests/unit/config/reference_test.cc": "",
    }

    def without(self, *paths):
        return {path: text for path, text in self.TREE.items() if path not in paths}

    def test_the_example_is_fine(self):
        self.assert_fine(cpp_checks.check_mirror, self.TREE)

    def test_a_unit_without_a_test(self):
        texts = self.without("tests/unit/sse/frame_test.cc")
        self.assert_finds(cpp_checks.check_mirror, texts, "has no tests/unit/sse/frame_test.cc")

    def test_a_class_in_several_files(self):
        texts = self.TREE | {"gateway/sse/frame.h": "", "gateway/sse/frame_of_pages.cc": ""}
        self.assert_fine(cpp_checks.check_mirror, texts)
        texts = texts | {"gateway/sse/frame_of_pages.h": ""}
        self.assert_finds(cpp_checks.check_mirror, texts, "has no tests/unit/sse/frame_of_pages_test.cc")

    def test_a_test_without_a_unit(self):
        texts = self.without("gateway/sse/frame.cc")
        self.assert_finds(cpp_checks.check_mirror, texts, "tests nothing")

    def test_an_exception_that_is_gone(self):
        texts = self.without("gateway/cli/main.cc")
        self.assert_finds(cpp_checks.check_mirror, texts, "main.cc: it is gone")

    def test_a_file_that_is_not_built(self):
        texts = self.TREE | {
            "services/CMakeLists.txt": "other_rooms.cc",
            "services/rooms.cc": "",
        }
        self.assert_finds(cpp_checks.check_mirror, texts, "is not built")

    def test_a_split_test_and_a_file_in_a_subfolder(self):
        texts = self.TREE | {
            "tests/unit/sse/frame_limits_test.cc": "",
            "tests/bench/CMakeLists.txt": "source/main.cc",
            "tests/bench/source/main.cc": "",
            "tests/fuzz/CMakeLists.txt": "fuzz_target(frame DEPS sluice_sse)",
            "tests/fuzz/frame_fuzz.cc": "",
            "services/CMakeLists.txt": "rooms.cc",
            "services/rooms.cc": "",
            "tests/unit/services/rooms_test.cc": "",
        }
        self.assert_fine(cpp_checks.check_mirror, texts)


class Names(CheckCase):
    def test_a_wall_clock_where_it_could_be_set_back(self):
        self.assert_fine(cpp_checks.check_clock, {
            "gateway/base/observe/log.cc": SPDX + "auto now = absl::Now();\n",
            "gateway/hub/a.cc": SPDX + "auto now = clock_.Now();\n",
            "tests/unit/a.cc": SPDX + "auto now = absl::Now();\n",
        })
        self.assert_finds(cpp_checks.check_clock,
                          {"gateway/hub/a.cc": "auto now = absl::Now();\n"}, "gateway/hub/a.cc:1")

    def test_a_header_without_pragma_once(self):
        self.assert_fine(cpp_checks.check_pragma, {"a.h": SPDX + "#pragma once\n"})
        self.assert_finds(cpp_checks.check_pragma, {"a.h": "#ifndef A_H\n#define A_H\n"}, "a.h")

    def test_file_names(self):
        self.assert_finds(cpp_checks.check_names, {"gateway/sse/sse_utils.cc": ""}, '"utils"')
        self.assert_fine(cpp_checks.check_names, {"gateway/sse/database.cc": ""})
        self.assert_fine(cpp_checks.check_names, {"proto/google/api/client.proto": ""})

    def test_class_names(self):
        self.assert_finds(cpp_checks.check_names, {"a.cc": "class HTTPSession final {};\n"}, "a.cc:1")
        self.assert_finds(cpp_checks.check_names, {"a.cc": "struct Impl {};\n"}, '"impl"')
        self.assert_fine(cpp_checks.check_names, {"a.cc": "class Pipe::Impl final {};\n"})
        self.assert_fine(cpp_checks.check_names, {"a.cc": "grpc::ClientContext ctx;\nclass X {};\n"})

    def test_handle_as_a_verb(self):
        self.assert_finds(cpp_checks.check_names, {"a.cc": "void HandleRequest(int);\n"}, "a.cc:1")
        self.assert_fine(cpp_checks.check_names, {"a.cc": "Handle handle(fd);\nx.HandleNext();\n"})


class Classes(CheckCase):
    def test_a_fifth_interface(self):
        texts = {"gateway/a.h": "class Sink {\n public:\n  virtual ~Sink() = default;\n};\n"}
        found = messages(cpp_checks.check_classes, texts)
        self.assertEqual(len(found), 2, found)
        self.assertIn("Sink has virtual functions", found[0])
        self.assertIn("must be final", found[1])

    def test_the_seams(self):
        text = (
            "class Upstream {\n public:\n  class Call {\n   public:\n    virtual ~Call() = default;\n"
            "  };\n  virtual ~Upstream() = default;\n};\n"
        )
        self.assert_fine(cpp_checks.check_classes, {"gateway/a.h": text})

    def test_a_class_that_is_not_final(self):
        for text in (
            "class Loop {\n};\n",
            "class Loop : public Executor {\n};\n",
            "struct Loop : Executor {\n};\n",
            "class Outer final {\n  class Inner : public A<B, C>, D {\n  };\n};\n",
        ):
            with self.subTest(text):
                self.assert_finds(cpp_checks.check_classes, {"gateway/a.h": text}, "must be final")

    def test_what_needs_no_final(self):
        for path, text in (
            ("gateway/a.h", "struct Point {\n};\nenum class Kind { kA };\nclass Later;\n"),
            ("gateway/a.h", "template <class T>\nvoid F(T t) {\n}\n"),
            ("gateway/a.h", "// class Old {\nclass Loop final : public Executor {\n};\n"),
            ("tests/a_test.cc", "class LoopTest : public ::testing::Test {\n};\n"),
            ("tests/a_test.cc", 'auto s = "class Text {";\n'),
        ):
            with self.subTest(text):
                self.assert_fine(cpp_checks.check_classes, {path: text})


class Scanner(unittest.TestCase):
    def test_bases_without_their_arguments(self):
        found = find_classes("class A final : public B<C, D<E>>, private ::f::G {};")
        self.assertEqual(found[0].bases, ("B", "f::G"))

    def test_virtual_belongs_to_the_innermost_class(self):
        found = find_classes("class A {\n  class B {\n    virtual void F();\n  };\n};\n")
        self.assertEqual([(c.name, c.has_virtual) for c in found], [("A", False), ("B", True)])

    def test_functions_at_the_margin(self):
        text = (
            "namespace {\n\nint F(int a,\n      int b) {\n  return a;\n}\n\nint G();\n\n"
            "constexpr int kTable[] = {\n    1,\n};\n\nA::A()\n    : b_(1) {\n}\n\n}  // namespace\n"
        )
        self.assertEqual(find_margin_functions(text), [(3, 4), (14, 3)])


class Texts(CheckCase):
    def test_a_source_without_its_licence(self):
        self.assert_finds(text_checks.check_spdx, {"scripts/x": "#!/bin/bash\n"}, "scripts/x")
        self.assert_finds(text_checks.check_spdx, {"a.cc": "\n\n\n" + SPDX}, "a.cc")
        self.assert_fine(text_checks.check_spdx, {"a.cc": SPDX, "page.md": "", "x.json": "{}"})

    def test_unfinished_work(self):
        word = "TO" + "DO"
        self.assert_finds(text_checks.check_unfinished, {"a.cc": f"\n// {word}: later\n"}, "a.cc:2")
        self.assert_fine(text_checks.check_unfinished, {"a.cc": "mastodons"})

    def test_a_path_of_one_machine(self):
        path = "/ho" + "me/jane/sluice"
        self.assert_finds(text_checks.check_machine, {"a.md": f"see {path}\n"}, "a.md:1")
        self.assert_fine(text_checks.check_machine, {"a.md": "~/wo" "rk/folder, /usr/include, x/ro" "ot/y\n"})

    def test_a_package_registry(self):
        lock = '"resolved": "ht' + 'tps://example.com/x.tgz"'
        self.assert_finds(text_checks.check_machine, {"package-lock.json": lock}, "registry")

    def test_dead_links(self):
        check = text_checks.check_links
        self.assert_finds(check, {"docs/a.md": "[x](b.md)"}, "leads nowhere: b.md")
        self.assert_finds(check, {"docs/a.md": "[x](#no)\n# Yes"}, "no heading for #no")
        self.assert_finds(check, {"a.md": "[x]: gone.md"}, "leads nowhere")

    def test_a_file_that_is_gone(self):
        check = text_checks.check_paths
        tree = {"gateway/sse/frame.cc": "", "tests/integration/drain_test.cc": ""}
        gone = [
            ("a.md", "see gateway/sse/gone.cc"),
            ("a.md", "see `gone_test`"),
            ("gateway/a.h", "int a;  // see gone.cc"),
            ("gateway/a.h", "// as in tests/integration/gone_test.cc"),
            ("tests/bench/b.py", "# docs/gone.md says how"),
        ]
        for path, text in gone:
            self.assert_finds(check, tree | {path: text}, f"{path}:1", "there is no", "gone")
        for text in ("gateway/sse/frame", "frame.cc, drain_test", "gateway/", "see gateway/sse."):
            self.assert_fine(check, tree | {"a.md": text})
        self.assert_fine(check, {"x/gateway/a.in": "", "x/b.md": "by gateway/a.in"})
        self.assert_fine(check, tree | {"gateway/a.cc": 'Open("docs/gone.md");'})

    def test_a_comment_that_the_formatter_broke(self):
        check = text_checks.check_comments
        full = "// " + "word " * 18 + "and"
        self.assert_finds(check, {"a.h": f"{full}\n// then\n// it goes on\n"}, "a.h:2")
        self.assert_fine(check, {"a.h": f"{full}\n// then.\n// it goes on\n"})
        self.assert_fine(check, {"a.h": f"{full}\n// then it ends\nint a;\n"})
        self.assert_fine(check, {"a.h": "// short\n// then\n// it goes on\n"})

    def test_links_that_lead_somewhere(self):
        texts = {
            "docs/a.md": "[x](../README.md#what-it-is-really), [y](https://e.org), [z](#a), [d](sub/)"
            "\n# A\n```\n[n](none.md)\n```\n`[n](none.md)`\n",
            "docs/sub/b.md": "",
            "README.md": "## What it *is*, really\n",
        }
        self.assert_fine(text_checks.check_links, texts)


class Format(unittest.TestCase):
    def test_a_file_that_is_not_formatted(self):
        _, version = text_checks.find_clang_format()
        if version != text_checks.CLANG_FORMAT_VERSION:
            self.skipTest("another clang-format decides nothing")
        with tempfile.TemporaryDirectory() as root:
            Path(root, ".clang-format").write_text("BasedOnStyle: Google\n")
            Path(root, "good.cc").write_text("int main() { return 0; }\n")
            Path(root, "bad.cc").write_text("int main()  {return 0;}\n")
            found = list(text_checks.check_format(Tree.of_folder(root)))
        self.assertEqual([finding.path for finding in found], ["bad.cc"])


class Runner(unittest.TestCase):
    def test_ctest_runs_every_check(self):
        listing = Path(__file__).with_name("CMakeLists.txt").read_text()
        named = listing.partition("foreach(check ")[2].partition(")")[0].split()
        self.assertEqual(named, list(tidy.CHECKS))

    def test_every_check_says_what_it_wants(self):
        for name, check in tidy.CHECKS.items():
            self.assertTrue(check.__doc__, name)


if __name__ == "__main__":
    unittest.main()

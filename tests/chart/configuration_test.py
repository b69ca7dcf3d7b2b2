# SPDX-License-Identifier: Apache-2.0
"""The ConfigMap that the chart renders is a file that the gateway takes, checked against services that run."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from chart import CHART, CI_FILES, MAIN, ROOT, SLUICE, Manifests, helm, render, with_main
from processes import demo_services

LEGACY = """
syntax = "proto3";
package legacy.v1;
service Orders { rpc Watch(Request) returns (stream Order); }
message Request {}
message Order { string id = 1; }
"""


class ConfigMap(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.services = cls.enterClassContext(demo_services())
        (cls.folder / "legacy.proto").write_text(LEGACY)
        subprocess.run(["protoc", f"-I{cls.folder}", "--include_imports",
                        f"--descriptor_set_out={cls.folder}/legacy.binpb", "legacy.proto"], check=True)

    def check(self, text):
        """`sluice check` where the names of services and the folder of descriptors are those of the test."""
        file = self.folder / "sluice.yaml"
        file.write_text(text.replace("/etc/sluice-descriptors/", f"{self.folder}/"))
        variables = {f"SLUICE_UPSTREAMS_{name}_TARGET": self.services for name in ("MAIN", "DEMO")
                     if f"  {name.lower()}:" in text}
        return subprocess.run([SLUICE, "check", "--config", file], env={**os.environ, **variables},
                              capture_output=True, text=True, check=False)

    def assert_accepted(self, text):
        result = self.check(text)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr + text)

    def test_every_file_in_ci_gives_a_configuration_that_is_accepted(self):
        self.assertGreaterEqual(len(CI_FILES), 4)
        for file in CI_FILES:
            with self.subTest(file=file.name):
                text = helm("template", "live", CHART, "-f", file)
                self.assert_accepted(Manifests(text).configuration_text())

    def test_every_kind_of_key_is_accepted(self):
        stream = {"event": "FULL", "endless": True, "retry": "1s", "end_retry": "1s", "heartbeat": "2s",
                  "heartbeat_event": True, "max_age": "1h", "json": {"proto_names": True},
                  "share": {"linger": "1s", "history": {"events": 10, "bytes": 4096, "age": "1m"},
                            "start": {"last": 5}, "on_gap": "LIVE", "slow": "SKIP", "presence": True,
                            "reopen": {"min": "1s", "max": "2s", "give_up": "1m"}}}
        config = {"cors": {"origins": ["https://a.example.com"], "credentials": True},
                  "trusted_proxies": ["10.0.0.0/8"], "retryable_codes": ["UNAVAILABLE"],
                  "limits": {"head": "8KiB", "body": "1MiB", "message": "4MiB", "stream_buffer": "64KiB",
                             "upstream_buffers": "64MiB", "connections": 1000000, "head_timeout": "10s",
                             "open_grace": "250ms", "topics": 100},
                  "log": {"level": "warning", "format": "text", "access": False}}
        chart = render(with_main(config=config, routes={"demo.v1.Clock.*": {"stream": stream}}))
        self.assert_accepted(chart.configuration_text())

    def test_texts_that_look_like_something_else_stay_texts(self):
        for headers in (["on", "no"], ["null", "1"], ["0x1", "1e3"]):
            with self.subTest(headers=headers):
                chart = render(with_main(routes={"*": {"forward_headers": headers}}))
                self.assertEqual(chart.configuration()["routes"][0]["forward_headers"], headers)
                self.assert_accepted(chart.configuration_text())

    def test_what_the_chart_cannot_see_is_refused_by_the_gateway(self):
        for what, values in (("demo.v1.Klock", {"routes": {"demo.v1.Klock.*": {}}}),
                             ("cors", {"config": {"cors": {"origins": ["*"], "credentials": True}}})):
            with self.subTest(what=what):
                result = self.check(render(with_main(**values)).configuration_text())
                self.assertEqual(result.returncode, 2, result.stdout + result.stderr)
                self.assertIn(what, result.stderr)

    def test_the_configuration_of_the_compose_file_is_accepted(self):
        self.assert_accepted((ROOT / "deploy/compose/sluice.yaml").read_text())


class Minimal(unittest.TestCase):
    def test_a_configuration_says_no_more_than_it_must(self):
        self.assertEqual(set(render(MAIN).configuration()), {"listen", "ops", "drain", "upstreams"})


if __name__ == "__main__":
    unittest.main()

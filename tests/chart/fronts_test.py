# SPDX-License-Identifier: Apache-2.0
"""The snippets of deploy/: nginx and haproxy are run, and pass a stream on as it comes; the rest is read."""

import http.client
import re
import shutil
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import yaml
from chart import ROOT, SLUICE
from manifests_test import validate
from processes import demo_services, free_port, running

FRONTS = ROOT / "deploy/fronts"
# The snippets' times of silence, made short enough for a test; the heartbeat is a second, but for the clock.
SILENCE = "60s", "5s"
QUIET_SECONDS = 8
LET_GO_SECONDS = 3


class Stream:
    """One answer, read line by line as it comes."""

    def __init__(self, port, path):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        self.connection.request("GET", path, headers={"Accept": "text/event-stream"})
        self.answer = self.connection.getresponse()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def until(self, beginning):
        """Reads up to the line that begins so; returns all that was read."""
        lines = []
        while not lines or not lines[-1].startswith(beginning):
            line = self.answer.readline()
            if not line:
                raise AssertionError(f"the stream ended before {beginning!r}: {lines}")
            lines.append(line.decode())
        return lines


class Proxies(unittest.TestCase):
    """A gateway with the demo services; each test puts a proxy in front of it."""

    @classmethod
    def setUpClass(cls):
        cls.port, cls.ops = free_port(), free_port()
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        service = cls.enterClassContext(demo_services())
        (cls.folder / "sluice.yaml").write_text(
            f"listen: 127.0.0.1:{cls.port}\nops: {{listen: 127.0.0.1:{cls.ops}}}\n"
            f"upstreams: {{main: {{target: '{service}'}}}}\n"
            "trusted_proxies: [127.0.0.0/8]\nlimits: {close_grace: 100ms}\n"
            "routes:\n- {selector: '*', stream: {heartbeat: 1s}}\n"
            "- {selector: demo.v1.Clock.Watch, stream: {heartbeat: 30s}}\n")
        cls.enterClassContext(running(cls.port, SLUICE, "serve", "--config", cls.folder / "sluice.yaml"))
        deadline = time.monotonic() + 30
        while not cls.is_ready():
            if time.monotonic() > deadline:
                raise AssertionError("the gateway is not ready")
            time.sleep(0.05)

    @classmethod
    def is_ready(cls):
        connection = http.client.HTTPConnection("127.0.0.1", cls.ops, timeout=5)
        connection.request("GET", "/readyz")
        status = connection.getresponse().status
        connection.close()
        return status == 200

    def snippet(self, name, port):
        """The snippet with the test's ports and times; each replacement must find its place."""
        text = (FRONTS / name).read_text(encoding="utf-8")
        for old, new in (("127.0.0.1:8080", f"127.0.0.1:{self.port}"),
                         ("127.0.0.1:8000", f"127.0.0.1:{port}"), SILENCE):
            self.assertIn(old, text)
            text = text.replace(old, new)
        return text.replace("port 9090", f"port {self.ops}")

    def assert_passes_streams_on(self, port):
        # As it comes: the first event is there before the second has been sent.
        with Stream(port, "/demo.v1.Clock/Watch") as stream:
            began = time.monotonic()
            self.assertEqual(stream.answer.status, 200)
            self.assertEqual(stream.answer.getheader("Transfer-Encoding"), "chunked")
            self.assertIsNone(stream.answer.getheader("Content-Encoding"))
            stream.until("event: stream-open")
            self.assertLess(time.monotonic() - began, 2)
        # Not cut: a silence of more than twice the time after which the proxy gives up.
        with Stream(port, f"/demo.v1.Faults/Run?silence_before={QUIET_SECONDS}s&send_headers=true") as stream:
            stream.until("event: stream-open")
            heartbeats = [line for line in stream.until("event: ") if line == ":\n"]
            self.assertGreaterEqual(len(heartbeats), QUIET_SECONDS - 2)

    def assert_keeps_ends_apart(self, port):
        """Whether browsers are to come back is told by the end of the body: complete, or broken off."""
        with Stream(port, "/demo.v1.Faults/Run?count=1") as stream:
            self.assertIn(b"event: stream-end", stream.answer.read())
        with Stream(port, "/demo.v1.Faults/Run?code=14&fail_after=1") as stream:
            with self.assertRaises(http.client.IncompleteRead) as broken:
                stream.answer.read()
            self.assertIn(b"event: stream-error", broken.exception.partial)

    def assert_lets_go(self, port):
        """A browser that leaves ends its stream in the gateway, though no event or heartbeat is due."""
        self.assert_open_streams(0)  # those of the tests before have gone
        with Stream(port, "/demo.v1.Clock/Watch?interval=60s") as stream:
            # All of it: what is left unread would make a reset of the end of the connection.
            stream.until("event: Time")
            stream.until("\n")
            self.assert_open_streams(1)
        self.assert_open_streams(0)

    def assert_open_streams(self, wanted):
        deadline = time.monotonic() + LET_GO_SECONDS
        while self.open_streams() != wanted and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertEqual(self.open_streams(), wanted)

    def open_streams(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.ops, timeout=5)
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        connection.close()
        return sum(float(value) for value in re.findall(r"^sluice_streams_open(?:\{\S*)? (\S+)$", text, re.M))

    def test_nginx_passes_streams_on(self):
        port = free_port()
        configuration = self.folder / "nginx.conf"
        (self.folder / "front.conf").write_text(self.snippet("nginx.conf", port))
        places = "".join(f"{kind}_temp_path {self.folder}/{kind};\n" for kind in
                         ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        configuration.write_text(
            f"daemon off;\npid {self.folder}/nginx.pid;\nerror_log {self.folder}/nginx.log;\n"
            "worker_shutdown_timeout 30s;\nworker_rlimit_nofile 4000;\n"
            f"events {{ worker_connections 2000; }}\nhttp {{\naccess_log off;\n{places}"
            f"include {self.folder}/front.conf;\n}}\n")
        command = [shutil.which("nginx") or "/usr/sbin/nginx", "-p", self.folder, "-c", configuration]
        checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
        self.assertEqual(checked.returncode, 0, checked.stderr)
        with running(port, *command):
            self.assert_passes_streams_on(port)
            self.assert_keeps_ends_apart(port)
            self.assert_lets_go(port)

    def test_haproxy_passes_streams_on(self):
        port = free_port()
        configuration = self.folder / "haproxy.cfg"
        # As many connections as descriptors allow, wherever the test runs.
        configuration.write_text(self.snippet("haproxy.cfg", port).replace("maxconn 20000", "maxconn 200"))
        program = shutil.which("haproxy") or "/usr/sbin/haproxy"
        checked = subprocess.run([program, "-c", "-f", configuration], capture_output=True, text=True,
                                 check=False)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        self.assertNotIn("WARNING", checked.stdout + checked.stderr)
        with running(port, program, "-db", "-f", configuration):
            self.assert_passes_streams_on(port)
            self.assert_keeps_ends_apart(port)
            self.assert_lets_go(port)


class Files(unittest.TestCase):
    def test_envoy_gateway_knows_every_word(self):
        text = (FRONTS / "envoy-gateway.yaml").read_text(encoding="utf-8")
        result = validate(text)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertIn("Valid: 4, Invalid: 0, Errors: 0, Skipped: 0", result.stdout)
        for right, wrong in (("timeouts:", "timeout:"), ("requestTimeout", "requestTimeouts"),
                             ("streamIdleTimeout", "idleStreamTimeout"), ("maxParallelRequests", "maxRequests")):
            with self.subTest(wrong=wrong):
                self.assertIn(right, text)
                self.assertNotEqual(validate(text.replace(right, wrong)).returncode, 0)

    def test_the_chart_has_the_service_that_the_route_names(self):
        backends = re.findall(r"backendRefs: \[\{name: (\w+), port: (\d+)\}\]",
                              (FRONTS / "envoy-gateway.yaml").read_text())
        self.assertEqual(backends, [("sluice", "80")])

    def test_traefiks_services_and_transports_exist(self):
        http_part = yaml.safe_load((FRONTS / "traefik.yaml").read_text())["http"]
        for router in http_part["routers"].values():
            self.assertIn(router["service"], http_part["services"])
        for service in http_part["services"].values():
            self.assertIn(service["loadBalancer"]["serversTransport"], http_part["serversTransports"])

    def test_every_front_says_what_is_not_held_back_and_not_cut(self):
        for file in sorted(FRONTS.iterdir()):
            with self.subTest(file=file.name):
                text = file.read_text(encoding="utf-8").lower()
                for words in ("not cut", "back", "six tabs"):
                    self.assertIn(words, text)

    def test_the_compose_file_and_its_configuration_fit(self):
        compose = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text())
        configuration = yaml.safe_load((ROOT / "deploy/compose/sluice.yaml").read_text())
        gateway, demo = compose["services"]["gateway"], compose["services"]["demo"]
        for service in (gateway, demo):
            self.assertTrue(service["read_only"])
            self.assertEqual(service["cap_drop"], ["ALL"])
        ports = [port.rsplit(":", 1)[1] for port in gateway["ports"]]
        self.assertEqual(ports, [configuration["listen"].split(":")[1],
                                 configuration["ops"]["listen"].split(":")[1]])
        self.assertEqual(configuration["upstreams"]["demo"]["target"], "dns:///demo:50051")
        self.assertIn("--listen=0.0.0.0:50051", demo["command"])
        window = int(configuration["drain"]["window"].rstrip("s"))
        self.assertGreaterEqual(int(gateway["stop_grace_period"].rstrip("s")), window + 5)


if __name__ == "__main__":
    unittest.main()

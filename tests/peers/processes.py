# SPDX-License-Identifier: Apache-2.0
"""A service and a gateway in front of it, for as long as a class of tests runs."""

import contextlib
import http.client
import os
import re
import subprocess
import time

from builds import ROOT, WORK

SLUICE = os.environ.get("SLUICE", str(ROOT / "build/release/bin/sluice"))
# Far above what a slow machine needs: a bound, not a measure.
READY_S = 120
# The gateway reads every variable that begins so.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("SLUICE_")}


class Running:
    """A child process that writes all that it says to a file."""

    def __init__(self, name, command):
        self.log = WORK / f"{name}.log"
        with open(self.log, "wb") as log:
            self._process = subprocess.Popen(
                [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=ENVIRONMENT)

    def wait_for(self, pattern):
        """What `pattern` matches in what the process says."""
        deadline = time.monotonic() + READY_S
        while time.monotonic() < deadline:
            match = re.search(pattern, self.said(), re.MULTILINE)
            if match:
                return match
            if self._process.poll() is not None:
                raise AssertionError(f"{self.log.stem} has ended with {self._process.returncode}:\n{self.said()}")
            time.sleep(0.05)
        raise AssertionError(f"{self.log.stem} does not say {pattern}:\n{self.said()}")

    def said(self):
        return self.log.read_text(errors="replace")

    def end(self):
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextlib.contextmanager
def running_service(name, command):
    """Gives its gRPC target. A service prints its port, alone on a line."""
    service = Running(name, command)
    try:
        port = service.wait_for(r"^(\d+)$").group(1)
        yield f"127.0.0.1:{port}"
    finally:
        service.end()


@contextlib.contextmanager
def running_gateway(name, target):
    """Gives the port for browsers."""
    gateway = Running(f"{name}.gateway", [
        SLUICE, "serve", "--upstream", target, "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0"])
    try:
        ports = gateway.wait_for(r"listening on port (\d+), for operators on port (\d+)")
        _wait_until_ready(int(ports.group(2)), gateway)
        yield int(ports.group(1))
    finally:
        gateway.end()


def _wait_until_ready(ops_port, gateway):
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", ops_port, timeout=READY_S)
        with contextlib.closing(connection):
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.05)
    raise AssertionError(f"the gateway does not become ready:\n{gateway.said()}")


def routes(target):
    """What `sluice routes` says of a service: its text for the first two lines of each method."""
    result = subprocess.run([SLUICE, "routes", "--upstream", target], capture_output=True, text=True,
                            env=ENVIRONMENT, timeout=READY_S, check=False)
    blocks = [block.splitlines() for block in result.stdout.strip().split("\n\n")]
    return {block[0]: " ".join(block[1].split()) for block in blocks if len(block) > 1}, result.stderr

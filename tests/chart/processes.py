# SPDX-License-Identifier: Apache-2.0
"""Programs that run while a test does."""

import contextlib
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from chart import SLUICE


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(port, process, log):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if process.poll() is not None:
            log.seek(0)
            raise AssertionError(f"{process.args[0]} has ended with {process.returncode}: {log.read().decode()}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError(f"{process.args[0]} does not listen on port {port}")


@contextlib.contextmanager
def running(port, *command):
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen([str(part) for part in command], stdout=log, stderr=log)
        try:
            wait_for(port, process, log)
            yield process
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextlib.contextmanager
def demo_services():
    """Gives their gRPC target."""
    service = free_port()
    program = Path(SLUICE).with_name("sluice-demo")
    with running(service, program, f"--listen=127.0.0.1:{service}", f"--page-listen=127.0.0.1:{free_port()}"):
        yield f"127.0.0.1:{service}"

# SPDX-License-Identifier: Apache-2.0
"""What every benchmark suite needs: pinned processes, free ports, readings, a report.

Standard library only. A suite stops what it started, by process id, also when it fails.
"""

import json
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
SUBSCRIBE = "/bench.v1.Feed/Subscribe"


class Failed(Exception):
    """A measurement that cannot be had; the text says which and why."""


def cpus():
    """The processor of what is measured and the one of everything around it."""
    allowed = sorted(os.sched_getaffinity(0))
    return allowed[0], allowed[-1]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Lab:
    """Starts processes on a given processor and stops all of them at the end."""

    def __init__(self, build):
        self.build = pathlib.Path(build)
        self.out = self.build / "logs"
        self.out.mkdir(parents=True, exist_ok=True)
        self.measured_cpu, self.other_cpu = cpus()
        self._running = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in list(self._running):
            self.stop(process)

    def program(self, name):
        path = self.build / "bin" / name
        if not path.exists():
            raise Failed(f"{path} is missing: build the target `benchmarks` first")
        return str(path)

    def start(self, command, cpu, port):
        """Runs `command` on `cpu`, one or a set of them; returns once it accepts on `port`."""
        allowed = cpu if isinstance(cpu, set) else {cpu}
        log = open(self.out / (pathlib.Path(command[0]).name + ".log"), "a")
        with log:
            process = subprocess.Popen(
                [str(part) for part in command], stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                preexec_fn=lambda: os.sched_setaffinity(0, allowed))
        self._running.append(process)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return process
            except OSError:
                time.sleep(0.02)
        self.stop(process)
        raise Failed(f"{command[0]} did not listen on port {port}; see {log.name}")

    def stop(self, process):
        if process in self._running:
            self._running.remove(process)
        if process.poll() is None:
            process.send_signal(signal.SIGINT)  # on which a gateway drains without delay
            try:
                process.wait(timeout=3)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def reader(self, *options):
        """A reader in the background; `finish` gives what it counted."""
        return self.background("bench-reader", *options)

    def background(self, name, *options):
        """One of the benchmarks' programs that nobody connects to, beside what is measured."""
        process = subprocess.Popen(
            [self.program(name), *[str(option) for option in options]],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            preexec_fn=lambda: os.sched_setaffinity(0, {self.other_cpu}))
        self._running.append(process)
        return process

    def finish(self, reader, timeout=90):
        try:
            out, err = reader.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            self.stop(reader)
            raise Failed("the reader did not end in time") from None
        self._running.remove(reader)
        if reader.returncode != 0:
            raise Failed(f"the reader failed: {err.strip()}")
        reading = json.loads(out)
        if reading["failed"]:
            raise Failed(f"{reading['failed']} streams failed; the first: "
                         f"{reading['first_failure'].strip()}")
        return reading

    def read(self, *options):
        return self.finish(self.reader(*options))


def allow_descriptors():
    """Lifts the soft limit of descriptors, which children inherit, and says how many there may be."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


def settle(pid, seconds):
    """Waits until the process hardly works any more, `seconds` at most."""
    # The kernel's number for the CPU clock of another process, as clock_getcpuclockid makes it.
    clock = (~pid << 3) | 2
    deadline = time.monotonic() + seconds
    used = time.clock_gettime(clock)
    while time.monotonic() < deadline:
        time.sleep(0.5)
        before, used = used, time.clock_gettime(clock)
        if used - before < 0.01:
            return


def memory_kb(pid, name="VmRSS"):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1])
    return 0


def socket_kb(port, upstream_port):
    """What the kernel holds for one gateway: in the sockets of its browsers and of its upstream.

    None where `ss` is not installed or may not look.
    """
    if shutil.which("ss") is None:
        return None
    shown = subprocess.run(
        ["ss", "-tmnH", f"( sport = :{port} or dport = :{upstream_port} )"],
        capture_output=True, text=True, check=False)
    if shown.returncode != 0:
        return None
    total = 0
    for memory in re.findall(r"skmem:\(([^)]*)\)", shown.stdout):
        fields = dict(re.findall(r"([a-z]+)(\d+)", memory))
        # Received and not read, queued to be sent, and set aside for this socket.
        total += sum(int(fields.get(name, 0)) for name in ("r", "w", "f"))
    return total / 1024


class Report:
    """Prints a line now and keeps it for the suite's file."""

    def __init__(self):
        self._lines = []

    def line(self, text=""):
        print(text, flush=True)
        self._lines.append(text)

    def table(self, title, head, rows):
        self.line()
        self.line(title)
        cells = [head] + [[_cell(value) for value in row] for row in rows]
        widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
        for row in cells:
            first = row[0].ljust(widths[0])
            rest = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
            self.line("  " + "  ".join([first, *rest]))

    def ratio(self, name, value):
        if value is not None:
            self.line(f"RATIO {name} {value:.3g}")

    def keep(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(self._lines) + "\n")


def _cell(value):
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:,.2f}" if abs(value) < 100 else f"{value:,.0f}"
    return str(value)


def median(values):
    values = [value for value in values if value is not None]
    return statistics.median(values) if values else None


def ratio_of(rounds, ours, theirs, key):
    """The median over the rounds of ours / theirs; each ratio is of one and the same round."""
    return median([one[ours][key] / one[theirs][key]
                   for one in rounds if ours in one and theirs in one and one[theirs][key]])


def say(text):
    print(text, file=sys.stderr, flush=True)

# SPDX-License-Identifier: Apache-2.0
"""What the suites have in common: a source, contenders, rounds within the time, and how they are run."""

import argparse
import pathlib
import time

import harness
from harness import median


class Suite:
    """One run: the source, the contenders that can be had, the report, and the time that is left."""

    def __init__(self, lab, report, options):
        self.lab = lab
        self.report = report
        self.options = options
        self.deadline = time.monotonic() + options.budget
        # What a contender is called and the function that starts it.
        self.starters = {}
        self.grpc_port, self.text_port = harness.free_port(), harness.free_port()
        lab.start([lab.program("bench-source"), "--grpc", f"127.0.0.1:{self.grpc_port}",
                   "--text", f"127.0.0.1:{self.text_port}"], lab.other_cpu, self.grpc_port)

    def sluice(self):
        """The gateway that is measured; None, and a line in the report, where it is not built."""
        path = pathlib.Path(self.options.sluice or self.lab.build / "bin" / "sluice")
        if path.exists():
            return path
        self.report.line(f"sluice is left out: {path} is missing")
        return None

    def rounds(self, most, measure):
        """Up to `most` rounds, fewer when the time is short. A round is {contender: reading}."""
        done = []
        for number in range(most):
            begin = time.monotonic()
            one = {}
            for name in self.starters:
                try:
                    one[name] = measure(name)
                except harness.Failed as failure:
                    self.report.line(f"{name}, round {number + 1}: {failure}")
            done.append(one)
            is_late = time.monotonic() + (time.monotonic() - begin) > self.deadline
            if is_late and number + 1 < most:
                self.report.line(f"the time is up after {number + 1} of {most} rounds")
                break
        return done

    def all_running(self):
        return {name: start() for name, start in self.starters.items()}

    def stop_all(self, running):
        for contender in running.values():
            self.lab.stop(contender.process)


def columns(rounds, names, keys):
    """A row a contender: its name and the medians of `keys` over the rounds."""
    return [[name] + [median([one[name].get(key) for one in rounds if name in one])
                      for key in keys]
            for name in names]


def per_event(reading):
    events = max(reading["events"], 1)
    reading["cpu_us"] = reading["cpu_ns"] / 1000 / events
    reading["rate"] = reading["events"] / reading["seconds"]
    reading["cpu_share"] = 100 * reading["cpu_ns"] / 1e9 / reading["seconds"]
    return reading


class Parser(argparse.ArgumentParser):
    """The options of every suite; a suite adds its own."""

    def __init__(self, description, gateways, parts, budget):
        super().__init__(description=description)
        self.add_argument("--build", default=str(harness.REPOSITORY / "build" / "bench"),
                          help="the build directory of the preset `bench`")
        self.add_argument("--sluice", help="another gateway binary than the build directory's")
        self.add_argument("--gateways", default=gateways, help="which to measure")
        self.add_argument("--parts", default=",".join(parts), help="which measurements to take (all: %(default)s)")
        self.add_argument("--rounds", type=int, default=5, help="rounds, at most")
        self.add_argument("--budget", type=float, default=budget, help="seconds for all rounds")


def run(name, options, parts, find_contenders):
    """Runs the parts of the suite `name` that are asked for. The exit code."""
    report = harness.Report()
    begin = time.monotonic()
    wanted = options.parts.split(",")
    if not set(wanted) <= set(parts):
        harness.say(f"suite {name}: --parts {options.parts} (allowed: {','.join(parts)})")
        return 2
    try:
        with harness.Lab(options.build) as lab:
            report.line(f"suite {name}: measured on CPU {lab.measured_cpu}, source and readers on "
                        f"CPU {lab.other_cpu}; CPU time by process clocks; medians over rounds")
            suite = Suite(lab, report, options)
            find_contenders(suite)
            end = suite.deadline
            for number, part in enumerate(wanted):
                # What one part leaves of its share goes to the others.
                now = time.monotonic()
                suite.deadline = now + (end - now) / (len(wanted) - number)
                parts[part](suite)
    except harness.Failed as failure:
        harness.say(f"suite {name}: {failure}")
        return 1
    report.line()
    report.line(f"{time.monotonic() - begin:.0f} s")
    report.keep(pathlib.Path(options.build) / f"{name}.txt")
    return 0

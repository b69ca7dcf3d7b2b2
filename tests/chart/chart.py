# SPDX-License-Identifier: Apache-2.0
"""What the tests ask of the chart: its manifests, or why there are none."""

import json
import os
import subprocess
import tempfile
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "helm/sluice"
CI_FILES = sorted((CHART / "ci").glob("*-values.yaml"))
HELM = os.environ.get("HELM", "helm")
SLUICE = str(Path(os.environ.get("SLUICE", ROOT / "build/release/bin/sluice")).resolve())
MAIN = {"upstreams": {"main": {"target": "dns:///demo:50051"}}}


class Refused(Exception):
    """Helm did not render the chart; the text is what it said."""


def helm(*arguments):
    result = subprocess.run([HELM, *map(str, arguments)], capture_output=True, text=True, check=False)
    if result.returncode:
        raise Refused(result.stderr + result.stdout)
    return result.stdout


def render_text(values=None, *flags, release="live"):
    """The chart as YAML text, with `values` as a file and `flags` of helm template."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        json.dump(values or {}, file)
        file.flush()
        return helm("template", release, CHART, "--namespace", "streams", "-f", file.name, *flags)


class Manifests:
    """The rendered objects, by kind and name."""

    def __init__(self, text):
        self.objects = [item for item in yaml.safe_load_all(text) if item]

    def kinds(self):
        return sorted(f"{item['kind']}/{item['metadata']['name']}" for item in self.objects)

    def get(self, kind, name="live-sluice"):
        found = [item for item in self.objects
                 if item["kind"] == kind and item["metadata"]["name"] == name]
        if len(found) != 1:
            raise AssertionError(f"{len(found)} {kind}/{name}; there are {self.kinds()}")
        return found[0]

    def pod(self, name="live-sluice"):
        return self.get("Deployment", name)["spec"]["template"]

    def container(self, name="live-sluice"):
        return self.pod(name)["spec"]["containers"][0]

    def configuration_text(self):
        return self.get("ConfigMap")["data"]["sluice.yaml"]

    def configuration(self):
        return yaml.safe_load(self.configuration_text())


def render(values=None, *flags, release="live"):
    return Manifests(render_text(values, *flags, release=release))


def refusal(values=None, *flags):
    """What Helm says to values that it must refuse."""
    try:
        render_text(values, *flags)
    except Refused as refused:
        return str(refused)
    raise AssertionError("helm rendered the chart with these values")


def with_main(**values):
    return {**MAIN, **values}

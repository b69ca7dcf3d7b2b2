# SPDX-License-Identifier: Apache-2.0
"""The manifests are what Kubernetes knows, word by word."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import yaml
from chart import CHART, CI_FILES, MAIN, ROOT, Refused, helm, render_text

KUBECONFORM = os.environ.get("KUBECONFORM", "kubeconform")
SCHEMAS = Path(os.environ.get("K8S_SCHEMAS", ROOT / "build/chart/schemas"))


def validate(text):
    location = f"{SCHEMAS}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json"
    return subprocess.run([KUBECONFORM, "-strict", "-summary", "-schema-location", location],
                          input=text, capture_output=True, text=True, check=False)


class Lint(unittest.TestCase):
    def test_helm_lint_finds_nothing(self):
        for file in CI_FILES:
            with self.subTest(file=file.name):
                helm("lint", "--strict", CHART, "-f", file)

    def test_helm_lint_finds_nothing_without_values(self):
        helm("lint", "--strict", CHART)

    def test_the_package_leaves_the_files_of_the_tests_out(self):
        with tempfile.TemporaryDirectory() as folder:
            helm("package", CHART, "-d", folder)
            listed = subprocess.run(["tar", "tzf", *Path(folder).glob("*.tgz")], capture_output=True,
                                    text=True, check=True).stdout.split()
        self.assertIn("sluice/values.schema.json", listed)
        self.assertFalse([path for path in listed if path.startswith("sluice/ci/")])


class Kubernetes(unittest.TestCase):
    def test_every_file_in_ci_gives_valid_objects(self):
        for file in CI_FILES:
            with self.subTest(file=file.name):
                result = validate(helm("template", "live", CHART, "-f", file))
                self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
                self.assertIn("Invalid: 0, Errors: 0, Skipped: 0", result.stdout)

    def test_a_typo_in_any_kind_would_be_found(self):
        text = (render_text({"demo": {"enabled": True}}, "--set", "ingress.enabled=true",
                            "--set", "ingress.hosts={a.example.com}"))
        for right, wrong in (("maxSurge", "maxSurges"), ("appProtocol", "appProtokol"),
                             ("readOnlyRootFilesystem", "readonlyRootFilesystem"),
                             ("pathType", "pathtype"), ("automountServiceAccountToken", "automountToken"),
                             ("publishNotReadyAddresses", "publishUnready"), ("data:", "dates:")):
            with self.subTest(wrong=wrong):
                self.assertIn(right, text)
                self.assertNotEqual(validate(text.replace(right, wrong)).returncode, 0)

    def test_a_wrong_type_would_be_found(self):
        text = render_text(MAIN)
        self.assertIn("replicas: 2\n", text)
        self.assertNotEqual(validate(text.replace("replicas: 2\n", "replicas: two\n")).returncode, 0)


class ValuesSchema(unittest.TestCase):
    def test_it_is_made_of_the_protos(self):
        said = subprocess.run([sys.executable, "-B", ROOT / "scripts/chart-schema", "--check"],
                              capture_output=True, text=True, check=False)
        self.assertEqual(said.returncode, 0, said.stdout)

    def test_every_value_that_is_let_in_stands_in_the_values_file(self):
        schema = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
        values = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
        self.assertEqual(set(schema["properties"]) - {"global"}, set(values))
        for name, value in values.items():
            known = schema["properties"][name].get("properties")
            if known:
                self.assertEqual(set(known), set(value), name)

    def test_a_wrong_chart_would_be_found(self):
        with self.assertRaises(Refused):
            helm("lint", "--strict", CHART, "--set", "replicas=two")


if __name__ == "__main__":
    unittest.main()

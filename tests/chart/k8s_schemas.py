#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: Apache-2.0
"""Makes JSON schemas for kubeconform: of Kubernetes' OpenAPI description, and of custom resources.

    k8s_schemas.py FOLDER SWAGGER_JSON CRD_FOLDER...

Strict: an object with known members has no others. A file a kind, KIND-GROUP-VERSION.json as kubeconform
names them; those of Kubernetes refer to one file of definitions.
"""

import json
import sys
from pathlib import Path

import yaml


def write_kubernetes(swagger, folder):
    """Writes the schemas of all kinds in the parsed swagger.json."""
    definitions = {name: _strict(schema) for name, schema in swagger["definitions"].items()}
    # A number of bytes or of cores, and a port or its name.
    definitions["io.k8s.apimachinery.pkg.api.resource.Quantity"] = {"type": ["string", "number"]}
    definitions["io.k8s.apimachinery.pkg.util.intstr.IntOrString"] = {"type": ["string", "integer"]}
    (folder / "definitions.json").write_text(json.dumps({"definitions": definitions}), encoding="utf-8")
    for name, schema in swagger["definitions"].items():
        for kind in schema.get("x-kubernetes-group-version-kind", []):
            if "properties" not in schema or "kind" not in schema["properties"]:
                continue
            _write(folder, kind, json.dumps(_of_kind(definitions[name], kind)))


def write_custom(crd, folder):
    """Writes the schemas of all versions of a parsed CustomResourceDefinition."""
    spec = crd["spec"]
    for version in spec["versions"]:
        kind = {"group": spec["group"], "version": version["name"], "kind": spec["names"]["kind"]}
        schema = _strict(version["schema"]["openAPIV3Schema"])
        schema["properties"]["metadata"] = {"type": "object"}
        _write(folder, kind, json.dumps(schema))


def _write(folder, kind, text):
    group = kind["group"].split(".")[0]
    parts = [kind["kind"], group, kind["version"]] if group else [kind["kind"], kind["version"]]
    (folder / ("-".join(parts).lower() + ".json")).write_text(text, encoding="utf-8")


def _of_kind(schema, kind):
    version = f"{kind['group']}/{kind['version']}" if kind["group"] else kind["version"]
    properties = {**schema["properties"], "kind": {"enum": [kind["kind"]]}, "apiVersion": {"enum": [version]}}
    required = sorted({"kind", "apiVersion", "metadata", *schema.get("required", [])})
    return json.loads(json.dumps({**schema, "properties": properties, "required": required})
                      .replace('"#/definitions/', '"definitions.json#/definitions/'))


def _strict(schema):
    """Without texts and extensions; closed where it has members."""
    kept = {}
    for key, value in schema.items():
        if key == "description" or key.startswith("x-kubernetes-") or key == "format":
            continue
        if key == "properties":
            value = {name: _strict(member) for name, member in value.items()}
        elif key in ("items", "additionalProperties") and isinstance(value, dict):
            value = _strict(value)
        kept[key] = value
    if "properties" in kept and "additionalProperties" not in kept:
        kept["additionalProperties"] = False
    return kept


def main():
    if len(sys.argv) < 3:
        print(__doc__)
        return 2
    folder = Path(sys.argv[1])
    write_kubernetes(json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")), folder)
    for crds in sys.argv[3:]:
        for file in sorted(Path(crds).glob("*.yaml")):
            for item in yaml.safe_load_all(file.read_text(encoding="utf-8")):
                if item and item["kind"] == "CustomResourceDefinition":
                    write_custom(item, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Reads a page of metrics as Prometheus would, and prints a line a sample: name, labels, value.

Fails where the page cannot be parsed, a family is told twice, or a histogram is none: its buckets
must not shrink and must end with the count.
"""

import json
import sys

from prometheus_client.parser import text_string_to_metric_families

seen = set()
with open(sys.argv[1], encoding="utf-8") as page:
    for family in text_string_to_metric_families(page.read()):
        if family.name in seen:
            sys.exit(f"{family.name} is told twice")
        if not family.documentation or family.type == "unknown":
            sys.exit(f"{family.name} is not described")
        seen.add(family.name)
        buckets, counts = {}, {}
        for sample in family.samples:
            labels = {name: value for name, value in sample.labels.items() if name != "le"}
            key = json.dumps(labels, sort_keys=True)
            if sample.name.endswith("_bucket"):
                if sample.value < buckets.get(key, 0):
                    sys.exit(f"the buckets of {family.name}{key} shrink")
                buckets[key] = sample.value
            elif sample.name.endswith("_count"):
                counts[key] = sample.value
            print(sample.name, json.dumps(sample.labels, sort_keys=True), sample.value)
        if buckets != counts:
            sys.exit(f"the buckets of {family.name} do not end with its counts")

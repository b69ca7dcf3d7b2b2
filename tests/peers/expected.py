# SPDX-License-Identifier: Apache-2.0
"""The samples that every service makes with its own library, as JSON."""

from base64 import b64encode

FIRST_ID = 2**53 + 1

ITEM = {
    "id": str(FIRST_ID),
    "name": "Kompaß №1",
    "note": "",
    "rating": 0,
    "cents": "-250",
    "stock": {"oslo": 3, "bergen": 0},
    "shelves": {"-7": {"name": "top", "kind": "KIND_SHELF"}},
    "grades": {"true": "GRADE_FINE"},
    "history": ["GRADE_ROUGH", "GRADE_FINE"],
    "picture": "AP/+",
    "checksum": "18446744073709551615",
    "limits": [0.1, "-Infinity", "NaN"],
    "ratio": 1.5,
    "size": {"width": -1, "height": 4294967295},
    "added": "2026-01-02T03:04:05.006Z",
    "warranty": "-1.500s",
    "attributes": {"glass": True, "needles": [None, 1.5, "steel"]},
    "remark": None,
    "motto": "",
    "reserve": "-9223372036854775808",
    "changed": "name,madeIn.latitude",
    "extra": {"@type": "type.googleapis.com/peers.geo.v1.Place", "name": "Bergen", "kind": "KIND_PORT"},
    "madeIn": {"name": "Tromsø", "latitude": 69.625},
    "parts": [{"id": "2", "onRequest": ""}],
}

# An Any whose type is in a file that no other one imports.
UNKNOWN_NOTE = {
    "@type": "type.googleapis.com/peers.notes.v1.Note",
    "@value": b64encode(b"\x0a\x07tighten").decode(),
}

PART = {
    "number": "K-1",
    "count": 3,
    "sizes": [1, 200],
    "offsets": [-1, 1],
    "finish": "RAW",
    "box": {"width": 5, "label": "fragile"},
    "aliases": {str(FIRST_ID): "old"},
    "warehouse": 4,
}

# In the file of the message that they extend.
OWN_EXTENSIONS = {"[peers.parts.v1.nickname]": "needle"}

# In a file that no other one imports.
FOREIGN_EXTENSIONS = {
    "[peers.vendor.v1.colour]": "red",
    "[peers.vendor.v1.origin]": {"name": "Bodø"},
    "[peers.vendor.v1.batches]": [7, 8],
    "[peers.vendor.v1.Seal.seal]": {"by": "Ada"},
}

READING = {
    "sensor": "",
    "unit": "K",
    "samples": [1, 200],
    "steps": [3, 4],
    "state": "WARM",
    "place": {"name": "roof"},
    "taken": "2026-01-02T03:04:05Z",
    "limits": {"low": -0.5},
    "timer": str(FIRST_ID),
}

# SPDX-License-Identifier: Apache-2.0
"""What holds of a service in any language, tried on each of them as it is."""

import contextlib
import json
import unittest
from urllib.parse import urlencode

from browser import ask
from expected import FIRST_ID, ITEM, PART, UNKNOWN_NOTE
from processes import routes, running_gateway, running_service

SINCE = "2025-12-31T23:59:59.123456789Z"


class Promises(unittest.TestCase):
    """Of the peer that a subclass names."""

    peer = None
    build_failure = None
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        if cls.build_failure:
            raise cls.build_failure
        processes = contextlib.ExitStack()
        cls.addClassCleanup(processes.close)
        cls.target = processes.enter_context(running_service(cls.peer.name, cls.peer.command()))
        cls.port = processes.enter_context(running_gateway(cls.peer.name, cls.target))

    def assert_same_json(self, seen, wanted):
        # As text: Python takes True for 1.
        self.assertEqual(json.dumps(seen, indent=1, sort_keys=True), json.dumps(wanted, indent=1, sort_keys=True))

    def assert_stream(self, path, name, messages, body=None):
        """The stream has these messages, as events of this name, and ends with OK."""
        answer = ask(self.port, path, body)
        self.assertEqual(answer.status, 200, answer.body)
        events = answer.events()
        self.assertEqual([event.name for event in events],
                         ["stream-open", *[name] * len(messages), "stream-end"], answer.body)
        self.assertTrue(answer.complete, "the stream ends with OK, and then the connection breaks off")
        self.assert_same_json([event.data for event in events[1:-1]], messages)

    def assert_unary(self, path, message, body=None):
        answer = ask(self.port, path, body)
        self.assertEqual(answer.status, 200, answer.body)
        self.assert_same_json(json.loads(answer.body), message)

    def test_routes_lists_every_method(self):
        stream, unary = "stream GET, POST /", "unary POST /"
        wanted = {
            "peers.catalog.v1.Catalog.Watch": stream + "peers.catalog.v1.Catalog/Watch",
            "peers.catalog.v1.Catalog.Follow": stream + "peers.catalog.v1.Catalog/Follow",
            "peers.catalog.v1.Catalog.Get": "unary GET, POST /peers.catalog.v1.Catalog/Get",
            "peers.catalog.v1.Catalog.Locate": unary + "peers.catalog.v1.Catalog/Locate",
            "peers.parts.v1.Parts.Watch": stream + "peers.parts.v1.Parts/Watch",
        }
        if self.peer.reading:
            wanted["peers.readings.v1.Readings.Watch"] = stream + "peers.readings.v1.Readings/Watch"
        listed, said = routes(self.target)
        not_exposed = listed.pop("peers.catalog.v1.Catalog.Import", "")
        self.assertEqual(listed, wanted, said)
        self.assertIn("takes a stream of requests", not_exposed)

    def test_a_sample_arrives_with_every_kind_of_field(self):
        self.assert_stream("/peers.catalog.v1.Catalog/Watch", "Item", [ITEM])

    def test_a_query_reaches_the_service(self):
        query = urlencode({"since": SINCE, "times": 3})
        wanted = [{**ITEM, "added": SINCE, "id": str(FIRST_ID + n)} for n in range(3)]
        self.assert_stream(f"/peers.catalog.v1.Catalog/Watch?{query}", "Item", wanted)

    def test_a_body_reaches_the_service_with_every_kind_of_field(self):
        item = {**ITEM, "name": "Sextant", "parts": [{**ITEM, "parts": [ITEM]}]}
        del item["cents"]
        item["free"] = {}
        self.assert_stream("/peers.catalog.v1.Catalog/Watch", "Item", [item], body={"item": item})

    def test_a_failure_arrives_with_its_status(self):
        answer = ask(self.port, "/peers.catalog.v1.Catalog/Watch?times=-2")
        events = answer.events()
        self.assertEqual([event.name for event in events], ["stream-open", "Item", "Item", "stream-error"], answer.body)
        last = events[-1]
        self.assertEqual((last.data["status"], last.data["message"], last.data["retryable"]),
                         ("INVALID_ARGUMENT", "times must be ≥ 0, 100 % sure", False))

    def test_unary_methods_answer(self):
        self.assert_unary(f"/peers.catalog.v1.Catalog/Get?since={SINCE}", {**ITEM, "added": SINCE})
        place = {"name": "Å", "latitude": 67.875, "kind": "KIND_PORT"}
        self.assert_unary("/peers.catalog.v1.Catalog/Locate", place, body=place)

    def test_a_stream_can_be_of_types_of_another_package(self):
        stops = [{"name": "Ås"}, {"latitude": -0.5, "kind": "KIND_SHELF"}, {}]
        self.assert_stream("/peers.catalog.v1.Catalog/Follow", "Place", stops, body={"stops": stops})

    def test_an_any_of_a_type_that_no_method_uses_arrives_as_bytes(self):
        self.assert_stream("/peers.catalog.v1.Catalog/Watch?noted=true", "Item", [{**ITEM, "extra": UNKNOWN_NOTE}])

    def test_proto2_arrives_with_its_extensions(self):
        self.assert_stream("/peers.parts.v1.Parts/Watch", "Part", [{**PART, **self.peer.extensions}])

    def test_proto2_reaches_the_service_with_its_extensions(self):
        part = {name: value for name, value in PART.items() if name not in self.peer.misread}
        part |= {**self.peer.extensions, "company": "Måler AS"}
        del part["warehouse"]
        self.assert_stream("/peers.parts.v1.Parts/Watch", "Part", [part, part], body={"part": part, "times": 2})


class EditionPromises(Promises):
    """Also of a file that says `edition` where the others say `syntax`."""

    def test_an_edition_arrives(self):
        self.assert_stream("/peers.readings.v1.Readings/Watch", "Reading", [self.peer.reading])

    def test_an_edition_reaches_the_service(self):
        reading = {**self.peer.reading, "channel": 7, "state": "COLD", "person": "Ada"}
        del reading["timer"]
        self.assert_stream("/peers.readings.v1.Readings/Watch", "Reading", [reading],
                           body={"reading": reading, "times": 1})


def of_peer(peer, build_failure=None):
    """A class of tests for that peer; they fail where its build did."""
    base = EditionPromises if peer.reading else Promises
    return type(peer.name, (base,), {"peer": peer, "build_failure": build_failure})

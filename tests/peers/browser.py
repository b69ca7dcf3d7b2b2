# SPDX-License-Identifier: Apache-2.0
"""What a page does, as far as these tests need it."""

import contextlib
import http.client
import json
from typing import NamedTuple

# A stream of these services ends by itself; one that does not fails its test.
TIMEOUT_S = 120


class Event(NamedTuple):
    name: str
    data: object  # parsed JSON


class Answer(NamedTuple):
    status: int
    body: str
    complete: bool  # False: the connection broke off, which is how a stream says "come back"

    def events(self):
        """Of text/event-stream, as Sluice writes it: fields `name: value`, and `data` on one line."""
        found = []
        for block in self.body.split("\n\n"):
            fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
            if "data" in fields:
                found.append(Event(fields.get("event", "message"), json.loads(fields["data"])))
        return found


def ask(port, path, body=None):
    """GETs, or POSTs a body as JSON; gives all that came until the answer was at its end."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    with contextlib.closing(connection):
        if body is None:
            connection.request("GET", path)
        else:
            text = json.dumps(body, ensure_ascii=False).encode()
            connection.request("POST", path, text, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        try:
            return Answer(answer.status, answer.read().decode(), True)
        except http.client.IncompleteRead as broken_off:
            return Answer(answer.status, broken_off.partial.decode(), False)

# SPDX-License-Identifier: Apache-2.0
"""The services, and what their libraries cannot do: there, less is right."""

import os
from typing import Callable, NamedTuple

import builds
from builds import PROTO, WORK, Build
from expected import FOREIGN_EXTENSIONS, OWN_EXTENSIONS, READING


class Peer(NamedTuple):
    name: str
    build: Build
    command: Callable[[], list]
    # Of the sample part: those that the service can write and that its reflection tells of.
    extensions: dict = {**OWN_EXTENSIONS, **FOREIGN_EXTENSIONS}
    # None: the library knows no editions.
    reading: dict | None = READING
    # Fields of a part that the library reads wrongly from a request.
    misread: tuple = ()


def _java():
    classes = WORK / "java/target/classes"
    jars = (WORK / "java/target/classpath.txt").read_text().strip()
    return ["java", "-Xmx256m", "-cp", os.pathsep.join([str(classes), jars]), "sluice.peers.Main"]


PEERS = [
    Peer("grpc-go", builds.GO, lambda: [WORK / "go/bin/grpc"]),
    Peer("grpc-go-other-paths", builds.GO, lambda: [WORK / "go/bin/grpc-other-paths"]),
    Peer("connect-go", builds.GO, lambda: [WORK / "go/bin/connect"]),
    # Its reflection calls every file proto3 and does not say which fields have presence.
    Peer("grpc-js", builds.NODE, lambda: ["node", WORK / "node/server.js", PROTO],
         reading={name: value for name, value in READING.items() if name != "sensor"},
         # protobuf.js takes the int64 key of a map for 0 when it is given messages as plain objects.
         misread=("aliases",)),
    Peer("grpcio", builds.PYTHON,
         lambda: [WORK / "python/venv/bin/python", WORK / "python/server.py", WORK / "python/gen"]),
    # Its reflection has the files that the services' files import, and no others.
    Peer("grpc-java", builds.JAVA, _java, extensions=OWN_EXTENSIONS),
    # prost has no extensions and no editions.
    Peer("tonic", builds.RUST, lambda: [WORK / "cargo/debug/peer"], extensions={}, reading=None),
]

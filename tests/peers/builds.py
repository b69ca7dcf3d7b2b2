# SPDX-License-Identifier: Apache-2.0
"""How the services are built: each with its language's own tools, in a folder of its own below build/peers.

What has been built of the same sources is not built again.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable, NamedTuple

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WORK = ROOT / "build/peers"
PROTO = HERE / "proto"
JOBS = os.environ.get("JOBS") or str(os.cpu_count())
# A registry that does not answer must not hold up everything else.
LIMIT_S = 1200


class Unavailable(Exception):
    """This machine has no toolchain for a language, and none can be had; the text says what is missing."""


class BuildFailed(Exception):
    """The text has the end of what the tools said."""


class Build(NamedTuple):
    name: str  # a folder of this one, and of build/peers
    toolchain: Callable[[], None]  # installs what is missing; raises Unavailable
    make: Callable[["Shop"], None]


class Shop:
    """Where one build takes place: a folder, and a log of what the tools said."""

    def __init__(self, name):
        self.folder = WORK / name
        self.log = WORK / f"{name}.build.log"

    def run(self, *command, **variables):
        with open(self.log, "ab") as log:
            log.write(f"$ {' '.join(map(str, command))}\n".encode())
            log.flush()
            try:
                result = subprocess.run(
                    [str(part) for part in command], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log,
                    stderr=log, env={**os.environ, **variables}, timeout=LIMIT_S, check=False)
            except subprocess.TimeoutExpired:
                raise BuildFailed(f"{command[0]} did not end within {LIMIT_S} s\n{self._end_of_log()}") from None
        if result.returncode:
            raise BuildFailed(f"{command[0]} ended with {result.returncode}\n{self._end_of_log()}")

    def _end_of_log(self):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-40:])


def proto_files(root=PROTO):
    return sorted(str(path.relative_to(root)) for path in root.rglob("*.proto"))


def _digest(build):
    digest = hashlib.sha256()
    for path in sorted([Path(__file__), *PROTO.rglob("*"), *(HERE / build.name).rglob("*")]):
        if path.is_file():
            digest.update(f"{path} {path.stat().st_size}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def make(build):
    """Builds if need be, with a toolchain that is there. Raises BuildFailed."""
    shop = Shop(build.name)
    stamp = shop.folder / ".built-of"
    digest = _digest(build)
    if stamp.is_file() and stamp.read_text() == digest:
        return
    start = time.monotonic()
    shutil.rmtree(shop.folder, ignore_errors=True)
    shop.log.unlink(missing_ok=True)
    shutil.copytree(HERE / build.name, shop.folder)
    build.make(shop)
    stamp.write_text(digest)
    print(f"built {build.name} in {time.monotonic() - start:.0f} s", flush=True)


# Toolchains.


def _install(section):
    """Debian's packages of a section of packages.txt."""
    command = [str(ROOT / "scripts/install-packages"), section]
    result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)
    if result.returncode:
        raise Unavailable(f"the packages of [{section}] cannot be installed")


def _require(section, *programs):
    # Those that came from elsewhere than Debian do as well.
    if not all(map(shutil.which, programs)):
        _install(section)
    for program in programs:
        if not shutil.which(program):
            raise Unavailable(f"there is no {program}")


def _require_version(wanted, *command):
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    found = re.search(r"\d+(?:\.\d+)+|\d+", said)
    has = tuple(map(int, found.group().split("."))) if found else ()
    if has < wanted:
        words = ".".join(map(str, wanted))
        raise Unavailable(f"{command[0]} {words} or newer is needed, this is {said.strip() or 'none'}")


def _go_toolchain():
    if subprocess.run([str(ROOT / "scripts/go"), "version"], stdout=sys.stderr, check=False).returncode:
        raise Unavailable("there is no Go that is new enough, see scripts/go")


def _node_toolchain():
    _require("peers", "node", "npm")
    _require_version((18,), "node", "--version")


def _python_toolchain():
    # This program runs with it; whether it has what makes a virtual environment is another question.
    if subprocess.run([sys.executable, "-c", "import ensurepip, venv"], stderr=subprocess.DEVNULL, check=False).returncode:
        _install("peers")


def _java_toolchain():
    _require("java", "java", "javac", "mvn")
    _require_version((17,), "javac", "--version")


def _rust_toolchain():
    _require("rust", "cargo", "rustc")
    _require_version((1, 85), "cargo", "--version")


# Builds.


def _make_go(shop):
    def go(*arguments):
        shop.run(ROOT / "scripts/go", *arguments, CGO_ENABLED="0", GOFLAGS=f"-p={JOBS}")

    go("run", "./generate", PROTO, *proto_files())
    go("build", "-o", "bin/grpc", "./grpc")
    go("build", "-o", "bin/connect", "./connect")
    # As it happens where each folder has a `protoc` line of its own: the others import this file under
    # another name than the one that it has itself.
    go("run", "./generate", PROTO / "peers", "geo/v1/place.proto")
    go("build", "-o", "bin/grpc-other-paths", "./grpc")


def _make_node(shop):
    shop.run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


def _make_python(shop):
    python = shop.folder / "venv/bin/python"
    shop.run(sys.executable, "-m", "venv", "venv")
    shop.run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:",
             "-r", "requirements.txt")
    generated = shop.folder / "gen"
    generated.mkdir()
    shop.run(python, "-m", "grpc_tools.protoc", f"-I{PROTO}", f"--python_out={generated}",
             f"--grpc_python_out={generated}", *proto_files())


def _make_java(shop):
    shop.run("mvn", "--quiet", "--batch-mode", f"-Dmaven.repo.local={WORK / 'maven'}", f"-Dpeers.proto={PROTO}",
             "compile")


def _make_rust(shop):
    _lock_crates(shop)
    # Beside the folder: a change of ours does not make Cargo compile all the crates again.
    shop.run("cargo", "build", "--quiet", "--locked", "--jobs", JOBS, PEERS_PROTO=str(PROTO),
             CARGO_TARGET_DIR=str(WORK / "cargo"))


def _lock_crates(shop):
    """crates.lock is Cargo.lock without the lines that say where crates come from; Cargo knows."""
    lock = shop.folder / "Cargo.lock"
    shop.run("cargo", "generate-lockfile", "--quiet")
    source = re.search(r'^source = ".*"$', lock.read_text(), re.MULTILINE).group()
    pinned = (shop.folder / "crates.lock").read_text()
    lock.write_text(re.sub(r"^(?=checksum = )", source + "\n", pinned, flags=re.MULTILINE))


GO = Build("go", _go_toolchain, _make_go)
NODE = Build("node", _node_toolchain, _make_node)
PYTHON = Build("python", _python_toolchain, _make_python)
JAVA = Build("java", _java_toolchain, _make_java)
RUST = Build("rust", _rust_toolchain, _make_rust)

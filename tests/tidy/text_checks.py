# SPDX-License-Identifier: Apache-2.0
"""Checks of every text: licence line, unfinished work, paths of one machine, links, format."""

import os
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

from tree import Finding

_SPDX = "SPDX-License-Identifier: " + "Apache-2.0"
_SOURCES = (
    ".cc", ".h", ".proto", ".py", ".sh", ".js", ".mjs", ".ts", ".cmake", ".css", ".html",
    "CMakeLists.txt", "Makefile", "Dockerfile",
)


def check_spdx(tree):
    """every source file names its licence in one of its first three lines"""
    for path in tree.paths():
        is_source = path.endswith(_SOURCES) or tree.text(path).startswith("#!")
        if is_source and not any(_SPDX in line for n, line in tree.lines(path) if n <= 3):
            yield Finding(path, 1, f"lacks the line {_SPDX}")


# Put together here, so that this file does not find itself.
_UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
_MACHINE = re.compile(r"(?<![\w.}~])/(?:wo" r"rk|ro" r"ot|fa" r"rm|ho" r"me/\w+)\b")
_REGISTRY = re.compile(
    r"(?:registry\.npm" r"js\.org|files\.python" r"hosted\.org|proxy\.go" r"lang\.org)"
    r'|"resolved": *"https?:'
)


def check_unfinished(tree):
    """nothing is left for later in the text of a file"""
    for path in tree.paths():
        for number, line in tree.lines(path):
            match = _UNFINISHED.search(line)
            if match:
                yield Finding(path, number, f"{match.group()}: do it, or drop it")


def check_machine(tree):
    """no path of one machine, no address of a package registry"""
    for path in tree.paths():
        for number, line in tree.lines(path):
            if _MACHINE.search(line):
                yield Finding(path, number, "a path that exists on one machine only")
            if _REGISTRY.search(line):
                yield Finding(path, number, "the address of a package registry")


_LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^()\s]+)(?:\s+\"[^\"]*\")?\)")
_LINK_DEFINITION = re.compile(r"^\s{0,3}\[[^\]]+\]:\s+(\S+)")


def _prose(tree, path):
    """(number, line) of a Markdown file without what stands in code blocks."""
    fence = None
    for number, line in tree.lines(path):
        match = re.match(r"\s*(```+|~~~+)", line)
        if fence:
            if match and match.group(1).startswith(fence):
                fence = None
        elif match:
            fence = match.group(1)
        else:
            yield number, line


def _anchors(tree, path):
    """The anchors that a page's headings get."""
    anchors = set()
    for _, line in _prose(tree, path):
        match = re.match(r"#{1,6}\s+(.*?)\s*#*$", line)
        if match:
            title = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", match.group(1)).lower()
            slug = re.sub(r"[^\w\- ]", "", title).replace(" ", "-")
            same = sum(1 for a in anchors if a == slug or re.fullmatch(rf"{re.escape(slug)}-\d+", a))
            anchors.add(f"{slug}-{same}" if same else slug)
    return anchors


def check_links(tree):
    """every relative link of a page leads somewhere"""
    for path in tree.paths(".md"):
        folder = os.path.dirname(path)
        for number, line in _prose(tree, path):
            line = re.sub(r"`[^`]*`", "``", line)
            targets = _LINK.findall(line) + _LINK_DEFINITION.findall(line)
            for target in targets:
                if re.match(r"[a-z][a-z0-9+.-]*:", target):
                    continue
                file, _, anchor = target.partition("#")
                page = os.path.normpath(os.path.join(folder, file)) if file else path
                if page not in tree and not tree.has_folder(page):
                    yield Finding(path, number, f"leads nowhere: {target}")
                elif anchor and page.endswith(".md") and anchor not in _anchors(tree, page):
                    yield Finding(path, number, f"{page} has no heading for #{anchor}")


# Another version would disagree with this one about lines that neither of us has touched.
CLANG_FORMAT_VERSION = 14


def find_clang_format():
    """(program, major version), or (None, 0)."""
    for name in (f"clang-format-{CLANG_FORMAT_VERSION}", "clang-format"):
        program = shutil.which(name)
        if program:
            answer = subprocess.run([program, "--version"], capture_output=True, text=True)
            match = re.search(r"version (\d+)", answer.stdout)
            return program, int(match.group(1)) if match else 0
    return None, 0


def run_clang_format(root, program, arguments, paths):
    """Runs it over the files, some at a time; returns what it said."""

    def run(some):
        command = [program, "--style=file", *arguments, *some]
        return subprocess.run(command, cwd=root, capture_output=True, text=True).stderr

    groups = [paths[i : i + 10] for i in range(0, len(paths), 10)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return "".join(pool.map(run, groups))


def check_format(tree):
    """the C++ files are as clang-format would write them"""
    program, _ = find_clang_format()
    paths = tree.paths(".cc", ".h")
    said = run_clang_format(tree.root, program, ["--dry-run", "--Werror"], paths)
    seen = set()
    for match in re.finditer(r"^(.+?):(\d+):\d+: error: ", said, re.MULTILINE):
        path = os.path.relpath(os.path.join(tree.root, match.group(1)), tree.root)
        if path not in seen:
            seen.add(path)
            yield Finding(path, int(match.group(2)), "not formatted; `make format` does it")

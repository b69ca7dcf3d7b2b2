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


# Files and folders of ours, as comments and pages name them.
_OUR_PATH = re.compile(
    r"(?<![\w./$}-])((?:gateway|tests|docs|scripts|proto|helm|deploy|services|cmake)/[\w./-]*\w)")
_TEST_NAME = re.compile(r"(?<![\w/.])([a-z]\w*_(?:test|fuzz))(?:\.cc)?\b")
_CPP_NAME = re.compile(r"(?<![\w/.-])([a-z]\w*\.(?:h|cc))\b")
_PATH_ENDINGS = ("", ".cc", ".h", ".proto", ".py", "_test.cc")


def _said(tree, path):
    """(number, text) of the lines of a page, or of the comments of a source."""
    if path.endswith(".md"):
        yield from tree.lines(path)
        return
    mark = "//" if path.endswith((".cc", ".h", ".proto")) else "#"
    for number, line in tree.lines(path):
        before, found, comment = line.partition(mark)
        if found and not before.endswith((":", '"')):
            yield number, comment


def check_paths(tree):
    """every file that a page or a comment names is there"""
    names = {path.rpartition("/")[2] for path in tree.paths()}
    for path in tree.paths():
        if path.startswith("tests/tidy/") or path == "CHANGELOG.md":
            continue  # examples; what was
        is_cpp = path.endswith((".cc", ".h", ".md"))
        if not is_cpp and not path.endswith((".proto", ".py", ".txt", ".yaml", ".cmake")):
            if not tree.text(path).startswith("#!"):
                continue
        for number, text in _said(tree, path):
            for found in _OUR_PATH.findall(text):
                places = (found, os.path.join(os.path.dirname(path), found))
                there = any(place + ending in tree for ending in _PATH_ENDINGS for place in places)
                if not there and not tree.has_folder(found):
                    yield Finding(path, number, f"there is no {found}")
            if not is_cpp:
                continue
            for found in _TEST_NAME.findall(text):
                if not {f"{found}.cc", f"{found}.py"} & names:
                    yield Finding(path, number, f"there is no {found}")
            for found in _CPP_NAME.findall(text):
                if found not in names:
                    yield Finding(path, number, f"there is no {found}")


_COMMENT = re.compile(r"\s*//\s?(.*)$")


def check_comments(tree):
    """no comment has a line that the formatter cut off the one before"""
    for path in tree.paths(".cc", ".h", ".proto"):
        lines = tree.text(path).splitlines()
        for number in range(1, len(lines) - 1):
            three = [_COMMENT.match(line) for line in lines[number - 1 : number + 2]]
            if not all(three):
                continue
            before, here, after = (match.group(1) for match in three)
            # A few words alone, in the middle of a sentence, below a line that is full.
            is_cut_off = len(lines[number]) < 60 and len(lines[number - 1]) >= 80
            goes_on = here and not re.search(r"[.:?!]$", here) and re.match(r"\s*[a-z(`]", after)
            if is_cut_off and goes_on and not re.search(r"[.:?!]$", before):
                yield Finding(path, number + 1, "a line of a few words: join it with the next")


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

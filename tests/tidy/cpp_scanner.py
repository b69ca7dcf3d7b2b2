# SPDX-License-Identifier: Apache-2.0
"""Just enough of C++ to find the classes of a file and the functions at its left margin.

It cannot expand macros, and takes every brace at its word.
"""

import re
from typing import NamedTuple

_NOT_CODE = re.compile(
    r"""//[^\n]*
      | /\*.*?\*/
      | R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"
      | "(?:\\.|[^"\\\n])*"
      | (?<![0-9a-fA-F])'(?:\\.|[^'\\\n])*'
    """,
    re.VERBOSE | re.DOTALL,
)

_CLASS = re.compile(
    r"""(?<![\w<,]\s)(?<!enum\s)\b(?P<kind>class|struct)\s+
        (?:(?:ABSL_\w+|\[\[\w+\]\])\s+)*
        (?P<name>\w+(?:::\w+)*)\s*
        (?P<final>final\b)?\s*
        (?::(?!:)\s*(?P<bases>[^{};()]*))?
        \{""",
    re.VERBOSE,
)


class CppClass(NamedTuple):
    kind: str  # class or struct
    name: str  # as written: `Loop`, `GrpcTransport::Impl`
    line: int
    is_final: bool
    bases: tuple  # names without template arguments
    has_virtual: bool  # declares a virtual function, not counting nested classes
    nested: bool


def without_comments_and_texts(text):
    """The same lines and columns, with comments and literals blanked out."""

    def blank(match):
        return re.sub(r"[^\n]", " ", match.group())

    return _NOT_CODE.sub(blank, text)


def lines_of_raw_texts(text):
    """The numbers of the lines that a raw string literal lies on: they cannot be broken."""
    numbers = set()
    for match in _NOT_CODE.finditer(text):
        if match.group().startswith("R"):
            first = text.count("\n", 0, match.start()) + 1
            numbers.update(range(first, first + match.group().count("\n") + 1))
    return numbers


def find_classes(text):
    code = without_comments_and_texts(text)
    starts = {match.end() - 1: match for match in _CLASS.finditer(code)}
    found = []
    open_blocks = []  # for each open brace the match of its class, or None
    has_virtual = set()
    for token in re.finditer(r"[{}]|\bvirtual\b", code):
        if token.group() == "{":
            match = starts.get(token.start())
            if match:
                nested = any(open_blocks) or "::" in match["name"]
                found.append((match, nested))
            open_blocks.append(match)
        elif token.group() == "}":
            if open_blocks:
                open_blocks.pop()
        elif open_blocks and open_blocks[-1]:
            has_virtual.add(open_blocks[-1].start())
    return [
        CppClass(
            kind=match["kind"],
            name=match["name"],
            line=code.count("\n", 0, match.start()) + 1,
            is_final=bool(match["final"]),
            bases=_bases(match["bases"] or ""),
            has_virtual=match.start() in has_virtual,
            nested=nested,
        )
        for match, nested in found
    ]


def _bases(text):
    while "<" in text:
        shorter = re.sub(r"<[^<>]*>", "", text)
        if shorter == text:
            break
        text = shorter
    names = []
    for base in text.split(","):
        words = [w for w in base.split() if w not in ("public", "private", "protected", "virtual")]
        if words:
            names.append(words[-1].lstrip(":"))
    return tuple(names)


def find_margin_functions(text):
    """(first line, number of lines) of each function that begins at the left margin.

    clang-format puts every function outside a class there, and its last brace as well.
    """
    lines = without_comments_and_texts(text).splitlines()
    found = []
    start = None
    for number, line in enumerate(lines, 1):
        if start is None:
            if re.match(r"[A-Za-z_:~\[]", line):
                start = number
                head = ""
            else:
                continue
        head += line
        if line.startswith("}"):
            if "(" in head.split("{")[0]:
                found.append((start, number - start + 1))
            start = None
        elif "{" not in head and line.rstrip().endswith(";"):
            start = None  # a declaration
        elif re.match(r"(inline )?namespace\b|extern \"C\"|#", lines[start - 1]):
            start = None  # its content stands at the margin, too
        elif "{" in head and head.count("{") == head.count("}"):
            start = None  # whole on one line, or an initializer
    return found

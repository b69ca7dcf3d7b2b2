#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: Apache-2.0
"""Checks what the compiler does not: the rules of CONTRIBUTING.md that a program can see.

    tests/tidy/tidy.py                    all checks
    tests/tidy/tidy.py includes sizes     some
    tests/tidy/tidy.py --list             what there is
    tests/tidy/tidy.py --fix-format       let clang-format write the C++ files

Exit status: 0 fine, 1 something is wrong, 2 wrong use, 77 the check could not be made here.
"""

import argparse
import sys
from pathlib import Path

import cpp_checks
import text_checks
from tree import Tree

CHECKS = {
    "includes": cpp_checks.check_includes,
    "sizes": cpp_checks.check_sizes,
    "columns": cpp_checks.check_columns,
    "mirror": cpp_checks.check_mirror,
    "promises": cpp_checks.check_promises,
    "pragma": cpp_checks.check_pragma,
    "clock": cpp_checks.check_clock,
    "names": cpp_checks.check_names,
    "classes": cpp_checks.check_classes,
    "spdx": text_checks.check_spdx,
    "unfinished": text_checks.check_unfinished,
    "machine": text_checks.check_machine,
    "links": text_checks.check_links,
    "paths": text_checks.check_paths,
    "comments": text_checks.check_comments,
    "format": text_checks.check_format,
}
NOT_MADE = 77


def format_version_fits():
    program, version = text_checks.find_clang_format()
    print(f"clang-format: {program or 'none'}, version {version or '-'}")
    if version == text_checks.CLANG_FORMAT_VERSION:
        return True
    print(f"clang-format: skipped; only version {text_checks.CLANG_FORMAT_VERSION} decides")
    return False


def fix_format(root):
    program, version = text_checks.find_clang_format()
    if version != text_checks.CLANG_FORMAT_VERSION:
        print(f"clang-format {text_checks.CLANG_FORMAT_VERSION} is needed", file=sys.stderr)
        return 1
    said = text_checks.run_clang_format(root, program, ["-i"], Tree.of_folder(root).paths(".cc", ".h"))
    print(said, end="")
    return 1 if said else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checks", nargs="*", metavar="CHECK")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[2])
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--fix-format", action="store_true")
    arguments = parser.parse_args()
    if arguments.list:
        for name, check in CHECKS.items():
            print(f"{name:12}{check.__doc__}")
        return 0
    if arguments.fix_format:
        return fix_format(arguments.root)
    unknown = set(arguments.checks) - set(CHECKS)
    if unknown:
        parser.error(f"no such check: {', '.join(sorted(unknown))}; there are {', '.join(CHECKS)}")

    tree = Tree.of_folder(arguments.root)
    wrong = not_made = 0
    for name in arguments.checks or CHECKS:
        if name == "format" and not format_version_fits():
            not_made += 1
            continue
        findings = list(CHECKS[name](tree))
        for finding in findings:
            print(f"{finding} [{name}]")
        print(f"{name}: {len(findings) or 'nothing'} wrong ({CHECKS[name].__doc__})")
        wrong += len(findings)
    if wrong:
        return 1
    return NOT_MADE if not_made else 0


if __name__ == "__main__":
    sys.exit(main())

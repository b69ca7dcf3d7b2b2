# SPDX-License-Identifier: Apache-2.0
"""The files that tidy looks at, and what a check says about them."""

import os
from pathlib import Path
from typing import NamedTuple

# Folders that hold nothing of ours.
SKIPPED_FOLDERS = {".git", ".cache", "build", "node_modules", "__pycache__"}


class Finding(NamedTuple):
    path: str
    line: int  # 0: the file as a whole
    message: str

    def __str__(self):
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.message}"


class Tree:
    """Paths, relative to the root, and their text. A test makes one from a dict."""

    def __init__(self, texts, root=None):
        self._texts = texts  # path -> text, or None where it has not been read yet
        self.root = root

    @classmethod
    def of_folder(cls, root):
        texts = {}
        for folder, subfolders, files in os.walk(root):
            subfolders[:] = sorted(set(subfolders) - SKIPPED_FOLDERS)
            for name in files:
                texts[os.path.relpath(os.path.join(folder, name), root)] = None
        return cls(texts, root)

    def paths(self, *suffixes, under=""):
        """Sorted; those that end with one of `suffixes`, or all."""
        return [
            path
            for path in sorted(self._texts)
            if path.startswith(under) and (not suffixes or path.endswith(suffixes))
        ]

    def __contains__(self, path):
        return path in self._texts

    def has_folder(self, path):
        return any(name.startswith(path.rstrip("/") + "/") for name in self._texts)

    def text(self, path):
        """The file's text; empty for what is not UTF-8, such as a picture or a fuzzer's seed."""
        if self._texts[path] is None:
            try:
                self._texts[path] = (Path(self.root) / path).read_text(encoding="utf-8")
            except (UnicodeDecodeError, OSError):
                self._texts[path] = ""
        return self._texts[path]

    def lines(self, path):
        """(number, line) from 1 on."""
        return enumerate(self.text(path).splitlines(), 1)

"""The most common mapping names one field, such as `remote_data.telephone`: that needs neither JSONata nor a process.

For these texts the answer is the interpreter's own (tests/unified/overrides/test_shortcuts.py holds both together).
"""

from __future__ import annotations

import re
from typing import Any

_PATH = re.compile(r"\s*[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*\s*")
_WORDS = {"and", "or", "in", "true", "false", "null"}


class NotPlain(Exception):
    """This record has a list on the way, over which JSONata would go."""


def plain_path(text: str) -> tuple[str, ...] | None:
    """The steps, if the expression is a path of plain names."""
    if not text.isascii() or not _PATH.fullmatch(text):
        return None
    steps = tuple(text.strip().split("."))
    return None if _WORDS.intersection(steps) else steps


def value_at(steps: tuple[str, ...], record: Any) -> Any:
    """None where there is nothing. Errors: NotPlain."""
    for step in steps:
        if isinstance(record, list):
            raise NotPlain
        if not isinstance(record, dict):
            return None
        record = record.get(step)
    return record

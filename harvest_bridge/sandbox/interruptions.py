"""Changes that a test makes in the middle of somebody's walk: between one page and the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(slots=True, kw_only=True)
class Interruption:
    """Shape: `path` is a pattern with `*`; the first `after` matching requests are served before `change` runs."""

    path: str
    after: int
    change: Callable[[], object]


def run_due(pending: list[Interruption], path: str) -> None:
    """Each runs once, before the request is served."""
    for one in list(pending):
        if not fnmatchcase(path, one.path):
            continue
        if one.after > 0:
            one.after -= 1
            continue
        pending.remove(one)
        one.change()

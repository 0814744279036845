"""The definitions that figures follow: each by name and version, so that a figure can be told from a later one.

A question registers its own in its `definitions.py`; the version goes up whenever a figure would come out differently.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .errors import UnknownDefinition


@dataclass(frozen=True)
class Definition:
    """Shape: `of` is the question (`payout`, `utilization` …), `formula` a sentence for people, `needs` and `uses` as
    in `coverage.coverage_of`."""

    of: str
    name: str
    version: int
    formula: str
    needs: tuple[str, ...]
    uses: tuple[str, ...] = ()

    def serialize(self) -> dict[str, Any]:
        """As it stands in an answer."""
        return {"name": self.name, "version": self.version}


_known: dict[tuple[str, str], Definition] = {}


def register(definition: Definition) -> Definition:
    _known[definition.of, definition.name] = definition
    return definition


def definitions() -> list[Definition]:
    """By question, then name."""
    return [_known[key] for key in sorted(_known)]


def definition_named(of: str, name: str) -> Definition:
    """Errors: UnknownDefinition, which lists what there is."""
    if (of, name) not in _known:
        names = ", ".join(one.name for one in definitions() if one.of == of)
        raise UnknownDefinition(f"definition: {name[:40]!r} is none of {of}; there are {names}.")
    return _known[of, name]

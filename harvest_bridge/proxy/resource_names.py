"""Resolves resource names: `time_entries`, `timeEntries` and `Time-Entry` are one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from .errors import UnknownResource
from .resource import Resource
from .resources import RESOURCES

_PUNCTUATION = re.compile("[^a-z0-9]")


def resource_named(name: str) -> Resource:
    """Errors: UnknownResource, naming the near ones, or all where none is near."""
    found = _BY_NAME.get(_squashed(name))
    if found is None:
        near = {_BY_NAME[match].name: None for match in get_close_matches(_squashed(name), _BY_NAME, n=3, cutoff=0.6)}
        listed = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(r.name for r in RESOURCES)}."
        raise UnknownResource(f"Harvest has no resource {name[:60]!r}; {listed}")
    return found


def _squashed(name: str) -> str:
    return _PUNCTUATION.sub("", name[:100].lower())


def _names_of(resource: Resource) -> Iterator[str]:
    for name in (resource.name, *resource.aliases):
        yield name
        yield name[:-3] + "y" if name.endswith("ies") else name.removesuffix("s")


_BY_NAME = {_squashed(name): resource for resource in RESOURCES for name in _names_of(resource)}

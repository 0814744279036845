"""Unified records as JSON for expressions, reduced to the fields they can read."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType, defstruct

from harvest_bridge.unified.harvest_records import reader

from .compilation import NotCompiled, Reach, fields_read
from .failures import Owner

Json = dict[str, Any]
_REMOTE = "remote_data"
_ODD = re.compile(r'[\\"\x00-\x1f]')  # msgspec has no fields of such names
_records = reader(list[Json])


def as_json(records: Sequence[Struct], reach: Reach | None = None) -> list[Json]:
    """Unified records as expressions read them: in full, or what can be read of them. Errors: HarvestMalformed."""
    parts: Sequence[Any] = records if reach is None else [*_parts(records, reach)]
    return _records(msgspec.json.encode(parts))


def _parts(records: Sequence[Struct], reach: Reach) -> Iterator[Json]:
    fields = records[0].__struct_fields__ if records else ()
    names = [name for name in reach if name in fields]
    within = reach.get(_REMOTE)
    narrowed = None if within is None or any(map(_ODD.search, within)) else _only(frozenset(within))
    for record in records:
        part = {name: value for name in names if (value := getattr(record, name)) is not UNSET}
        if narrowed is not None:
            part[_REMOTE] = narrowed(part[_REMOTE])
        yield part


@lru_cache(maxsize=256)
def _only(names: frozenset[str]) -> Callable[[Raw], Struct]:
    """Of an object these fields, as the bytes that they are; the others are passed over."""
    renamed = {f"_{place}": name for place, name in enumerate(names)}
    return reader(defstruct("Part", [(name, Raw | UnsetType, UNSET) for name in renamed], rename=renamed))


def reach_of(owner: Owner, expressions: Iterable[str]) -> Reach | None:
    """What any of them can read, and what failures are told by; None is everything."""
    found: dict[str, Collection[str] | None] = {"id": None}
    for text in expressions:
        reach = _reach_of_one(owner, text)
        if reach is None:
            return None
        for name, within in reach.items():
            before = found.get(name, ())
            found[name] = None if before is None or within is None else {*before, *within}
    return found


def _reach_of_one(owner: Owner, text: str) -> Reach | None:
    try:
        return fields_read(owner, text)
    except NotCompiled:
        return {}

"""What a record's new bytes say that the old ones did not. Pure."""

from __future__ import annotations

import msgspec
from msgspec import Raw

# They grow by themselves while a timer runs.
GROWING = frozenset({"hours", "rounded_hours", "updated_at"})


def changed_names(old: str, new: str) -> list[str]:
    """The top-level fields whose bytes differ, sorted."""
    before, after = _parts(old), _parts(new)
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def is_growth(names: list[str], *, was_running: bool, is_running: bool) -> bool:
    """Whether nothing happened but that time passed."""
    return was_running and is_running and GROWING.issuperset(names)


def _parts(text: str) -> dict[str, bytes]:
    found = msgspec.json.decode(text, type=dict[str, Raw])
    return {name: bytes(memoryview(value)) for name, value in found.items()}

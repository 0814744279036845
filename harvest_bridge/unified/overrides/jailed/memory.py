"""How much memory this process has left.

orjson writes where it believes to have got memory, and brings the process down where it got none. So what goes to it is
measured, and the kernel asked, before: the answer is then a MemoryError, which says what was wrong.
"""

from __future__ import annotations

import os

from harvest_bridge.unified.overrides.limits import MAX_MEMORY_BYTES, MAX_VALUE_BYTES

_PAGE = os.sysconf("SC_PAGE_SIZE")
_KEPT_BYTES = 32 * 2**20  # for the answer: a field's values together, while their buffer grows
_SMALL = 512
_statm: int | None = None


def watch() -> None:
    """Open the view on ourselves; to be called while files can still be opened. Only Linux has it."""
    global _statm
    try:
        _statm = os.open("/proc/self/statm", os.O_RDONLY)
    except FileNotFoundError:
        _statm = None


def left() -> int:
    """Bytes until the kernel refuses more; all of them where nobody tells."""
    if _statm is None:
        return MAX_MEMORY_BYTES
    return MAX_MEMORY_BYTES - int(os.pread(_statm, 32, 0).split(maxsplit=1)[0]) * _PAGE


def can_be_written(value: object) -> bool:
    """False for what is too large as JSON; looks at no more of it than a value may have. Errors: MemoryError."""
    if type(value) is str and len(value) <= _SMALL:
        return True
    characters = _characters(value)
    if characters > _SMALL and left() < _KEPT_BYTES:
        raise MemoryError
    return characters <= MAX_VALUE_BYTES


def _characters(value: object) -> int:
    """How long its JSON is at least, counted until it is too much."""
    if isinstance(value, str):
        return len(value)
    if not isinstance(value, list | dict):
        return 1
    found, open_ends = 0, [value]
    while open_ends and found <= MAX_VALUE_BYTES:
        item = open_ends.pop()
        if isinstance(item, str):
            found += len(item)
        elif isinstance(item, list | dict):
            found += 1 + len(item)
            if found <= MAX_VALUE_BYTES:
                open_ends += [*item, *item.values()] if isinstance(item, dict) else item
        else:
            found += 1
    return found

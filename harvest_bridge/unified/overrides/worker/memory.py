"""The memory limit of a worker process, and what is left of it."""

from __future__ import annotations

import os
import resource

from harvest_bridge.unified.overrides.limits import MAX_MEMORY_BYTES

_PAGE = os.sysconf("SC_PAGE_SIZE")
_statm: int | None = None


def limit() -> None:
    """No more than this from here on; to be called while files can still be opened, for a view on ourselves."""
    global _statm
    try:
        _statm = os.open("/proc/self/statm", os.O_RDONLY)
    except FileNotFoundError:  # only Linux has it
        _statm = None
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))


def left() -> int:
    """Bytes until the kernel refuses more; all of them where nobody tells."""
    if _statm is None:
        return MAX_MEMORY_BYTES
    return MAX_MEMORY_BYTES - int(os.pread(_statm, 32, 0).split(maxsplit=1)[0]) * _PAGE

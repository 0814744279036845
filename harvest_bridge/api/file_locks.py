"""Locks on files under VAR_DIR, for the processes of one machine. The kernel lets go of a dead process's locks."""

from __future__ import annotations

import fcntl
import hashlib
import os
from pathlib import Path
from typing import IO

from django.conf import settings


class FileLocks:
    """Those of one process; `locks.py` sees to it that no name is asked for twice at once."""

    def __init__(self) -> None:
        self._files: dict[str, tuple[Path, IO[str]]] = {}

    def acquire(self, name: str) -> bool:
        path = settings.VAR_DIR / "locks" / f"{hashlib.sha256(name.encode()).hexdigest()[:16]}.lock"
        path.parent.mkdir(exist_ok=True)
        file = path.open("a")
        if _is_locked(file) and _is_still_at(file, path):
            self._files[name] = (path, file)
            return True
        file.close()
        return False

    def is_held(self, name: str) -> bool:
        """The kernel takes it from nobody who lives."""
        return name in self._files

    def release(self, name: str) -> None:
        path, file = self._files.pop(name)
        path.unlink(missing_ok=True)  # while we hold it; who opened it just before finds it gone, and holds nothing
        file.close()

    def close(self) -> None:
        for name in list(self._files):
            self.release(name)


def _is_locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_still_at(file: IO[str], path: Path) -> bool:
    try:
        return path.stat().st_ino == os.fstat(file.fileno()).st_ino
    except FileNotFoundError:
        return False

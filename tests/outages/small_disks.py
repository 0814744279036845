"""File systems of a few megabytes, and what fills them."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(*, megabytes: int) -> Iterator[Path]:
    """A folder on a file system of its own; skips the test where nobody may mount one."""
    with tempfile.TemporaryDirectory(prefix="hb-disk-", dir="/tmp") as name:
        options = ["-t", "tmpfs", "-o", f"size={megabytes}m"]
        mounted = subprocess.run(["mount", *options, "none", name], capture_output=True, check=False)
        if mounted.returncode:
            pytest.skip("only who may mount a small file system can fill one")
        Path(name).chmod(0o755)
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", "--lazy", name], check=True)


@contextmanager
def fill(disk: Path) -> Iterator[None]:
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    try:
        yield
    finally:
        filler.unlink()

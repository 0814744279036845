"""Which of a corpus a place meets: a few, or all of it with `FUZZ=1` (`make fuzz`)."""

from __future__ import annotations

import os
import zlib
from collections.abc import Sequence

from .mutations import Pick

EVERYTHING = bool(os.environ.get("FUZZ"))


def picker(name: str, *, at_most: int = 1) -> Pick:
    """Which ones differs from place to place, and is the same in every run."""

    def pick(where: str, words: Sequence[bytes]) -> Sequence[bytes]:
        if EVERYTHING:
            return words
        first = zlib.crc32(f"{name} {where}".encode())
        return [words[(first + number * len(words) // at_most) % len(words)] for number in range(at_most)]

    return pick

"""Is a key worth its name?"""

from __future__ import annotations

# Of 32 random bytes or characters of base64, fewer than ten distinct ones are not to be expected in this universe.
_LEAST_DISTINCT = 10


def is_guessable(key: str | bytes, *, least: int) -> bool:
    """Too short, or of so few distinct characters that somebody typed it."""
    return len(key) < least or len(set(key)) < _LEAST_DISTINCT

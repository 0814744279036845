"""The key ring of this process, from settings."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from .keyring import KeyRing


@lru_cache(maxsize=4)
def _ring(keys: tuple[str, ...]) -> KeyRing:
    return KeyRing(keys)


def key_ring() -> KeyRing:
    """Errors: BadKey when ENCRYPTION_KEYS is empty or malformed (checks.py refuses to start before that)."""
    return _ring(tuple(settings.ENCRYPTION_KEYS))

"""Counters and spent states are pushed out by nothing but time."""

from __future__ import annotations

from django.conf import settings
from django.core.cache import caches

from harvest_bridge.api.memory_cache import LastingMemoryCache


def test_a_flood_of_others_pushes_out_nothing_that_still_counts() -> None:
    cache = LastingMemoryCache("flood", {})
    cache.set("lockout", 5, timeout=300)
    for number in range(5000):
        cache.set(f"other-{number}", 1, timeout=300)
    assert cache.get("lockout") == 5
    assert cache.incr("lockout") == 6


def test_what_has_expired_makes_room() -> None:
    cache = LastingMemoryCache("expiry", {})
    for number in range(4000):
        cache.set(f"other-{number}", 1, timeout=0.0001)
    assert len(cache._cache) <= 1000


def test_the_security_counters_use_it_and_harvests_answers_do_not() -> None:
    assert type(caches["default"]) is LastingMemoryCache
    assert type(caches["answers"]) is not LastingMemoryCache
    assert getattr(settings, "RATELIMIT_USE_CACHE", "default") == "default"

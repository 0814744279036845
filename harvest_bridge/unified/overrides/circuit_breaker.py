"""A circuit breaker for expressions: one that had to be stopped is not run again for a while."""

from __future__ import annotations

import time
from collections.abc import Iterable

from .failures import Failure
from .limits import PAUSE_SECONDS

_COSTLY = {"mapping_timeout", "mapping_out_of_memory", "mapping_crashed"}
_MOST_REMEMBERED = 10_000
_paused: dict[tuple[object, str], tuple[float, Failure]] = {}


def of(owner: object, text: str) -> Failure | None:
    """Why this expression is left alone now, if it is."""
    until, failure = _paused.get((owner, text), (0.0, None))
    left = until - time.monotonic()
    if failure is None or left <= 0:
        _paused.pop((owner, text), None)
        return None
    return failure._replace(message=f"{failure.message} It is tried again in {left:.0f} s, or once it is changed.")


def note(owner: object, text: str, failures: Iterable[Failure]) -> None:
    costly = next((failure for failure in failures if failure.code in _COSTLY), None)
    if costly is None:
        return
    if len(_paused) >= _MOST_REMEMBERED:
        _paused.clear()
    _paused[owner, text] = (time.monotonic() + PAUSE_SECONDS, costly)


def forget() -> None:
    """Every expression may be tried at once."""
    _paused.clear()

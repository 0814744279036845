"""How long a caller is willing to wait for a slot, read from two request headers."""

from __future__ import annotations

import re
from datetime import datetime

from .errors import InvalidRequest

DEADLINE = "Harvest-Bridge-Deadline"

_WAIT = re.compile(r'(?:^|[,;])\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:$|[,;])', re.IGNORECASE)
_UNIX_TIME = re.compile(r"\d{1,12}(?:\.\d{1,9})?")


def maximum_wait(prefer: str, deadline: str, *, now: float) -> float | None:
    """Seconds, the shorter where both headers are there; None where neither says.

    Shape: `prefer` is RFC 7240's `wait=<seconds>` among others; what we cannot read of it is no preference, as the RFC
    asks of servers. `deadline` is a moment, in RFC 3339 or as seconds since 1970; one that is over is no max_wait.
    Errors: InvalidRequest for a deadline that is no moment.
    """
    waits = [float(wait[1])] if (wait := _WAIT.search(prefer)) else []
    if deadline:
        waits.append(max(0.0, _moment(deadline) - now))
    return min(waits, default=None)


def _moment(text: str) -> float:
    try:
        return float(text) if _UNIX_TIME.fullmatch(text) else _aware(datetime.fromisoformat(text)).timestamp()
    except (ValueError, OverflowError) as error:
        raise InvalidRequest(
            f"{DEADLINE}: must be a moment such as 2026-11-24T10:00:05Z, or seconds since 1970."
        ) from error


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment

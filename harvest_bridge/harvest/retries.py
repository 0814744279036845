"""Retry rules: when a failed attempt may be repeated, and after how long."""

from __future__ import annotations

import random

from harvest_bridge.harvest.deadline import Deadline
from harvest_bridge.harvest.errors import (
    HarvestError,
    HarvestMalformed,
    HarvestOutcomeUnknown,
    HarvestRateLimited,
    HarvestTimeout,
    HarvestUnavailable,
    PacingUnavailable,
)

MAX_ATTEMPTS = 4
_FIRST_WAIT_SECONDS = 0.25


def as_seen_by(
    error: HarvestError, *, is_repeatable: bool, has_left: bool, answered: int | None = None
) -> HarvestError:
    """The error as it concerns this request: once a write has left, no usable answer means that nobody knows."""
    if is_repeatable or not has_left or not isinstance(error, HarvestUnavailable | HarvestTimeout | HarvestMalformed):
        return error
    return HarvestOutcomeUnknown(
        f"{error.message} It may have been carried out: look before you repeat it.",
        answered=answered,
        retry_after=error.retry_after,
        remote_status=error.remote_status,
        raw_response=error.raw_response,
    )


def wait_before_retry(error: HarvestError, *, attempts: int, deadline: Deadline) -> float | None:
    """Seconds to wait before the next attempt; None if there must not be one.

    `error` is as `as_seen_by` gave it, so whatever may be repeated at all may be repeated here. A 429 is a definite
    refusal and safe to repeat, even for a write.
    """
    if attempts >= MAX_ATTEMPTS or not _passes_with_time(error):
        return None
    backoff = _FIRST_WAIT_SECONDS * 2 ** (attempts - 1) * random.uniform(0.5, 1)  # noqa: S311
    asked = (error.retry_after or 0.0) if error.remote_status is not None else 0.0
    wait = max(backoff, asked)
    return wait if deadline.allows(wait) else None


def _passes_with_time(error: HarvestError) -> bool:
    if isinstance(error, HarvestOutcomeUnknown | PacingUnavailable):
        return False
    if isinstance(error, HarvestRateLimited):
        return error.remote_status is not None  # our own pacer's refusal already waited as long as it may
    return isinstance(error, HarvestUnavailable | HarvestTimeout)

"""What is in the way of a run: it waits for what passes with time, and stops at the first real refusal."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

import structlog

from harvest_bridge.connections.errors import NeedsReauth
from harvest_bridge.errors import BridgeError
from harvest_bridge.harvest.errors import (
    HarvestForbidden,
    HarvestOutcomeUnknown,
    HarvestRateLimited,
    HarvestRejected,
    HarvestUnauthorized,
)
from harvest_bridge.provisioning.models import Step

log = structlog.get_logger(__name__)
Json = dict[str, Any]

_REAUTH_RETRY = timedelta(seconds=10)
_LONGEST_BACKOFF_SECONDS = 60.0
_LONGEST_ASKED_SECONDS = 300.0
_PASSING = {408, 425, 429}


class Wait(Exception):
    """Nothing more can be done before that moment. `error` is shown meanwhile."""

    def __init__(self, until: datetime, error: Json) -> None:
        super().__init__(f"until {until}")
        self.until, self.error = until, error


class Blocked(Exception):
    """Only a person can help. `error` says why, with the field."""

    def __init__(self, error: Json) -> None:
        super().__init__(str(error.get("message")))
        self.error = error


def error_body(code: str, message: str, *, field: str = "", step: Step | None = None, **more: Any) -> Json:
    found: Json = {"code": code, "message": message, "field": field or (step.field if step else "") or None}
    return found | {"step": step.key if step else None} | {name: value for name, value in more.items() if value}


def passes_with_time(error: BridgeError) -> bool:
    return isinstance(error, NeedsReauth | HarvestUnauthorized) or error.status >= 500 or error.status in _PASSING


def meet(error: BridgeError, step: Step | None, *, attempts: int, now: datetime) -> None:
    """Errors: Wait or Blocked, always one of them."""
    log.warning("a step of a deal failed", step=step.key if step else None, code=error.code)
    if not passes_with_time(error):
        raise Blocked(_refusal(error, step)) from error
    raise Wait(now + _wait(error, attempts), error_body(error.code, error.message, step=step)) from error


def _wait(error: BridgeError, attempts: int) -> timedelta:
    if isinstance(error, NeedsReauth | HarvestUnauthorized):
        return _REAUTH_RETRY
    if isinstance(error, HarvestRateLimited):
        return timedelta(seconds=min(max(0.5, error.retry_after or 0), _LONGEST_ASKED_SECONDS))
    if isinstance(error, HarvestOutcomeUnknown):
        return timedelta(seconds=min(0.5 * 2.0 ** min(attempts, 6), 15))  # to look, not yet to repeat it
    own = min(_LONGEST_BACKOFF_SECONDS, 2.0 ** min(attempts, 6)) * random.uniform(0.5, 1)  # noqa: S311
    return timedelta(seconds=max(own, min(error.retry_after or 0, _LONGEST_ASKED_SECONDS)))


def _refusal(error: BridgeError, step: Step | None) -> Json:
    is_plan = step is not None and step.kind == "project" and step.action == "create" and _is_plan_limit(error)
    code = "plan_limit" if is_plan else error.code
    text = error.message
    if is_plan:
        text = f"{text} The plan of this Harvest account may have no project left: archive one, or change the plan."
    remote = getattr(error, "remote_status", None)
    return error_body(code, text, step=step, remote_status=remote, needs=error.extra.get("missing_right"))


def _is_plan_limit(error: BridgeError) -> bool:
    if isinstance(error, HarvestRejected):
        return "plan" in error.message.casefold()
    return isinstance(error, HarvestForbidden)

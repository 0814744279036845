"""`max_age`: how old a copy may be before Harvest is asked again."""

from __future__ import annotations

from datetime import timedelta

from rest_framework.request import Request

from harvest_bridge.api.errors import InvalidRequest
from harvest_bridge.api.inputs import max_wait_from, whole_number
from harvest_bridge.connections.models import Connection
from harvest_bridge.mirror import services
from harvest_bridge.mirror.models import Stream

MOST_AGE_SECONDS = 30 * 86_400
USUAL_WAIT_SECONDS = 20.0


def max_age_of(request: Request) -> tuple[timedelta, float] | None:
    """How old, and how many seconds may be waited for it (`Prefer: wait=N`). Errors: InvalidRequest."""
    text = request.query_params.get("max_age", "")
    if not text:
        return None
    seconds = whole_number(text)
    if seconds is None or seconds > MOST_AGE_SECONDS:
        raise InvalidRequest(f"max_age: must be a whole number of seconds up to {MOST_AGE_SECONDS}, not {text[:40]!r}.")
    wait = max_wait_from(request)
    return timedelta(seconds=seconds), USUAL_WAIT_SECONDS if wait is None else min(wait, 60.0)


def refreshed(connection: Connection, stream: Stream, wanted: tuple[timedelta, float] | None) -> Stream:
    """The stream, read anew from Harvest where it is older than wanted. Errors: MirrorNotFresh."""
    if wanted is None:
        return stream
    max_age, wait = wanted
    return services.refresh(connection, stream.resource, max_age=max_age, wait=wait)

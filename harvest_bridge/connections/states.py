"""State transitions of a connection: each happens once, with a row of history."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from . import events, history
from .errors import NeedsReauth
from .history import What
from .models import Connection, Status

log = structlog.get_logger(__name__)


class Because(StrEnum):
    """What ended a connection. Kept in its `last_error`."""

    REFRESH_REFUSED = "refresh_refused"
    UNAUTHORIZED = "unauthorized"


_NOTE_EVERY = timedelta(minutes=1)


@transaction.atomic
def needs_reauth(row: Connection, reason: str, *, because: Because) -> None:
    """Only linking again helps. Does nothing when the tokens have been renewed, or the state moved, meanwhile."""
    now = timezone.now()
    same = Connection.objects.filter(pk=row.pk, token_generation=row.token_generation, disconnected_at=None)
    moved = same.exclude(status=Status.NEEDS_REAUTH).update(
        status=Status.NEEDS_REAUTH,
        last_error=_error(NeedsReauth.code, reason) | {"because": because},
        refresh_started_at=None,
        refused_since=None,
        checked_at=now,
        updated_at=now,
    )
    if moved:
        history.note(row, What.NEEDS_REAUTH, actor=history.HARVEST, detail=reason)
        events.publish(row, events.AUTHENTICATION_ERROR, changed=["status", "last_error"])
        log.warning("connection needs to be linked again", connection=str(row.pk))


@transaction.atomic
def works(row: Connection) -> None:
    """A renewal succeeded: the connection is active, whatever it was before."""
    history.note(row, What.REFRESHED, actor=history.HARVEST)
    broken = Connection.objects.filter(pk=row.pk).exclude(status=Status.ACTIVE)
    if broken.update(status=Status.ACTIVE, last_error=None, updated_at=timezone.now()):
        history.note(row, What.REACTIVATED, actor=history.HARVEST)
        events.publish(row, events.REACTIVATED, changed=["status", "last_error"])


@transaction.atomic
def alive(row: Connection) -> None:
    """It had to be linked again by mistake: Harvest takes its access token."""
    same = Connection.objects.filter(pk=row.pk, token_generation=row.token_generation, disconnected_at=None)
    moved = same.filter(status=Status.NEEDS_REAUTH).update(
        status=Status.ACTIVE, last_error=None, updated_at=timezone.now()
    )
    if moved:
        history.note(row, What.REACTIVATED, actor=history.HARVEST, detail="Harvest takes its token after all.")
        events.publish(row, events.REACTIVATED, changed=["status", "last_error"])


@transaction.atomic
def call_refused(row: Connection, about: str) -> None:
    """Harvest refused one call with a 401, and the token works: kept in the history, once a minute at most."""
    now = timezone.now()
    this = Connection.objects.filter(pk=row.pk)
    is_noted = this.filter(checked_at__gte=now - _NOTE_EVERY).update(checked_at=now)
    if not is_noted and this.exclude(checked_at__gte=now - _NOTE_EVERY).update(checked_at=now):
        history.note(row, What.CALL_REFUSED, actor=history.HARVEST, detail=f"{about}: 401, while users/me answers 200")


def forbidden(row: Connection, *, method: str, resource: str, needs: str) -> None:
    """Harvest did not let the linker; the state stays, the latest such refusal is kept (truto-wire §2.5)."""
    error = {"resource": resource, "method": method, "missing_scopes": [needs], "occurred_at": _now()}
    Connection.objects.filter(pk=row.pk).update(last_forbidden_error=error)


def _error(code: str, message: str) -> dict[str, Any]:
    return {"code": code, "message": message, "at": _now()}


def _now() -> str:
    return timezone.now().isoformat(timespec="seconds").replace("+00:00", "Z")

"""Moves of a connection between its states: once each, however many callers see why, with a row of history."""

from __future__ import annotations

from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from . import history
from .errors import NeedsReauth
from .history import What
from .models import Connection, Status

log = structlog.get_logger(__name__)


@transaction.atomic
def needs_reauth(row: Connection, reason: str) -> None:
    """Only linking again helps. Does nothing when the tokens have been renewed, or the state moved, meanwhile."""
    same = Connection.objects.filter(pk=row.pk, token_generation=row.token_generation, disconnected_at=None)
    moved = same.exclude(status=Status.NEEDS_REAUTH).update(
        status=Status.NEEDS_REAUTH,
        last_error=_error(NeedsReauth.code, reason),
        refresh_started_at=None,
        updated_at=timezone.now(),
    )
    if moved:
        history.note(row, What.NEEDS_REAUTH, actor=history.HARVEST, detail=reason)
        log.warning("connection needs to be linked again", connection=str(row.pk))


@transaction.atomic
def works(row: Connection) -> None:
    """A renewal succeeded: the connection is active, whatever it was before."""
    history.note(row, What.REFRESHED, actor=history.HARVEST)
    broken = Connection.objects.filter(pk=row.pk).exclude(status=Status.ACTIVE)
    if broken.update(status=Status.ACTIVE, last_error=None, updated_at=timezone.now()):
        history.note(row, What.REACTIVATED, actor=history.HARVEST)


def forbidden(row: Connection, *, method: str, resource: str, needs: str) -> None:
    """Harvest did not let the linker; the state stays, the latest such refusal is kept (truto-wire §2.5)."""
    error = {"resource": resource, "method": method, "missing_scopes": [needs], "occurred_at": _now()}
    Connection.objects.filter(pk=row.pk).update(last_forbidden_error=error)


def _error(code: str, message: str) -> dict[str, Any]:
    return {"code": code, "message": message, "at": _now()}


def _now() -> str:
    return timezone.now().isoformat(timespec="seconds").replace("+00:00", "Z")

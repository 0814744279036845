"""Reads the parts of the dashboard that an operator may see. A part that fails breaks no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import structlog
from django.db import connection, transaction
from django.http import HttpRequest
from django.utils import timezone

from harvest_bridge.admin_parts import Card, DashboardPart, Need, TenantPart, dashboard

log = structlog.get_logger(__name__)

T = TypeVar("T")
_URGENCY = {"danger": 0, "warning": 1, "info": 2, "success": 3, "default": 3}
FAILED = Card(tone="danger", figure="–", empty="This could not be read; the log says why.")


@dataclass(frozen=True)
class LoadedPart:
    name: str
    title: str
    card: Card


def context(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The theme's `DASHBOARD_CALLBACK`."""
    now = timezone.now()
    parts = [part for part in dashboard.parts() if request.user.has_perm(part.permission)]
    shown = [load_part(part, partial(part.read, now)) for part in parts]
    return context | {"parts": shown, "needs": _needs(parts, now), "looked_at": now, "title": "State of the service"}


def load_part(part: DashboardPart | TenantPart, work: Callable[[], Card]) -> LoadedPart:
    return LoadedPart(part.name, part.title, read(part.name, work) or FAILED)


def read(name: str, work: Callable[[], T]) -> T | None:
    """None where it failed, which the log tells.

    A failed query must not spoil a transaction around it; to begin one of our own would take SQLite's only writer.
    """
    try:
        if not connection.in_atomic_block:
            return work()
        with transaction.atomic():
            return work()
    except Exception:
        log.exception("a part of an admin page could not be read", part=name)
        return None


def _needs(parts: list[DashboardPart], now: datetime) -> list[Need]:
    """The most urgent first."""
    needs: list[Need] = []
    for part in parts:
        found = read(part.name, partial(part.needs, now))
        needs += [_unknown(part)] if found is None else found
    return sorted(needs, key=lambda need: _URGENCY[need.tone])


def _unknown(part: DashboardPart) -> Need:
    return Need(f"{part.title}: nobody knows", "It could not be read; the log says why.", "", "danger")

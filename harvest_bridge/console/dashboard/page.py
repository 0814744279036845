"""Reads the panels of the dashboard that an operator may see. A panel that fails breaks no other."""

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

from harvest_bridge.admin_panels import Card, DashboardPanel, Need, TenantPanel, dashboard

log = structlog.get_logger(__name__)

T = TypeVar("T")
_URGENCY = {"danger": 0, "warning": 1, "info": 2, "success": 3, "default": 3}
FAILED = Card(tone="danger", figure="–", empty="This could not be read; the log says why.")


@dataclass(frozen=True)
class LoadedPanel:
    name: str
    title: str
    card: Card


def context(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The theme's `DASHBOARD_CALLBACK`."""
    now = timezone.now()
    panels = [panel for panel in dashboard.panels() if request.user.has_perm(panel.permission)]
    shown = [load_panel(panel, partial(panel.read, now)) for panel in panels]
    return context | {"panels": shown, "needs": _needs(panels, now), "looked_at": now, "title": "State of the service"}


def load_panel(panel: DashboardPanel | TenantPanel, work: Callable[[], Card]) -> LoadedPanel:
    return LoadedPanel(panel.name, panel.title, read(panel.name, work) or FAILED)


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
        log.exception("a panel of an admin page could not be read", panel=name)
        return None


def _needs(panels: list[DashboardPanel], now: datetime) -> list[Need]:
    """The most urgent first."""
    needs: list[Need] = []
    for panel in panels:
        found = read(panel.name, partial(panel.needs, now))
        needs += [_unknown(panel)] if found is None else found
    return sorted(needs, key=lambda need: _URGENCY[need.tone])


def _unknown(panel: DashboardPanel) -> Need:
    return Need(f"{panel.title}: nobody knows", "It could not be read; the log says why.", "", "danger")

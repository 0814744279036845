"""Panels of the admin's dashboard, which shows the state of the service."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from .cards import Card, Need


def _nothing(now: datetime) -> Sequence[Need]:
    return ()


@dataclass(frozen=True)
class DashboardPanel:
    """Shown to operators with `permission`; a lower `place` comes first.

    `read` and `needs` are called with the current time whenever the page is opened, so they may take a few indexed
    queries at most. An error in either is shown on the page instead of breaking it.
    """

    name: str
    title: str
    permission: str
    place: int
    read: Callable[[datetime], Card]
    needs: Callable[[datetime], Sequence[Need]] = _nothing


_panels: dict[str, DashboardPanel] = {}


def register(panel: DashboardPanel) -> None:
    _panels[panel.name] = panel


def panels() -> list[DashboardPanel]:
    return sorted(_panels.values(), key=lambda panel: panel.place)

"""Parts of the admin's dashboard, which shows the state of the service."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from .cards import Card, Need


def _nothing(now: datetime) -> Sequence[Need]:
    return ()


@dataclass(frozen=True)
class DashboardPart:
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


_parts: dict[str, DashboardPart] = {}


def register(part: DashboardPart) -> None:
    _parts[part.name] = part


def parts() -> list[DashboardPart]:
    return sorted(_parts.values(), key=lambda part: part.place)

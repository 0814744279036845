"""Parts of the admin's first page, which tells the state of the service."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from .cards import Card, Need


def _nothing(now: datetime) -> Sequence[Need]:
    return ()


@dataclass(frozen=True)
class FirstPagePart:
    """Shown to who holds `permission`; lower `place` comes first.

    `read` and `needs` are called with the moment at each look at the page, so a few indexed queries are all they may
    take. What either raises is told on the page instead of breaking it.
    """

    name: str
    title: str
    permission: str
    place: int
    read: Callable[[datetime], Card]
    needs: Callable[[datetime], Sequence[Need]] = _nothing


_parts: dict[str, FirstPagePart] = {}


def register(part: FirstPagePart) -> None:
    _parts[part.name] = part


def parts() -> list[FirstPagePart]:
    return sorted(_parts.values(), key=lambda part: part.place)

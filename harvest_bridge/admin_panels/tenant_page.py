"""Panels of the page that brings together what there is of one host app's customer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from .cards import Card


@dataclass(frozen=True)
class Tenant:
    host_app_id: UUID
    tenant_id: str


@dataclass(frozen=True)
class TenantPanel:
    """Shown to who holds `permission`; lower `place` comes first. What `read` raises is told on the page."""

    name: str
    title: str
    permission: str
    place: int
    read: Callable[[Tenant, datetime], Card]


_panels: dict[str, TenantPanel] = {}


def register(panel: TenantPanel) -> None:
    _panels[panel.name] = panel


def panels() -> list[TenantPanel]:
    return sorted(_panels.values(), key=lambda panel: panel.place)

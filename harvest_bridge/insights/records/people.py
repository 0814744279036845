"""The people of an account, as questions see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec

from harvest_bridge.harvest.timezones import zone_named
from harvest_bridge.mirror.models import Mirror

from .raw_rows import decoded


class _User(msgspec.Struct):
    first_name: str = ""
    last_name: str = ""
    timezone: str = ""
    weekly_capacity: Decimal | None = None
    roles: list[str] = []
    is_contractor: bool = False
    is_active: bool = True
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Units: `weekly_seconds` is Harvest's `weekly_capacity`; None where there is none, which 0 means as well."""

    id: int
    name: str
    weekly_seconds: int | None
    roles: tuple[str, ...]
    timezone: str
    is_contractor: bool
    is_active: bool
    created_at: datetime | None
    updated_at: datetime | None

    @property
    def zone(self) -> ZoneInfo:
        return zone_named(self.timezone) if self.timezone else ZoneInfo("UTC")

    def day_at(self, moment: datetime) -> date:
        """Which day it is for this person."""
        return moment.astimezone(self.zone).date()


def people_of(mirror: Mirror) -> dict[int, Person]:
    """By id, everybody whom Harvest lists: archived people too."""
    return {harvest_id: _person(harvest_id, user) for harvest_id, user in decoded(mirror, "users", _User)}


def _person(harvest_id: int, user: _User) -> Person:
    seconds = int(user.weekly_capacity) if user.weekly_capacity and user.weekly_capacity.is_finite() else 0
    return Person(
        id=harvest_id,
        name=f"{user.first_name} {user.last_name}".strip(),
        weekly_seconds=seconds if seconds > 0 else None,
        roles=tuple(dict.fromkeys(user.roles)),
        timezone=user.timezone,
        is_contractor=user.is_contractor,
        is_active=user.is_active,
        created_at=user.created_at,
        updated_at=user.updated_at,
    )

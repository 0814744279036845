"""People, projects and tasks of the mirror by their ids, as they are called now; the deleted by their last name."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from msgspec import Struct

from harvest_bridge.mirror.models import Mirror
from harvest_bridge.mirror.queries import records_of


class _User(Struct):
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    is_contractor: bool | None = None
    is_active: bool | None = None


class _Named(Struct):
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    user_id: int
    first_name: str
    last_name: str
    email: str
    is_contractor: bool
    is_active: bool

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.first_name, self.last_name)))[:255] or f"User {self.user_id}"


def people_of(mirror: Mirror) -> dict[int, Person]:
    rows = records_of(mirror, "users").order_by("harvest_id")
    return {user_id: person_from(user_id, raw) for user_id, raw in rows.values_list("harvest_id", "raw")}


def person_from(user_id: int, raw: str | bytes) -> Person:
    """Of Harvest's own record."""
    try:
        user = msgspec.json.decode(raw, type=_User)
    except msgspec.MsgspecError:
        user = _User()
    names = (user.first_name or "", user.last_name or "", (user.email or "")[:255])
    return Person(user_id, *names, is_contractor=bool(user.is_contractor), is_active=bool(user.is_active))


def names_of(mirror: Mirror, resource: str) -> dict[int, str]:
    """Of clients, projects and tasks."""
    rows = records_of(mirror, resource)
    return {harvest_id: _name(raw) for harvest_id, raw in rows.values_list("harvest_id", "raw")}


def _name(raw: str) -> str:
    try:
        return (msgspec.json.decode(raw, type=_Named).name or "")[:255]
    except msgspec.MsgspecError:
        return ""

"""The fields of Harvest's records that the directory reads; the rest travels along as `remote_data`.

Read straight from Harvest's bytes, with moments left as text: pages may hold 2,000 people, and `harvest.records`,
which makes exact and aware values of everything, takes its time. Null, empty and missing are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec
from msgspec import Raw, Struct

from harvest_bridge.harvest.errors import HarvestMalformed
from harvest_bridge.harvest.partial_records import Unreadable, readable_fields

T = TypeVar("T")


def reader(kind: type[T]) -> Callable[[Raw | bytes], T]:
    """Errors (of the reader): HarvestMalformed, which says where but repeats no value."""
    decode = msgspec.json.Decoder(kind, strict=False).decode

    def read(record: Raw | bytes) -> T:
        try:
            return decode(record)
        except (msgspec.ValidationError, RecursionError) as error:
            raise HarvestMalformed(f"Harvest sent a record that cannot be read: {error}.") from error

    return read


def tolerant(kind: type[T]) -> Callable[[Raw | bytes], T]:
    """A reader that goes on without what it cannot read. Errors: HarvestMalformed for a record without its id."""
    read = reader(kind)

    def read_some(record: Raw | bytes) -> T:
        try:
            return read(record)
        except HarvestMalformed:
            return read(readable_part(record, kind)[0])

    return read_some


def readable_part(record: Raw | bytes, kind: type[Any]) -> tuple[Raw, list[Unreadable]]:
    """Of a record that contradicts `kind` what does not, as a record, and what does. A lost id is 0."""
    try:
        fields = msgspec.json.decode(record, type=dict[str, Raw])
    except (msgspec.ValidationError, RecursionError):
        fields = {}
    kept, lost = readable_fields({name: _decoded(raw) for name, raw in fields.items()}, kind)
    required = {field.encode_name: 0 for field in msgspec.structs.fields(kind) if field.required}
    return joined(required | kept), lost


def _decoded(raw: Raw) -> Any:
    """Its value, or one that is of no type of ours, such as a number that no computer holds."""
    try:
        return msgspec.json.decode(raw)
    except (msgspec.ValidationError, RecursionError):
        return {}


def joined(fields: Mapping[str, Any]) -> Raw:
    """One record made of several; what is `Raw` in it stays as it is."""
    return Raw(msgspec.json.encode(fields))


class Remote(Struct, gc=False):
    """Base of all: none refers to itself, so the collector has nothing to find."""


class RemoteUser(Remote):
    id: int
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    telephone: str | None = None
    employee_id: str | int | None = None
    timezone: str | None = None
    weekly_capacity: int | None = None
    is_active: bool | None = None
    is_contractor: bool | None = None
    roles: tuple[str, ...] | None = None
    access_roles: tuple[str, ...] | None = None
    avatar_url: str | None = None
    created_at: str | None = None
    updated_at: str | None = None


class RemoteRole(Remote):
    id: int
    name: str | None = None
    user_ids: tuple[int, ...] | None = None
    created_at: str | None = None
    updated_at: str | None = None


class RemoteCompany(Remote):
    name: str | None = None
    plan_type: str | None = None
    is_active: bool | None = None
    base_uri: str | None = None
    weekly_capacity: int | None = None


class RemoteMention(Remote):
    """A record as others mention it: by one name, or by two."""

    id: int
    name: str | None = None
    first_name: str | None = None
    last_name: str | None = None


class RemoteTeam(RemoteMention):
    """A manager, with their teammates where those were asked for."""

    teammates: tuple[RemoteMention, ...] | None = None


class RemoteProject(Remote):
    id: int
    name: str | None = None
    code: str | None = None
    client: RemoteMention | None = None
    is_active: bool | None = None
    created_at: str | None = None
    updated_at: str | None = None


class RemoteWorkspace(RemoteProject):
    """A project, or one person's assignment to the `project` in it."""

    project: RemoteProject | None = None


class RemoteUserAssignment(Remote):
    """Of somebody to a project."""

    user: RemoteMention | None = None


class RemoteHours(Remote):
    """A row of the report by person."""

    user_id: int
    user_name: str | None = None
    is_contractor: bool | None = None
    weekly_capacity: float | None = None
    total_hours: float | None = None
    billable_hours: float | None = None


class RemoteWork(Remote):
    """All rows of one person, of which Harvest has one for each currency."""

    results: tuple[RemoteHours, ...]

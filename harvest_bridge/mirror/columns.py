"""Reads out of a record's bytes what stands beside them in columns. Pure.

A field that contradicts its documented type is left out of the columns, never the record: its bytes are kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Raw, Struct

from harvest_bridge.harvest.errors import HarvestMalformed

from .record_ids import held_id
from .resources import Resource

SINGLE_ID = 1  # of what there is one, and Harvest gives no id
MICROS = 1_000_000
_EPOCH = date(1970, 1, 1).toordinal()
_MOST = 2**63 - 1
_MOST_DIGITS = 12  # before the point, less one: beyond that no number of millionths fits

Row = tuple[Any, ...]


class Reference(Struct, gc=False):
    id: int | str | None = None
    number: str | None = None
    currency: str | None = None


class Fields(Struct, gc=False):
    """Every field that a column is made from, of whatever resource.

    Those of time entries stand first and in Harvest's order, as msgspec looks for a name behind the one before it:
    twice as fast.
    """

    id: int | None = None
    spent_date: date | None = None
    hours: Decimal | None = None
    rounded_hours: Decimal | None = None
    is_locked: bool | None = None
    approval_status: str | None = None
    is_billed: bool | None = None
    is_running: bool | None = None
    billable: bool | None = None
    budgeted: bool | None = None
    billable_rate: Decimal | None = None
    cost_rate: Decimal | None = None
    updated_at: datetime | None = None
    user: Reference | None = None
    client: Reference | None = None
    project: Reference | None = None
    task: Reference | None = None
    invoice: Reference | None = None
    external_reference: Reference | None = None
    expense_category: Reference | None = None
    project_id: int | None = None
    issue_date: date | None = None
    due_date: date | None = None
    paid_date: date | None = None
    start_date: date | None = None
    is_active: bool | None = None
    state: str | None = None
    number: str | None = None
    currency: str | None = None
    total_cost: Decimal | None = None
    amount: Decimal | None = None
    due_amount: Decimal | None = None
    tax_amount: Decimal | None = None
    access_roles: list[str] | None = None


class Seen(Struct, frozen=True, gc=False):
    """A record as it was just read. `raw` is Harvest's own text."""

    harvest_id: int
    raw: str
    digest: bytes
    fields: Fields
    parent_id: int | None

    @property
    def is_running(self) -> bool:
        return bool(self.fields.is_running)


_decoder = msgspec.json.Decoder(Fields)


def seen(resource: Resource, raw: Raw, parent_id: int | None = None) -> Seen:
    """Errors: HarvestMalformed for a record without an id."""
    fields = _fields(raw)
    harvest_id = SINGLE_ID if resource.is_single else getattr(fields, resource.id_field)
    if harvest_id is None:
        raise HarvestMalformed(f"Harvest sent one of its {resource.name} without an {resource.id_field}.")
    digest = hashlib.blake2b(raw, digest_size=16).digest()
    return Seen(held_id(resource, harvest_id, parent_id), str(raw, "utf-8"), digest, fields, parent_id)


def fields_in(raw: str) -> Fields:
    """Those of a record that is here."""
    return _fields(raw.encode())


def _fields(body: bytes | Raw) -> Fields:
    try:
        return _decoder.decode(body)
    except msgspec.ValidationError:
        return _readable(msgspec.json.decode(body))


def _readable(given: dict[str, Any]) -> Fields:
    """Field by field, for a record that contradicts the types somewhere."""
    found = Fields()
    for field in msgspec.structs.fields(Fields):
        if given.get(field.name) is not None:
            try:
                setattr(found, field.name, msgspec.convert(given[field.name], field.type, strict=False))
            except msgspec.ValidationError:
                continue
    return found


RECORD_COLUMNS = (
    *("updated_at", "parent_id", "user_id", "client_id", "project_id", "task_id", "day"),
    *("is_active", "is_billed", "is_running", "state", "external_reference_id"),
)


def record_row(resource: Resource, one: Seen, moment: Callable[[datetime], Any]) -> Row:
    """The values of RECORD_COLUMNS; `moment` is how this database takes a time."""
    fields = one.fields
    is_of_user = resource.parent == "users"
    project = whole(fields.project) if fields.project else fields.project_id
    return (
        moment(_aware(fields.updated_at)) if fields.updated_at else None,
        one.parent_id,
        whole(fields.user) or (one.parent_id if is_of_user else None),
        whole(fields.client),
        project,
        whole(fields.task),
        day_of(fields.spent_date or fields.issue_date or fields.start_date),
        fields.is_active,
        fields.is_billed,
        fields.is_running,
        (fields.approval_status or fields.state or "")[:20],
        text(fields.external_reference)[:255],
    )


def whole(reference: Reference | None) -> int | None:
    value = reference.id if reference else None
    return value if type(value) is int and -_MOST <= value <= _MOST else None


def text(reference: Reference | None) -> str:
    value = reference.id if reference else None
    return "" if value is None else str(value)


def day_of(value: date | None) -> int | None:
    """Days since 1970-01-01."""
    return None if value is None else value.toordinal() - _EPOCH


def week_of(day: int) -> int:
    """Weeks from Monday to Sunday since the one that began on 1969-12-29."""
    return (day + 3) // 7


def month_of(value: date) -> int:
    return value.year * 12 + value.month - 1


def micros(value: Decimal | None) -> int | None:
    """In millionths, exact up to six decimals; beyond that rounded half to even."""
    if value is None or not value.is_finite() or value.adjusted() > _MOST_DIGITS:
        return None
    found = _rounded_micros(value)
    return found if abs(found) <= _MOST else None


@lru_cache(maxsize=4096)  # an account has few rates, and hours are mostly quarters
def _rounded_micros(value: Decimal) -> int:
    return int((value * MICROS).to_integral_value(ROUND_HALF_EVEN))


def _aware(value: datetime) -> datetime:
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def updated_at(one: Seen) -> datetime | None:
    return _aware(one.fields.updated_at) if one.fields.updated_at else None

"""The filters that many lists share. One that cannot be read is a 422, never silently dropped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TypeVar

from harvest_bridge.sandbox.errors import unprocessable
from harvest_bridge.sandbox.fields import as_bool, as_date, as_datetime, as_int
from harvest_bridge.sandbox.records import Record

R = TypeVar("R", bound=Record)
Query = dict[str, str]


def int_filter(query: Query, name: str) -> int | None:
    """None when absent; a number that no record has (-1) when unreadable, so that nothing matches."""
    if not query.get(name):
        return None
    number = as_int(query[name])
    return -1 if number is None else number


def bool_filter(query: Query, name: str) -> bool | None:
    return as_bool(query[name]) if query.get(name) else None


def date_filter(query: Query, name: str) -> date | None:
    if not query.get(name):
        return None
    day = as_date(query[name])
    if day is None:
        raise unprocessable(f"{name.capitalize()} is not a valid date")
    return day


def updated_since(rows: Sequence[R], query: Query) -> Sequence[R]:
    """Strictly later, at one second's resolution (REFERENCE §4.4)."""
    if not query.get("updated_since"):
        return rows
    since: datetime | None = as_datetime(query["updated_since"])
    if since is None:
        raise unprocessable("Updated since is not a valid datetime")
    since = since.replace(microsecond=0)
    return [row for row in rows if row.updated_at > since]

"""The calls that a pass makes: which list, narrowed how. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from msgspec import Raw

from harvest_bridge.harvest.operations import Operation
from harvest_bridge.harvest.operations.raw import get_raw, list_raw
from harvest_bridge.harvest.pages import Page, Position

from .models import Kind, Record, Stream
from .resources import Resource

PER_PAGE = 2000
# For updates of the same second, writes at Harvest that commit late, and clocks that differ.
OVERLAP = timedelta(minutes=5)
WINDOW = timedelta(days=14)
MOST_BYTES = 64 * 2**20

Filters = Mapping[str, Any]


def filters_of(resource: Resource, kind: Kind, stream: Stream, *, now: datetime, history_days: int | None) -> Filters:
    """What narrows the list: as JSON can hold it, since a run keeps it."""
    if kind == Kind.HOT and resource.has_updated_since and stream.since is not None:
        since = (min(stream.since, now) - OVERLAP).astimezone(UTC)
        return {"updated_since": since.strftime("%Y-%m-%dT%H:%M:%SZ")}
    if kind == Kind.WINDOW and resource.day_field == "spent_date":
        return {"from": (now - WINDOW).date().isoformat()}
    return within_history(resource, now, history_days)


def within_history(resource: Resource, now: datetime, history_days: int | None) -> Filters:
    """All of it, as far back as is wanted."""
    if resource.day_field and history_days:
        return {"from": (now.date() - timedelta(days=history_days)).isoformat()}
    return {}


def first_day(filters: Filters) -> date | None:
    """Where a listing begins that is bounded by days."""
    return date.fromisoformat(filters["from"]) if "from" in filters else None


def page_at(
    resource: Resource, filters: Filters, position: Position | None, *, per_page: int, parent_id: int | None = None
) -> Operation[Page[Raw]]:
    """One page; of what there is one, that alone. Errors of the reader: HarvestMalformed."""
    path = resource.path.format(parent_id=parent_id)
    if resource.is_single:
        one = get_raw(path)
        return Operation("GET", path, lambda answer: Page(items=(one.read(answer),), total=1), decoded_as=Raw)
    operation = list_raw(path, resource.list_key, position, per_page=per_page, budget=resource.budget, filters=filters)
    return with_limit(operation)


def with_limit(operation: Operation[Any]) -> Operation[Any]:
    return Operation(
        operation.verb,
        operation.path,
        operation.read,
        operation.query,
        budget=operation.budget,
        decoded_as=operation.decoded_as,
        most_bytes=MOST_BYTES,
    )


def record_at(resource: Resource, row: Record) -> Operation[Raw] | None:
    """The call for one record; None where Harvest has none."""
    if not resource.one or (row.project_id is None and "{project_id}" in resource.one):
        return None
    path = resource.one.format(id=row.harvest_id, parent_id=row.parent_id, project_id=row.project_id)
    return get_raw(path)

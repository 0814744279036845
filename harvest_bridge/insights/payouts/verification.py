"""Reads a period's entries again from Harvest itself, and compares them with what the mirror made the draft of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from harvest_bridge.connections import calls
from harvest_bridge.connections.models import Connection
from harvest_bridge.harvest.operations import Operation
from harvest_bridge.harvest.pages import walk_pages
from harvest_bridge.insights.currencies import account_currency, currency_in
from harvest_bridge.mirror import services as mirror_services
from harvest_bridge.mirror.columns import Seen, seen
from harvest_bridge.mirror.listings import PER_PAGE, page_at
from harvest_bridge.mirror.models import Kind, Mirror
from harvest_bridge.mirror.resources import BY_NAME
from harvest_bridge.mirror.typed_rows import TABLES

from .days import day_of, number_of
from .drafts import Draft
from .entries import EXPENSES, TIME, Entry, entries, expense_of, time_of
from .errors import DiffersFromHarvest
from .people import Person, person_from

Send = Callable[[Connection, Operation[Any]], Any]
_MOST_SHOWN = 100
_MOST_PAGES = 2000
# Days of adjustments that lie closer than this are listed in one go.
_GAP = 31
_COMPARED = (
    *("day", "user_id", "client_id", "project_id", "task_id", "hours_micros", "cost_rate_micros", "cost_micros"),
    *("currency", "approval_status", "is_running"),
)


def compare_with_harvest(draft: Draft, *, send: Send = calls.send) -> None:
    """Errors: DiffersFromHarvest with both sides; those of the calls."""
    harvest = _Harvest(draft.period.connection, send)
    people = {person.user_id: person for person in harvest.people()}
    found = [*_currency_differing(draft, harvest), *_people_differing(draft, people)]
    resources = [name for name in (TIME, EXPENSES) if name in draft.coverage.streams]
    for resource in resources:
        for first, last in _spans(draft, resource):
            found += _entries_differing(draft, resource, first, last, harvest)
    if found:
        _refuse(draft, found, ["company", "users", *resources])


class _Harvest:
    def __init__(self, connection: Connection, send: Send) -> None:
        self._connection, self._send = connection, send

    def people(self) -> Iterator[Person]:
        for one in self._listed("users", {}):
            yield person_from(one.harvest_id, one.raw)

    def account_currency(self) -> str:
        return next((currency_in(one.raw) for one in self._listed("company", {})), "")

    def entries(self, resource: str, first: date, last: date) -> dict[int, Entry]:
        filters = {"from": first.isoformat(), "to": last.isoformat()}
        table, shape = TABLES[resource], (_time if resource == TIME else _expense)
        rows = ((one, table.row(one)) for one in self._listed(resource, filters))
        return {one.harvest_id: shape(one, dict(zip(table.columns, row, strict=True))) for one, row in rows if row}

    def _listed(self, resource: str, filters: dict[str, str]) -> Iterator[Seen]:
        kind = BY_NAME[resource]
        pages = walk_pages(
            lambda operation: self._send(self._connection, operation),
            lambda position: page_at(kind, filters, position, per_page=PER_PAGE),
            max_pages=_MOST_PAGES,
        )
        for page in pages:
            yield from (seen(kind, raw) for raw in page.items)


def _time(one: Seen, row: dict[str, Any]) -> Entry:
    names = ("day", "user_id", "client_id", "project_id", "task_id", "hours_micros", "cost_rate_micros")
    return time_of([one.harvest_id, *(row[name] for name in (*names, "currency", "approval_status", "is_running"))])


def _expense(one: Seen, row: dict[str, Any]) -> Entry:
    names = ("day", "user_id", "client_id", "project_id", "total_cost_micros", "currency", "approval_status")
    return expense_of([one.harvest_id, *(row[name] for name in names)])


def _currency_differing(draft: Draft, harvest: _Harvest) -> Iterator[dict[str, Any]]:
    ours, theirs = account_currency(draft.coverage.mirror), harvest.account_currency()
    if ours != theirs:
        yield {"resource": "company", "id": 1, "fields": {"currency": {"mirror": ours, "harvest": theirs}}}


def _people_differing(draft: Draft, theirs: dict[int, Person]) -> Iterator[dict[str, Any]]:
    """Who is a contractor, where that decides who is in."""
    if draft.period.people:
        return
    ours = {user_id for user_id, one in draft.people.items() if one.person.is_contractor}
    for person in theirs.values():
        is_in = person.user_id in ours
        if person.is_contractor != is_in and (is_in or person.is_active):
            yield {
                "resource": "users",
                "id": person.user_id,
                "fields": {"is_contractor": {"mirror": is_in, "harvest": person.is_contractor}},
            }


def _spans(draft: Draft, resource: str) -> list[tuple[date, date]]:
    """The period's days, and around them those of entries that were paid earlier or come late."""
    period = draft.period
    first, last = number_of(period.first_day), number_of(period.last_day)
    days = {line.standing.day for one in draft.people.values() for line in one.lines if line.resource == resource}
    spans = [(first, last)] if resource == TIME or period.with_expenses else []
    for day in sorted(day for day in days if not first <= day <= last):
        if spans and spans[-1] != (first, last) and day - spans[-1][1] <= _GAP:
            spans[-1] = (spans[-1][0], day)
        else:
            spans.append((day, day))
    return [(day_of(begin), day_of(end)) for begin, end in spans]


def _entries_differing(
    draft: Draft, resource: str, first: date, last: date, harvest: _Harvest
) -> Iterator[dict[str, Any]]:
    theirs = harvest.entries(resource, first, last)
    days = Q(day__gte=number_of(first), day__lte=number_of(last))
    ours = {one.harvest_id: one for one in entries(draft.coverage.mirror, resource, days)}
    scope = set(draft.people)
    for harvest_id in sorted({*ours, *theirs}):
        mine, other = ours.get(harvest_id), theirs.get(harvest_id)
        if scope & {one.user_id for one in (mine, other) if one is not None}:
            fields = _fields(mine, other)
            if fields:
                yield {"resource": resource, "id": harvest_id, "fields": fields}


def _fields(mine: Entry | None, other: Entry | None) -> dict[str, Any]:
    """What differs; hours of a running timer grow and are paid to nobody."""
    if mine is None or other is None:
        return {"exists": {"mirror": mine is not None, "harvest": other is not None}}
    grows = mine.is_running and other.is_running
    return {
        name.removesuffix("_micros"): {"mirror": _shown(mine, name), "harvest": _shown(other, name)}
        for name in _COMPARED
        if getattr(mine, name) != getattr(other, name) and not (grows and name == "hours_micros")
    }


def _shown(entry: Entry, name: str) -> Any:
    value = getattr(entry, name)
    if name == "day":
        return day_of(value).isoformat()
    return value / 1_000_000 if name.endswith("_micros") and value is not None else value


def _refuse(draft: Draft, found: list[dict[str, Any]], resources: Iterable[str]) -> None:
    """Errors: DiffersFromHarvest, always. The mirror reads again, so that the next try compares what is new."""
    mirror: Mirror = draft.coverage.mirror
    is_old = draft.period.first_day < timezone.now().date() - timedelta(days=13)
    kind = Kind.SWEEP if is_old else Kind.WINDOW
    mirror_services.sync(mirror.connection, resources=list(resources), kind=kind, wait=0, requested_by="payouts")
    named = ", ".join(f"{one['resource']} {one['id']} ({', '.join(one['fields'])})" for one in found[:5])
    raise DiffersFromHarvest(
        f"Harvest differs from the mirror in {len(found)} records: {named}. The mirror reads them again; look at the "
        "draft, then verify once more.",
        difference_count=len(found),
        differences=found[:_MOST_SHOWN],
    )

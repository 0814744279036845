"""Looks for changes of what closed statements paid, and tells of each as soon as the mirror has it.

The adjustment itself is a line of the next period; here it is made known, so that nobody waits for that close.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q

from harvest_bridge.connections.models import Connection
from harvest_bridge.errors import BridgeError
from harvest_bridge.insights.coverage import coverage_of
from harvest_bridge.insights.money import money
from harvest_bridge.mirror.models import Mirror, Record

from . import events
from .adjustments import Looked, Refusal, adjustments, last_lines
from .definitions import PAYOUT
from .drafts import rate_readers
from .entries import EXPENSES, TIME
from .lines import DraftLine
from .models import CLOSED_STATES, Book, Line, OpenAdjustment, PayoutRate, Period, Statement

Json = dict[str, Any]
Key = tuple[str, int]
UNDONE = "undone"


def look_at_all(*, now: datetime) -> int:
    """Every account with closed statements and something new; answers how many events were told."""
    books = Book.objects.filter(last_sequence__gt=0, connection__disconnected_at=None, connection__mirror__is_on=True)
    return sum(look(book.connection, now=now) for book in books.select_related("connection").iterator())


def look(connection: Connection, *, now: datetime) -> int:
    """Nothing is looked at where neither the mirror nor a payout rate changed since the last look."""
    book, mirror = Book.objects.get(connection=connection), Mirror.objects.get(connection=connection)
    if book.watched_mirror_id == mirror.pk and book.watched_position == mirror.last_position and not _rates(book):
        return 0
    periods = Period.objects.filter(connection=connection, state__in=CLOSED_STATES)
    resources = (TIME, EXPENSES) if periods.filter(with_expenses=True).exists() else (TIME,)
    try:
        coverage_of(connection, needs=(*PAYOUT.needs, *resources[1:]))
    except BridgeError:
        return 0
    with transaction.atomic():
        book = Book.objects.select_for_update().get(connection=connection)
        told = sum(_tell_changes(book, mirror, resource, now) for resource in resources)
        book.watched_mirror_id, book.watched_position, book.watched_at = mirror.pk, mirror.last_position, now
        book.save(update_fields=["watched_mirror_id", "watched_position", "watched_at"])
    return told


def settle(connection: Connection, lines: Iterable[DraftLine]) -> None:
    """A statement makes up for these now. Within the transaction that closes it."""
    ids: dict[str, list[int]] = defaultdict(list)
    for line in lines:
        ids[line.resource].append(line.harvest_id)
    for resource, harvest_ids in ids.items():
        OpenAdjustment.objects.filter(connection=connection, resource=resource, harvest_id__in=harvest_ids).delete()


def _rates(book: Book) -> bool:
    """Whether payout rates changed since the last look."""
    if book.watched_at is None:
        return True
    rates = PayoutRate.objects.filter(connection=book.connection_id)
    return rates.filter(Q(created_at__gte=book.watched_at) | Q(removed_at__gte=book.watched_at)).exists()


def _looked_at(book: Book, mirror: Mirror, resource: str, open_ids: Iterable[int]) -> Looked:
    """What the mirror knows to have changed since the last look, and what is open; everything where it cannot tell."""
    is_told = book.watched_mirror_id == mirror.pk and mirror.forgotten_through <= book.watched_position
    if not is_told or _rates(book):
        return Looked(None, frozenset())
    changed = Record.objects.filter(mirror=mirror, stream__resource=resource, position__gt=book.watched_position)
    return Looked(frozenset(changed.values_list("harvest_id", flat=True)) | frozenset(open_ids), frozenset())


def _tell_changes(book: Book, mirror: Mirror, resource: str, now: datetime) -> int:
    connection = mirror.connection
    rows = OpenAdjustment.objects.filter(connection=connection, resource=resource)
    known = {row.harvest_id: row for row in rows}
    lines = last_lines(connection, resource, _looked_at(book, mirror, resource, known))
    found: dict[int, list[Json]] = defaultdict(list)
    for one in adjustments(mirror, lines, resource, rate_readers(mirror)):
        found[one.harvest_id].append(_shown(one, resource))
    moved = {harvest_id: found[harvest_id] for harvest_id in lines if found[harvest_id] != _told(known, harvest_id)}
    _keep(connection, resource, moved, now)
    return _tell(lines, {key: now_ or [_undone(lines[key])] for key, now_ in moved.items()})


def _told(known: dict[int, OpenAdjustment], harvest_id: int) -> list[Json]:
    return known[harvest_id].told if harvest_id in known else []


def _keep(connection: Connection, resource: str, moved: dict[int, list[Json]], now: datetime) -> None:
    gone = [harvest_id for harvest_id, lines in moved.items() if not lines]
    OpenAdjustment.objects.filter(connection=connection, resource=resource, harvest_id__in=gone).delete()
    given = {"connection": connection, "resource": resource, "seen_at": now}
    OpenAdjustment.objects.bulk_create(
        [OpenAdjustment(**given, harvest_id=harvest_id, told=lines) for harvest_id, lines in moved.items() if lines],
        update_conflicts=True,
        unique_fields=["connection", "resource", "harvest_id"],
        update_fields=["told", "seen_at"],
        batch_size=500,
    )


def _tell(lines: dict[int, Line], moved: dict[int, list[Json]]) -> int:
    """One event for each statement that paid some of these."""
    by_statement: dict[Any, tuple[Statement, list[Json]]] = {}
    for harvest_id in sorted(moved):
        statement = lines[harvest_id].statement
        by_statement.setdefault(statement.pk, (statement, []))[1].extend(moved[harvest_id])
    for statement, shown in by_statement.values():
        events.publish_adjusted(statement, shown, by=None, is_settled=False)
    return len(by_statement)


def _shown(one: DraftLine | Refusal, resource: str) -> Json:
    if isinstance(one, DraftLine):
        return events.serialize_adjustment(one, one.standing.currency)
    nothing = {"currency": None, "amount": None, "before": None, "after": None}
    return {"resource": resource, "id": one.harvest_id, "reason": one.code, **nothing}


def _undone(line: Line) -> Json:
    """It is again as it was paid."""
    nothing = {"currency": line.currency, "amount": money(Decimal(0), line.currency), "before": None, "after": None}
    return {"resource": line.resource, "id": line.harvest_id, "reason": UNDONE, **nothing}

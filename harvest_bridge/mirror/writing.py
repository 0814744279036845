"""Writes what was read from Harvest: what is new or differs, and nothing else."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from . import change_listeners, children, month_totals, record_events, tables
from .changes import changed_names, is_growth
from .columns import Row, Seen, record_row
from .hidden_rates import Roles, with_kept_rates
from .models import Mirror, Record, Stream
from .numbering import Numbers, numbering
from .resources import Resource
from .typed_rows import TABLES


@dataclass(frozen=True)
class StreamTarget:
    """Where records go. `worker` is who writes on the claim of the mirror; None is nobody's claim.

    `roles` asks Harvest for the linker's, of whom rates may be hidden now; None where nobody can ask.
    """

    mirror: Mirror
    stream: Stream
    resource: Resource
    worker: str | None = None
    roles: Roles | None = None


@dataclass
class Written:
    """What a page changed."""

    created: list[Seen] = field(default_factory=list)
    changed: list[tuple[Seen, list[str]]] = field(default_factory=list)
    refreshed: int = 0

    @property
    def count(self) -> int:
        return len(self.created) + len(self.changed)


def write(
    target: StreamTarget, records: Sequence[Seen], *, read_at: datetime, also: Callable[[Written], None] | None = None
) -> Written:
    """Store those that differ from what is there, each with the next number, and `also` in the same transaction.

    What was asked for before `read_at` of a stored row never replaces it. Without a difference nothing is written but
    what `also` writes. Errors: ClaimLost; those of `target.roles`.
    """
    return store(target, differing(target, records), read_at=read_at, also=also)


def differing(target: StreamTarget, records: Sequence[Seen]) -> list[Seen]:
    """Those that are to be stored. Errors: those of `target.roles`."""
    held = _digests(target, records)
    found = [one for one in {one.harvest_id: one for one in records}.values() if held.get(one.harvest_id) != one.digest]
    is_known = any(one.harvest_id in held for one in found)
    if target.roles is None or not is_known:
        return found
    return with_kept_rates(target.stream, target.resource, found, target.roles)


def store(
    target: StreamTarget, differing: Sequence[Seen], *, read_at: datetime, also: Callable[[Written], None] | None = None
) -> Written:
    """The second half of `write`. Errors: ClaimLost."""
    written = Written()
    if not differing and also is None:
        return written
    with numbering(target.mirror.pk, worker=target.worker) as numbers:
        if differing:
            _store(target, differing, numbers, read_at, written)
            children.note_due(target, written)
            record_events.publish(target, written)
            change_listeners.notify_written(target, written)
        if also is not None:
            also(written)
    return written


def _ids(records: Iterable[Seen]) -> array[int]:
    return array("q", (one.harvest_id for one in records))


def _digests(target: StreamTarget, records: Iterable[Seen]) -> dict[int, bytes | None]:
    """Of the live records; None for what is missing at the moment, which is to be written whatever it is."""
    rows = Record.objects.filter(stream=target.stream, deleted_at=None, harvest_id__among=_ids(records))
    known = rows.values_list("harvest_id", "digest", "missing_since")
    return {harvest_id: None if missing else bytes(digest) for harvest_id, digest, missing in known}


def _store(
    target: StreamTarget, records: Sequence[Seen], numbers: Numbers, read_at: datetime, written: Written
) -> None:
    found = Record.objects.filter(stream=target.stream, harvest_id__among=_ids(records))
    known = {row.harvest_id: row for row in found}
    rows = _Rows(target, numbers, read_at, written)
    for one in records:
        old = known.get(one.harvest_id)
        if old is None or old.read_at <= read_at:
            rows.add(one, old)
    rows.save()


@dataclass
class _Rows:
    """What is to be written of one page."""

    target: StreamTarget
    numbers: Numbers
    read_at: datetime
    written: Written
    now: Any = field(default_factory=lambda: tables.moment(timezone.now()))
    new: list[Row] = field(default_factory=list)
    replaced: list[Row] = field(default_factory=list)
    refreshed: list[Row] = field(default_factory=list)
    records: list[Seen] = field(default_factory=list)
    known: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._whose = (self.target.mirror.pk, self.target.stream.pk)

    def add(self, one: Seen, old: Record | None) -> None:
        self.records.append(one)
        if old is not None:
            self.known.add(one.harvest_id)
        if old is None or old.deleted_at:
            self.written.created.append(one)
            self._number(one, old, [])
            return
        names = changed_names(old.raw, one.raw)
        if names and not is_growth(names, was_running=bool(old.is_running), is_running=one.is_running):
            self.written.changed.append((one, names))
            self._number(one, old, names)
        else:
            self.refreshed.append(_refreshed(one, self.read_at, old))

    def _number(self, one: Seen, old: Record | None, names: list[str]) -> None:
        first_seen_at = self.now if old is None else tables.moment(old.first_seen_at)
        row = self._row(one, names, first_seen_at)
        if old is None:
            self.new.append(row)
        else:
            self.replaced.append((old.pk, *row))

    def _row(self, one: Seen, names: list[str], first_seen_at: Any) -> Row:
        """In the order of `tables.insert_records`."""
        fixed = (*self._whose, one.harvest_id, self.numbers.take(), one.digest)
        times = (first_seen_at, self.now, tables.moment(self.read_at))
        columns = record_row(self.target.resource, one, tables.moment)
        return (*fixed, ",".join(names), *times, None, "", None, *columns, one.raw)

    def save(self) -> None:
        tables.replace_records(self.replaced)
        tables.insert_records(self.new)
        tables.refresh_records(self.refreshed)
        again = Record.objects.filter(pk__in=[row[-1] for row in self.refreshed], missing_since__isnull=False)
        again.update(missing_since=None)
        _store_typed(self.target, self.records, self.known)
        self.written.refreshed = len(self.refreshed)


def _refreshed(one: Seen, read_at: datetime, old: Record) -> Row:
    updated_at = one.fields.updated_at
    stamp = tables.moment(updated_at) if updated_at else None
    return (one.raw, one.digest, stamp, tables.moment(read_at), old.pk)


def _store_typed(target: StreamTarget, records: Sequence[Seen], known: Collection[int]) -> None:
    """`known` are the ids of records that may have such a row already."""
    table = TABLES.get(target.resource.name)
    if table is None:
        return
    rows = [(one.harvest_id, *row) for one in records if (row := table.row(one)) is not None]
    again = [one.harvest_id for one in records if one.harvest_id in known]
    month_totals.mark_written(target.mirror.pk, table, rows, again)
    tables.delete_typed(table, target.mirror.pk, again)
    tables.insert_typed(table, target.mirror.pk, rows)

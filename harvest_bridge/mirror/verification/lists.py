"""Compares one list, record by record: ids, bytes, and the numbers beside them. Nothing is kept but ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from msgspec import Raw

from harvest_bridge.harvest.errors import HarvestNotFound, HarvestRejected
from harvest_bridge.harvest.operations import Operation
from harvest_bridge.harvest.pages import Page, Position
from harvest_bridge.mirror.changes import changed_names, is_growth
from harvest_bridge.mirror.columns import Seen, day_of, seen
from harvest_bridge.mirror.ids import IdSet, batches, packed
from harvest_bridge.mirror.listings import PER_PAGE, page_at, record_at
from harvest_bridge.mirror.models import Expense, Invoice, Record, Stream, TimeEntry
from harvest_bridge.mirror.resources import BY_NAME, Resource
from harvest_bridge.mirror.typed_rows import TABLES

from .findings import Difference, Scope
from .patient_calls import PatientCalls

_NUMBERS: dict[str, Any] = {"time_entries": TimeEntry, "expenses": Expense, "invoices": Invoice}
# More than so many are not looked up one by one: the list is walked a second time.
_MOST_LOOKED_UP = 100
_BATCH = 500


@dataclass
class ListComparison:
    """One stream against Harvest's list of it, within a scope."""

    stream: Stream
    harvest: PatientCalls
    scope: Scope
    compared: int = 0
    _seen: list[bytes] = field(default_factory=list)

    @property
    def resource(self) -> Resource:
        return BY_NAME[self.stream.resource]

    def differing(self) -> dict[int, Difference]:
        """What differs at a first look, and at a second: by id."""
        first = self._walk()
        return self.again(first.values()) if first else {}

    def again(self, differences: Iterable[Difference]) -> dict[int, Difference]:
        """Of these, what differs still: both sides are read anew. Errors: those of the calls."""
        ids = [one.harvest_id for one in differences]
        if len(ids) > _MOST_LOOKED_UP or not self._has_address():
            found = self._walk()
            return {each: found[each] for each in ids if each in found}
        return {one.harvest_id: one for each in ids if (one := self._look_up(each)) is not None}

    def _has_address(self) -> bool:
        return bool(self.resource.one) and "{project_id}" not in self.resource.one and not self.resource.parent

    def _look_up(self, harvest_id: int) -> Difference | None:
        row = Record.objects.filter(stream=self.stream, harvest_id=harvest_id).first()
        operation = record_at(self.resource, row or Record(harvest_id=harvest_id))
        try:
            theirs = None if operation is None else seen(self.resource, self.harvest.send(operation))
        except HarvestNotFound:
            theirs = None
        row = Record.objects.filter(stream=self.stream, harvest_id=harvest_id, deleted_at=None).first()
        if theirs is None:
            return None if row is None else Difference("extra", self.resource.name, harvest_id)
        return self._difference(theirs, row, self._numbers([harvest_id]))

    def _walk(self) -> dict[int, Difference]:
        """Harvest's list from its first page to its last, and then what we have beyond it."""
        found: dict[int, Difference] = {}
        self.compared, self._seen = 0, []
        for records in self._harvests():
            found.update({one.harvest_id: one for one in self._of_page(records)})
            self._seen.append(packed(one.harvest_id for one in records))
            self.compared += len(records)
        ours = self._ours().order_by("harvest_id").values_list("harvest_id", flat=True)
        extra = IdSet(self._seen).lacking(ours.iterator(chunk_size=5000))
        return found | {each: Difference("extra", self.resource.name, each) for each in extra}

    def _of_page(self, records: Sequence[Seen]) -> Iterator[Difference]:
        ids = [one.harvest_id for one in records]
        rows = {
            row.harvest_id: row for batch in batches(ids, _BATCH) for row in self._live().filter(harvest_id__in=batch)
        }
        numbers = self._numbers(ids)
        for one in records:
            difference = self._difference(one, rows.get(one.harvest_id), numbers)
            if difference is not None:
                yield difference

    def _difference(self, theirs: Seen, row: Record | None, numbers: Mapping[int, Any]) -> Difference | None:
        if row is None:
            return Difference("missing", self.resource.name, theirs.harvest_id)
        names = [] if row.raw == theirs.raw else changed_names(row.raw, theirs.raw)
        if is_growth(names, was_running=bool(row.is_running), is_running=theirs.is_running):
            return None
        if not names and row.raw == theirs.raw:
            names = self._contradictions(theirs, row, numbers)
        return Difference("differs", self.resource.name, theirs.harvest_id, tuple(names)) if names else None

    def _contradictions(self, theirs: Seen, row: Record, numbers: Mapping[int, Any]) -> list[str]:
        """The bytes are Harvest's; what stands beside them may not be."""
        names = [] if bytes(row.digest) == theirs.digest else ["(digest)"]
        table = TABLES.get(self.resource.name)
        if table is not None and table.row(theirs) != numbers.get(theirs.harvest_id):
            names.append("(numbers)")
        return names

    def _numbers(self, ids: Sequence[int]) -> dict[int, Any]:
        table, model = TABLES.get(self.resource.name), _NUMBERS.get(self.resource.name)
        if table is None or model is None:
            return {}
        found: dict[int, Any] = {}
        for batch in batches(ids, _BATCH):
            rows = model.objects.filter(mirror=self.stream.mirror_id, harvest_id__in=batch)
            found.update({row[0]: row[1:] for row in rows.values_list("harvest_id", *table.columns)})
        return found

    def _live(self) -> QuerySet[Record]:
        rows = Record.objects.filter(stream=self.stream, deleted_at=None)
        return rows.only("harvest_id", "digest", "raw", "is_running", "stream")

    def _ours(self) -> QuerySet[Record]:
        if not self.resource.day_field:
            return self._live()
        first, last = day_of(self.scope.first), day_of(self.scope.last)
        bounds = (Q() if first is None else Q(day__gte=first)) & (Q() if last is None else Q(day__lte=last))
        return self._live().filter(bounds)

    def _harvests(self) -> Iterator[list[Seen]]:
        if not self.resource.parent:
            yield from self._pages(None)
            return
        parents = Record.objects.filter(
            stream__mirror=self.stream.mirror_id, stream__resource=self.resource.parent, deleted_at=None
        )
        for parent_id in list(parents.order_by("harvest_id").values_list("harvest_id", flat=True)):
            try:
                yield from self._pages(parent_id)
            except (HarvestNotFound, HarvestRejected):
                continue  # the parent went meanwhile, or has no such list, as who is no manager has no teammates

    def _pages(self, parent_id: int | None) -> Iterator[list[Seen]]:
        for page in self.harvest.pages(lambda position: self._page_at(position, parent_id)):
            yield [seen(self.resource, raw, parent_id) for raw in page.items]

    def _page_at(self, position: Position | None, parent_id: int | None) -> Operation[Page[Raw]]:
        bounds: dict[str, date | None] = {"from": self.scope.first, "to": self.scope.last}
        filters = {name: day.isoformat() for name, day in bounds.items() if day and self.resource.day_field}
        return page_at(self.resource, filters, position, per_page=PER_PAGE, parent_id=parent_id)

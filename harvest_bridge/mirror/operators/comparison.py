"""Compares a mirror with Harvest as it is now, for a person who looks: counts of every list, and a sample."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Raw

from harvest_bridge.connections import calls
from harvest_bridge.connections.models import Connection
from harvest_bridge.errors import BridgeError
from harvest_bridge.harvest.budgets import Budget
from harvest_bridge.harvest.operations import Operation
from harvest_bridge.mirror.changes import GROWING, changed_names
from harvest_bridge.mirror.columns import Seen, seen
from harvest_bridge.mirror.listings import page_at
from harvest_bridge.mirror.models import Mirror, Record, Stream
from harvest_bridge.mirror.resources import BY_NAME, RESOURCES, Resource

from .status_page import live_rows, title_of

SAMPLE = 20
_LONGEST_VALUE = 200

Send = Callable[[Connection, Operation[Any]], Any]


@dataclass(frozen=True)
class Counted:
    """One list: our rows, and Harvest's own count, or why it would not tell."""

    title: str
    ours: int
    harvests: int | None
    refusal: str = ""

    @property
    def is_same(self) -> bool:
        return self.ours == self.harvests


@dataclass(frozen=True)
class Compared:
    """One record. `outcome` is same, running, not read yet, differs, or missing.

    Shape: `fields` are (name, ours, Harvest's); `ours` and `theirs` are the records as JSON, shortened.
    """

    harvest_id: int
    outcome: str
    fields: list[tuple[str, str, str]] = field(default_factory=list)
    ours: str = "-"
    theirs: str = "-"

    @property
    def color(self) -> str:
        return {"same": "success", "running": "success", "not read yet": "info"}.get(self.outcome, "danger")


def counts(mirror: Mirror, *, send: Send = calls.send) -> list[Counted]:
    """One call for each list that is not kept by parents and not a report. Harvest's refusals are told beside them."""
    streams = _countable(mirror)
    ours = live_rows(streams)
    return [_counted(mirror.connection, stream, ours[stream.pk], send) for stream in streams]


def countable(mirror: Mirror) -> list[str]:
    """Names of the resources that have one list of their own."""
    return [stream.resource for stream in _countable(mirror)]


def _countable(mirror: Mirror) -> list[Stream]:
    names = [row.name for row in RESOURCES if not row.parent and row.budget is Budget.GENERAL]
    found = {stream.resource: stream for stream in mirror.streams.all()}
    return [found[name] for name in names if name in found]


def _counted(connection: Connection, stream: Stream, ours: int, send: Send) -> Counted:
    resource = BY_NAME[stream.resource]
    try:
        page = send(connection, page_at(resource, {}, None, per_page=1))
    except BridgeError as error:
        return Counted(title_of(stream.resource), ours, None, error.message)
    return Counted(title_of(stream.resource), ours, page.total)


def sample(mirror: Mirror, resource: Resource, *, send: Send = calls.send) -> list[Compared]:
    """The first page of Harvest's list, newest first, beside what we hold of it. Errors: those of the call."""
    stream = Stream.objects.get(mirror=mirror, resource=resource.name)
    page = send(mirror.connection, page_at(resource, {}, None, per_page=SAMPLE))
    theirs = [seen(resource, raw) for raw in page.items]
    found = Record.objects.filter(stream=stream, harvest_id__in=[one.harvest_id for one in theirs])
    ours = {row.harvest_id: row for row in found}
    return [compare(ours.get(one.harvest_id), one, as_of=stream.as_of) for one in theirs]


def compare(ours: Record | None, theirs: Seen, *, as_of: datetime | None) -> Compared:
    """What Harvest changed after our last pass began is not read yet, and no fault."""
    updated_at = theirs.fields.updated_at
    is_newer = as_of is None or (updated_at is not None and updated_at.timestamp() >= as_of.timestamp())
    late = "not read yet" if is_newer else ""
    texts = (_short(ours.raw) if ours else "-", _short(theirs.raw))
    if ours is None or ours.deleted_at is not None:
        return Compared(theirs.harvest_id, late or "missing", [], *texts)
    names = [] if bytes(ours.digest) == theirs.digest else changed_names(ours.raw, theirs.raw)
    if not names:
        return Compared(theirs.harvest_id, "same", [], *texts)
    is_growing = ours.is_running and theirs.is_running and GROWING.issuperset(names)
    fields = _side_by_side(ours.raw, theirs.raw, names)
    return Compared(theirs.harvest_id, "running" if is_growing else late or "differs", fields, *texts)


def _side_by_side(ours: str, theirs: str, names: list[str]) -> list[tuple[str, str, str]]:
    before, after = (msgspec.json.decode(text, type=dict[str, Raw]) for text in (ours, theirs))
    return [(name, _shown(before.get(name)), _shown(after.get(name))) for name in names]


def _shown(value: Raw | None) -> str:
    return "-" if value is None else _short(bytes(memoryview(value)).decode())


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]} …"

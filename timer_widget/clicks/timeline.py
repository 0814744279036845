"""What our own rows know of a person's timers: which start a click means, and when runs ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from harvest_bridge.api import plain_sql
from timer_widget.errors import StartUnknown
from timer_widget.expiry import stops_naming, with_own_end
from timer_widget.models import Intent, IntentKind, IntentStatus, Person

from .work_times import is_same_start

_MOST_EARLIER = 5
_DONE_OR_DUE = (IntentStatus.PENDING, IntentStatus.DONE)


def start_named(intent: Intent) -> Intent | None:
    """The start whose key the click gives. Errors: StartUnknown."""
    if not intent.start_key:
        return None
    found = Intent.objects.filter(
        person_id=intent.person_id, idempotency_key=intent.start_key, kind=IntentKind.START
    ).first()
    if found is None:
        raise StartUnknown("start_key: no start with this key has come here.")
    return found


def names_of_entry(person: Person, entry_id: int) -> dict[str, Any]:
    """Project and task of an entry that is gone, as the last click on it left them."""
    rows = Intent.objects.filter(person=person, harvest_entry_id=entry_id, entry_after__isnull=False)
    last = rows.order_by("-position").values_list("entry_after", flat=True).first()
    return {name: (last or {}).get(name) for name in ("project", "task")}


def stops_and_starts_after(start: Intent) -> tuple[list[datetime], list[datetime]]:
    """When stops that name this start were clicked, and when this person started other timers later than this one, as
    far as that was here: its first one."""
    stops_it, values = stops_naming(start)
    later = "kind = %s AND status IN (%s, %s) AND clicked_at > %s AND id <> %s"
    values += [IntentKind.START, *_DONE_OR_DUE, plain_sql.moment(start.clicked_at), plain_sql.key(Intent, start.pk)]
    where = f"person_id = %s AND (({stops_it}) OR ({later})) ORDER BY clicked_at"
    found = plain_sql.select(Intent, ("kind", "clicked_at"), where, [start.person_id, *values])
    stops = [moment for kind, moment in found if kind == IntentKind.STOP]
    starts = [moment for kind, moment in found if kind == IntentKind.START]
    return with_own_end(start, stops), starts[:1]


def started_before(start: Intent) -> list[tuple[Intent, datetime]]:
    """Earlier starts of this person that are done, the latest first, with the ends that are known of them."""
    rows = _done_of(start.person_id).filter(kind=IntentKind.START, clicked_at__lt=start.clicked_at)
    recent = rows.exclude(pk=start.pk).order_by("-clicked_at")[:_MOST_EARLIER]
    ends = ((row, known_end(start, row.harvest_entry_id)) for row in recent if row.harvest_entry_id)
    return [(row, ended_at) for row, ended_at in ends if ended_at is not None]


def note_end(intent: Intent, entry_id: int, moment: datetime) -> None:
    """The latest run of this entry ends at `moment` now, whatever clicks had known of it."""
    for row in (*_done_with(intent.person_id, entry_id), *_stopped_for(intent.person_id, entry_id)):
        said = dict(row.outcome or {})
        stopped = said.get("stopped") or {}
        if row.harvest_entry_id == entry_id and _is_later(said.get("ended_at"), moment):
            said["ended_at"] = moment.isoformat()
        if stopped.get("entry_id") == entry_id and _is_later(stopped.get("ended_at"), moment):
            said["stopped"] = stopped | {"ended_at": moment.isoformat()}
        if said != row.outcome:
            Intent.objects.filter(pk=row.pk).update(outcome=said)


def _is_later(text: str | None, moment: datetime) -> bool:
    return bool(text) and datetime.fromisoformat(str(text)) > moment


def entries_made_here(person: Person, entry_ids: list[int]) -> set[int]:
    """Those of these entries that a click of this person made, or is about to be known to have made."""
    rows = Intent.objects.filter(person=person, kind__in=(IntentKind.START, IntentKind.ADD, IntentKind.UNDO))
    made = set(rows.filter(harvest_entry_id__in=entry_ids).values_list("harvest_entry_id", flat=True))
    on_the_way = rows.filter(status=IntentStatus.PENDING).values_list("progress__entry_id", flat=True)
    return {int(each) for each in (*made, *on_the_way) if each is not None}


def true_start(intent: Intent, entry_id: int, run_started_at: datetime | None) -> datetime | None:
    """When work on the run began that Harvest says started at `run_started_at`, where a click here said so.

    In accounts that count hours Harvest moves a timer's start to the moment at which it was dated back.
    """
    said = _said_of_run(intent, entry_id, run_started_at)
    return datetime.fromisoformat(said["started_at"]) if said else None


def hours_before(intent: Intent, entry_id: int, run_started_at: datetime | None) -> Decimal | None:
    """What the entry held before that run, where a click here continued it; None for a run that made its entry."""
    said = _said_of_run(intent, entry_id, run_started_at) or {}
    return Decimal(said["hours_before"]) if said.get("hours_before") else None


def _said_of_run(intent: Intent, entry_id: int, run_started_at: datetime | None) -> dict[str, Any] | None:
    said: dict[str, Any]
    for said in _outcomes(_done_with(intent.person_id, entry_id).order_by("-position")):
        runs = map(datetime.fromisoformat, said.get("runs", ()))
        if said.get("started_at") and any(is_same_start(run_started_at, each) for each in runs):
            return said
    return None


def same_starts(intent: Intent, entry_id: int, named: datetime | None) -> list[datetime]:
    """`named` and what the start of that run was moved to since, by clicks that were done here."""
    known = [named] if named is not None else []
    where = "person_id = %s AND status = %s AND harvest_entry_id = %s ORDER BY position"
    for (outcome,) in plain_sql.select(Intent, ("outcome",), where, [intent.person_id, IntentStatus.DONE, entry_id]):
        said = outcome or {}
        runs = [datetime.fromisoformat(each) for each in said.get("runs", ())]
        if any(is_same_start(one, other) for one in runs for other in known):
            known += runs
    return known


def known_end(intent: Intent, entry_id: int) -> datetime | None:
    """When the latest run of this entry ended, as clicks know that stopped it, or started another one."""
    ends = [
        *_told(_done_with(intent.person_id, entry_id), "ended_at"),
        *_told(_stopped_for(intent.person_id, entry_id), "stopped", "ended_at"),
    ]
    return max(ends, default=None)


def _done_of(person_id: int) -> QuerySet[Intent]:
    return Intent.objects.filter(person_id=person_id, status=IntentStatus.DONE)


def _stopped_for(person_id: int, entry_id: int) -> QuerySet[Intent]:
    """Clicks for which this entry was stopped."""
    return _done_of(person_id).filter(outcome__stopped__entry_id=entry_id)


def _done_with(person_id: int, entry_id: int) -> QuerySet[Intent]:
    return _done_of(person_id).filter(harvest_entry_id=entry_id)


def _outcomes(rows: QuerySet[Intent]) -> Iterator[Any]:
    """Not whole rows, of which one that is continued all day has many."""
    return (outcome or {} for outcome in rows.values_list("outcome", flat=True))


def _told(rows: QuerySet[Intent], *path: str) -> Iterator[datetime]:
    said: Any
    for said in _outcomes(rows):
        for part in path:
            said = (said or {}).get(part)
        if said:
            yield datetime.fromisoformat(said)

"""What our own rows know of a person's timers: which start a click means, and what came before and after it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q

from harvest_bridge.api import plain_sql
from timer_widget.errors import StartUnknown
from timer_widget.expiry import stops_naming, with_own_end
from timer_widget.models import Intent, IntentKind, IntentStatus, Person

from .runs import EntryRuns, Run
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


def entry_after_undo(intent: Intent, entry_id: int, named: list[datetime], *, since: int = 0) -> int | None:
    """Where the run with one of these starts goes on, since undos of a switch moved it from this entry; None for none.

    It is the mistaken timer's, or the earlier one's where that goes on in a new entry, for clicks after the switch.
    """
    undone = Intent.objects.filter(person_id=intent.person_id, status=IntentStatus.DONE, kind=IntentKind.UNDO)
    moved = undone.filter(Q(asked__entry_id=entry_id) | Q(asked__previous_id=entry_id), asked__has_key="previous_id")
    rows = moved.filter(position__gt=since).exclude(harvest_entry_id=entry_id).order_by("-position")
    for position, asked, now_on, outcome in rows.values_list("position", "asked", "harvest_entry_id", "outcome"):
        is_meant = _is_mistaken if asked["entry_id"] == entry_id else _is_after_switch
        if now_on is not None and is_meant(outcome or {}, intent, named):
            return entry_after_undo(intent, now_on, named, since=position) or now_on
    return None


def is_switch_undone(person: Person, mistaken_id: int) -> bool:
    """Whether the switch to the timer with this entry was undone."""
    undone = Intent.objects.filter(person=person, status=IntentStatus.DONE, kind=IntentKind.UNDO)
    return undone.filter(asked__entry_id=mistaken_id, asked__has_key="previous_id").exists()


def _is_mistaken(outcome: dict[str, Any], _intent: Intent, named: list[datetime]) -> bool:
    starts = [datetime.fromisoformat(each) for each in outcome.get("runs", ())]
    return not named or any(is_same_start(one, other) for one in named for other in starts)


def _is_after_switch(outcome: dict[str, Any], intent: Intent, _named: list[datetime]) -> bool:
    began = outcome.get("started_at")
    return began is not None and datetime.fromisoformat(began) <= intent.clicked_at


def runs_before(start: Intent) -> Iterator[tuple[int, EntryRuns, Run]]:
    """What earlier starts of this person began that are done, the latest first: each entry, its runs, and that one."""
    earlier = Intent.objects.filter(
        person_id=start.person_id, status=IntentStatus.DONE, kind=IntentKind.START, clicked_at__lt=start.clicked_at
    )
    for row in earlier.exclude(pk=start.pk).order_by("-clicked_at")[:_MOST_EARLIER]:
        if row.harvest_entry_id is not None:
            runs = EntryRuns(start.person_id, row.harvest_entry_id)
            runs.read_ends()
            yield row.harvest_entry_id, runs, runs.begun_by(row) or runs.latest


def entries_made_here(person: Person, entry_ids: list[int]) -> set[int]:
    """Those of these entries that a click of this person made, or is about to be known to have made."""
    rows = Intent.objects.filter(person=person, kind__in=(IntentKind.START, IntentKind.ADD, IntentKind.UNDO))
    made = set(rows.filter(harvest_entry_id__in=entry_ids).values_list("harvest_entry_id", flat=True))
    on_the_way = rows.filter(status=IntentStatus.PENDING).values_list("progress__entry_id", flat=True)
    return {int(each) for each in (*made, *on_the_way) if each is not None}

"""A start: a running timer since the click, or one finished entry where it is over by the time it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from harvest_bridge.harvest.operations import list_time_entries
from harvest_bridge.harvest.records import TimeEntry
from timer_widget import state
from timer_widget.account_mode import Mode
from timer_widget.errors import StartOutOfReach

from . import timeline
from .account_reads import reading_for
from .attempt import Attempt, Done
from .confirmation import change_entry
from .continuing import (
    EarlierClick,
    continued,
    continued_before,
    earlier_clicks,
    entry_to_continue,
    hours_before,
    is_the_same,
)
from .endings import end_run, finished_end
from .entry_creation import (
    EntryFields,
    create_entry,
    entry_fields,
    entry_or_none,
    find_created_entry,
    is_same_work,
)
from .external_references import NO_ITEM, external_reference
from .runs import EntryRuns, run_said
from .shortening import end_where_next_began
from .stale_lists import running_now
from .time_writing import begin_at, settled
from .work_times import (
    FINEST,
    MINUTE,
    day_of,
    end_of_start,
    end_on_clock,
    finished_fields,
    fits_a_clock,
    hours_between,
)


@dataclass(frozen=True)
class Span:
    """What was worked: from the click until `ended_at`; None while it goes on."""

    started_at: datetime
    ended_at: datetime | None


def start(attempt: Attempt) -> Done:
    """Errors: the HarvestError tree, StartOutOfReach."""
    place = _place(attempt)
    again = continued_before(attempt)
    if again is not None:
        return _continued(attempt, again, None)
    made = find_created_entry(attempt, place)
    before: TimeEntry | None = None
    stopped: TimeEntry | None = None
    span = Span(attempt.moment, None)
    is_new = made is None
    if made is None:
        begun = finished_end(attempt)
        earlier = earlier_clicks(attempt, place)
        before, span = _before_and_span(attempt, place, earlier)
        if before is not None and _is_covered(attempt, place, before, span, earlier):
            return _runs_already(attempt, before)
        _check_reach(span)
        earlier = earlier if span.ended_at is None else []
        stopped = _ended_for(attempt, before, span) or begun
        if attempt.is_late:
            stopped = end_where_next_began(attempt) or stopped
        attempt.note(known=[before.id] if before else [], ended_at=state.iso(span.ended_at))
        attempt.note(stopped=stopped.id if stopped else None)
        known = entry_to_continue(attempt, place, earlier)
        again = continued(attempt, known) if known else None
        if again is not None:
            return _continued(attempt, again, stopped)
        made = create_entry(attempt, place, _fields(attempt, span))
        first_start = made.timer_started_at
    else:
        kept = attempt.progress.get("ended_at")
        span = Span(attempt.moment, datetime.fromisoformat(kept) if kept else None)
        first_start = made.timer_started_at
    made = _timed(attempt, made, span)
    done = _done(attempt, made, span, stopped, first_start)
    return _leaving(done, before) if is_new and span.ended_at is not None else done


def _leaving(done: Done, before: TimeEntry | None) -> Done:
    """A finished entry leaves what ran before, unless that ended for it."""
    is_left = before is not None and (done.stopped is None or done.stopped.id != before.id)
    return replace(done, running=before if is_left else None, is_running_known=True)


def _is_covered(
    attempt: Attempt, place: EntryFields, running: TimeEntry, span: Span, earlier: list[EarlierClick]
) -> bool:
    """Whether what was asked for runs, and did when it was clicked; in whichever order clicks of one moment come."""
    began = _true_start(attempt, running)
    if is_the_same(attempt, place, running, earlier):
        is_so = span.ended_at is None or (began is not None and began <= span.started_at + FINEST)
    else:
        is_so = began is not None and abs(began - span.started_at) < FINEST and _is_ours(attempt, place, running)
    return is_so and (span.ended_at is None or _runs_still(attempt, running))


def _is_ours(attempt: Attempt, place: EntryFields, running: TimeEntry) -> bool:
    """Made here for the same, and the click says nothing new of it."""
    item_name = (attempt.asked.get("item") or {}).get("name")
    is_same = running.spent_date == place["spent_date"] and is_same_work(running, place)
    says_nothing = (place["notes"] or "") in {"", running.notes or "", item_name or ""}
    return is_same and says_nothing and bool(timeline.entries_made_here(attempt.person, [running.id]))


def _runs_still(attempt: Attempt, running: TimeEntry) -> bool:
    """What was read for everybody, or is listed, may be some seconds old."""
    now = entry_or_none(attempt, running.id) if attempt.is_late else running
    return now is not None and now.is_running


def _runs_already(attempt: Attempt, running: TimeEntry) -> Done:
    """What was asked for runs: nothing is written, and hosts are told nothing."""
    attempt.note(entry_id=running.id)
    runs = [state.iso(each) for each in (running.timer_started_at,) if each is not None]
    return Done(None, None, running, is_running_known=True, outcome={"runs": runs, "ran_already": True})


def _continued(attempt: Attempt, again: TimeEntry, stopped: TimeEntry | None) -> Done:
    """An entry of the day that runs again, with all the time since the click."""
    before = hours_before(attempt)
    if before is None:
        return _done(attempt, again, Span(attempt.moment, None), stopped, again.timer_started_at)
    whole = Span(attempt.moment - timedelta(hours=float(before)), None)
    timed = begin_at(attempt.harvest, again, whole.started_at) if _is_short_of(attempt, again, whole) else again
    done = _done(attempt, timed, Span(attempt.moment, None), stopped, again.timer_started_at)
    done.outcome["hours_before"] = str(before)
    return done


def _is_short_of(attempt: Attempt, again: TimeEntry, whole: Span) -> bool:
    return again.is_running and attempt.is_late and _lacks_time(again, whole)


def _place(attempt: Attempt) -> EntryFields:
    zone = attempt.harvest.zone()
    return entry_fields(
        attempt.asked, day_of(attempt.moment, zone), external_reference(attempt.asked.get("item") or NO_ITEM)
    )


def _running_before(attempt: Attempt, place: EntryFields, earlier: list[EarlierClick]) -> TimeEntry | None:
    """One read, also where one of the day's entries may be continued."""
    if earlier and not attempt.is_late:
        return attempt.running_and_entries_of(place["spent_date"])
    return attempt.harvest.running_timer()


def _before_and_span(
    attempt: Attempt, place: EntryFields, earlier: list[EarlierClick]
) -> tuple[TimeEntry | None, Span]:
    """What runs, and the span: it ends with the first stop that names it, or where the next timer began, here or in
    Harvest itself. A start that is over by its clicks may use what was read for everybody."""
    stops, starts = timeline.stops_and_starts_after(attempt.intent)
    reading = reading_for(attempt) if attempt.is_late and (stops or starts) else None
    if reading is not None:
        running, changed = reading.running.get(attempt.harvest.user_id), reading.of(attempt.harvest.user_id)
    else:
        running = _running_before(attempt, place, earlier)
        changed = _changed_since(attempt) if attempt.is_late else []
    running = running_now(attempt, running)
    starts += _begun_in_harvest(attempt, running, changed) if attempt.is_late else []
    return running, Span(attempt.moment, end_of_start(attempt.moment, stops=stops, starts=starts))


def _changed_since(attempt: Attempt) -> list[TimeEntry]:
    harvest = attempt.harvest
    page = harvest.call(list_time_entries(user_id=harvest.user_id, updated_since=attempt.moment))
    return list(page.items)


def _begun_in_harvest(attempt: Attempt, running: TimeEntry | None, changed: Iterable[TimeEntry]) -> list[datetime]:
    """When timers began, after the click, that no click of ours started."""
    since = attempt.moment
    entries = {entry.id: entry for entry in (*changed, *([running] if running else []))}
    ours = timeline.entries_made_here(attempt.person, list(entries))
    begun = [_began_at(attempt, entry) for entry in entries.values() if entry.id not in ours]
    return [moment for moment in begun if moment is not None and moment > since + timedelta(seconds=2)]


def _began_at(attempt: Attempt, entry: TimeEntry) -> datetime | None:
    """Of a timer, not of time that was entered by hand."""
    if entry.is_running:
        return entry.timer_started_at
    if entry.created_at is None or _is_entered_by_hand(entry):
        return None
    started = state.time_on_clock(entry.started_time)
    if started is None:
        return entry.created_at
    began = end_on_clock(entry.spent_date, None, started, attempt.harvest.zone(), near=entry.created_at)
    return began if abs(began - entry.created_at) < timedelta(minutes=2) else None


def _is_entered_by_hand(entry: TimeEntry) -> bool:
    """It has not changed since it was created, or holds more than a timer can have counted from then on."""
    if entry.created_at is None or entry.updated_at is None:
        return True
    counted = entry.updated_at - entry.created_at
    return counted < timedelta(seconds=2) or timedelta(hours=float(entry.hours)) > counted + MINUTE


def _ended_for(attempt: Attempt, running: TimeEntry | None, span: Span) -> TimeEntry | None:
    """The timer that runs, if it began before the click: it ends at the click. Harvest does that for one in time."""
    if running is None:
        return None
    began = _true_start(attempt, running)
    if began is not None and began > span.started_at and (attempt.is_late or span.ended_at is not None):
        return None
    return end_run(attempt, running, span.started_at) if attempt.is_late or span.ended_at else running


def _true_start(attempt: Attempt, running: TimeEntry) -> datetime | None:
    said = run_said(attempt.person.pk, running.id, running.timer_started_at)
    return said.began_at if said else running.timer_started_at


def _check_reach(span: Span) -> None:
    """One that goes on is done, as its stop may be on its way; the guard of forgotten timers asks about it meanwhile.

    Errors: StartOutOfReach.
    """
    if span.ended_at is not None and not fits_a_clock(span.started_at, span.ended_at):
        raise StartOutOfReach("clicked_at: it would be an entry of more than 24 hours; say when its work ended.")


def _fields(attempt: Attempt, span: Span) -> Callable[[Mode], dict[str, Any]] | None:
    """None for a timer that runs."""
    ended_at, zone = span.ended_at, attempt.harvest.zone
    if ended_at is None:
        return None
    return lambda mode: finished_fields(mode, span.started_at, ended_at, zone())


def _timed(attempt: Attempt, made: TimeEntry, span: Span) -> TimeEntry:
    """The entry with all the time since the click, however late it was made."""
    fields = _fields(attempt, span)
    if fields is not None:
        return settled(attempt.harvest, made, fields)
    if made.is_running:
        return begin_at(attempt.harvest, made, span.started_at) if _lacks_time(made, span) else made
    return _with_time_before(attempt, made, span)


def _lacks_time(made: TimeEntry, span: Span) -> bool:
    """Whether a running entry shows less than since the click, by more than Harvest's finest."""
    worked = (timezone.now() - span.started_at).total_seconds()
    return abs(worked - state.seconds_of(made, timezone.now())) >= FINEST.total_seconds() / 2 and worked > 10


def _with_time_before(attempt: Attempt, made: TimeEntry, span: Span) -> TimeEntry:
    """Stopped by another timer before an earlier attempt could date it back: it gets the time since the click."""
    if made.created_at is None or made.ended_time or made.created_at - span.started_at < FINEST:
        return made
    kept = attempt.progress.get("whole_hours")
    whole = Decimal(kept) if kept else made.hours + hours_between(span.started_at, made.created_at)
    attempt.note(whole_hours=str(whole))
    return made if made.hours >= whole else change_entry(attempt.harvest, made, hours=whole)


def _done(
    attempt: Attempt, made: TimeEntry, span: Span, stopped: TimeEntry | None, first_start: datetime | None
) -> Done:
    runs = sorted({str(state.iso(each)) for each in (first_start, made.timer_started_at) if each is not None})
    outcome: dict[str, Any] = {"started_at": state.iso(span.started_at), "runs": runs}
    if span.ended_at is not None:
        outcome["ended_at"] = state.iso(span.ended_at)
    if "told" in attempt.progress:
        outcome["note"] = attempt.progress["told"]
    stopped_id = stopped.id if stopped is not None else attempt.progress.get("stopped")
    if stopped_id is not None:
        outcome["stopped"] = {"entry_id": stopped_id, "ended_at": state.iso(span.started_at)}
    done = Done(made, stopped, made if made.is_running else None, made.is_running, outcome=outcome)
    if stopped_id is not None and (attempt.is_late or span.ended_at is not None):
        done.cut_off = _cut_off(attempt, stopped_id)
    return done


def _cut_off(attempt: Attempt, stopped_id: int) -> list[UUID]:
    runs = EntryRuns(attempt.person.pk, stopped_id)
    return runs.cut_off(runs.run_ended(attempt.intent.position, attempt.moment), attempt.moment)

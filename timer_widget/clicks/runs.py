"""The runs of one time entry, as the clicks of its person know them: when each began and ended.

In an account that counts hours an entry that is continued has several, one after another. Harvest tells the start of
the latest alone, and moves that where hours are written to a timer that runs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from harvest_bridge.api import plain_sql
from timer_widget import state
from timer_widget.models import Intent, IntentKind, IntentStatus

from . import intents
from .work_times import hours_of, is_same_start

_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
_FIELDS = ("id", "kind", "position", "harvest_entry_id", "clicked_at", "outcome")
_DONE_ON_ENTRY = "person_id = %s AND status = %s AND harvest_entry_id = %s ORDER BY position"


@dataclass
class Run:
    """Shape: `starts` are those that Harvest has told of it, `started_at` is when work on it began, as a click said;
    `hours_before` is what the entry held by then, where it was continued; `ended_at` is the earliest known end.
    `clicks` began or changed it, the first of them at this `position`; `undoes_switch` if that was the undo of one."""

    position: int = 0
    clicks: set[UUID] = field(default_factory=set)
    starts: list[datetime] = field(default_factory=list)
    started_at: datetime | None = None
    hours_before: Decimal | None = None
    ended_at: datetime | None = None
    undoes_switch: bool = False

    @property
    def began_at(self) -> datetime:
        return self.started_at or min(self.starts, default=_BEFORE_ALL)

    def has_start(self, moment: datetime | None) -> bool:
        return any(is_same_start(moment, each) for each in self.starts)

    def changed_by(self, said: Run) -> None:
        self.clicks |= said.clicks
        self.starts += said.starts
        if said.started_at is not None:
            self.started_at, self.hours_before = said.started_at, said.hours_before


@dataclass
class _Click:
    """One that is done. Shape: `outcome` is what came of it."""

    id: UUID
    kind: str
    position: int
    entry_id: int | None
    clicked_at: datetime
    outcome: dict[str, Any]

    @property
    def begins_run(self) -> bool:
        return self.kind in (IntentKind.START, IntentKind.UNDO) and "started_at" in self.outcome

    def run(self) -> Run:
        """What it says of the run that it began or changed."""
        before, said = self.outcome.get("hours_before"), self.outcome.get("started_at")
        return Run(
            position=self.position,
            clicks={self.id},
            starts=[datetime.fromisoformat(each) for each in self.outcome.get("runs", ())],
            started_at=datetime.fromisoformat(said) if said else None,
            hours_before=Decimal(before) if before else None,
            undoes_switch=self.kind == IntentKind.UNDO,
        )

    def ended_at(self, entry_id: int) -> datetime | None:
        """When it ended a run of this entry."""
        said = self._end_in(entry_id).get("ended_at")
        return datetime.fromisoformat(said) if said else None

    def end_at(self, entry_id: int, moment: datetime) -> None:
        self._end_in(entry_id)["ended_at"] = state.iso(moment)

    def take_from_before(self, hours: Decimal) -> None:
        self.outcome["hours_before"] = str(max(Decimal(0), Decimal(self.outcome["hours_before"]) - hours))

    def save(self) -> None:
        Intent.objects.filter(pk=self.id).update(outcome=self.outcome)

    def _end_in(self, entry_id: int) -> dict[str, Any]:
        stopped: dict[str, Any] = self.outcome.get("stopped") or {}
        return self.outcome if self.entry_id == entry_id else stopped


class EntryRuns:
    """Shape: `all` are in their order, at least one; `named` is a start that Harvest told, whose run is among them also
    where no click began it, and `held` what the entry held then. Ends are known once they are read."""

    def __init__(
        self, person_id: int, entry_id: int, *, named: datetime | None = None, held: Decimal | None = None
    ) -> None:
        self._person_id, self._entry_id = person_id, entry_id
        self._on_entry = _clicks_on(person_id, entry_id)
        self.all = _begun(self._on_entry)
        if not self.all or (named is not None and not any(run.has_start(named) for run in self.all)):
            self.all.append(Run(starts=[] if named is None else [named]))
        self.all.sort(key=lambda run: run.began_at)
        if held and self.latest.started_at is None:
            self.latest.hours_before = self.latest.hours_before or held

    @property
    def latest(self) -> Run:
        return self.all[-1]

    def after(self, run: Run) -> list[Run]:
        return self.all[self.all.index(run) + 1 :]

    def hours_before(self, run: Run) -> Decimal:
        """What the entry held when this one began; of one that began in Harvest what the runs before it came to."""
        earlier = self.all[: self.all.index(run)]
        if run.hours_before is not None or not earlier:
            return run.hours_before or Decimal(0)
        last = earlier[-1]
        return self.hours_before(last) + hours_of((last.ended_at or last.began_at) - last.began_at)

    def begun_by(self, start: Intent) -> Run | None:
        return next((run for run in self.all if start.pk in run.clicks), None)

    def with_start(self, named: datetime | None, at: datetime) -> Run | None:
        """The one that a click at `at` can mean by this start: of several that were dated back at once the one that
        had begun by then."""
        same = [run for run in self.all if run.has_start(named)]
        begun = [run for run in same if run.began_at <= at]
        return next(iter([*begun[-1:], *same]), None)

    def as_of(self, run: Run, moment: datetime) -> Run:
        """What this run is for whoever clicks at `moment`, and need not have seen that it was left and gone back to."""
        for later in self.after(run):
            if not later.undoes_switch or later.began_at > moment:
                break
            run = later
        return run

    def read_ends(self) -> None:
        """Of each the earliest that is known."""
        for click in self._clicks():
            ended_at = click.ended_at(self._entry_id)
            if ended_at is not None:
                run = self.run_ended(click.position, ended_at)
                run.ended_at = min(ended_at, run.ended_at or ended_at)

    @transaction.atomic
    def note_earlier_end(self, run: Run, moment: datetime, *, goes_on_since: datetime | None = None) -> None:
        """`run` ends at `moment` now, whatever clicks had known of it, and the entry held that much less before each
        later run. `goes_on_since` is the start that Harvest tells now of the latest, where that runs."""
        for start_id in self.cut_off(run, moment):
            intents.begin_again(start_id, ended_at=run.ended_at)
        taken = hours_of(run.ended_at - moment) if run.ended_at else Decimal(0)
        later = {pk for each in self.after(run) for pk in each.clicks}
        for click in self._clicks():
            ended_at = click.ended_at(self._entry_id)
            if ended_at is not None and ended_at > moment and self.run_ended(click.position, ended_at) is run:
                click.end_at(self._entry_id, moment)
                click.save()
            if click.id in later and "hours_before" in click.outcome:
                click.take_from_before(taken)
                if goes_on_since is not None and click.id in self.latest.clicks:
                    click.outcome["runs"] = [*click.outcome["runs"], state.iso(goes_on_since)]
                click.save()
        run.ended_at = moment

    def cut_off(self, run: Run, ended_at: datetime) -> list[UUID]:
        """Starts that found `run` going, and were clicked after what turned out to be its end."""
        found = (click for click in self._on_entry if click.outcome.get("ran_already") and click.id in run.clicks)
        return [click.id for click in found if click.clicked_at > ended_at]

    def run_ended(self, position: int, ended_at: datetime) -> Run:
        """By the click of this position: the latest that had begun by then, also in the order in which clicks are
        carried out, as clocks may be wrong."""
        begun = [run for run in self.all if run.began_at < ended_at and run.position <= position]
        return begun[-1] if begun else self.all[0]

    def _clicks(self) -> list[_Click]:
        return [*_clicks_on(self._person_id, self._entry_id), *_clicks_stopping(self._person_id, self._entry_id)]


def run_said(person_id: int, entry_id: int, start: datetime | None) -> Run | None:
    """What the last click that began or moved it says of the run of which Harvest tells this start; None for none.

    In accounts that count hours Harvest moves a timer's start to the moment at which it was dated back.
    """
    said = (click.run() for click in reversed(_clicks_on(person_id, entry_id)))
    return next((run for run in said if run.started_at is not None and run.has_start(start)), None)


def _clicks_on(person_id: int, entry_id: int) -> list[_Click]:
    """In plain SQL, as it is asked with every stop."""
    rows = plain_sql.select(Intent, _FIELDS, _DONE_ON_ENTRY, [person_id, IntentStatus.DONE, entry_id])
    return [_Click(pk, kind, position, on, at, outcome or {}) for pk, kind, position, on, at, outcome in rows]


def _clicks_stopping(person_id: int, entry_id: int) -> list[_Click]:
    """On other entries, for which this one was stopped."""
    done = Intent.objects.filter(person_id=person_id, status=IntentStatus.DONE, outcome__stopped__entry_id=entry_id)
    rows = done.exclude(harvest_entry_id=entry_id).order_by("position").values_list(*_FIELDS)
    return [_Click(pk, kind, position, on, at, outcome) for pk, kind, position, on, at, outcome in rows]


def _begun(clicks: list[_Click]) -> list[Run]:
    """Each start and each undo of a switch began one; any other click speaks of the latest whose start it knows, or of
    the latest of all where Harvest had told none."""
    runs: list[Run] = []
    for click in clicks:
        said = click.run()
        known = None if click.begins_run else _changed_run(runs, said)
        if known is not None:
            known.changed_by(said)
        elif said.starts or said.started_at is not None:
            runs.append(said)
    return runs


def _changed_run(runs: list[Run], said: Run) -> Run | None:
    """The latest first, so that a day with many runs is not compared through and through."""
    if not said.starts:
        return runs[-1] if runs and said.started_at is not None else None
    return next((run for run in reversed(runs) if any(run.has_start(each) for each in said.starts)), None)

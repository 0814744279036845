"""One attempt to carry out a click: its row, Harvest as its person, and the time that there is for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from harvest_bridge.harvest.errors import HarvestOutcomeUnknown, HarvestUnavailable
from harvest_bridge.harvest.lost_answers import may_still_arrive, quiet_after
from harvest_bridge.harvest.operations import Operation, get_time_entry, list_time_entries
from harvest_bridge.harvest.records import TimeEntry
from timer_widget.access import Harvest
from timer_widget.entry_locks import lock_of
from timer_widget.errors import EntryLocked, ItemNotAllowed, NotYourEntry
from timer_widget.models import Intent, IntentKind
from timer_widget.normalization import normalize_id

from . import claims
from .changes import Changes
from .last_clicks import LastClicks, last_clicks
from .snapshots import snapshot
from .work_times import is_late

T = TypeVar("T")
_LEAST_SECONDS = 0.3
# They begin and end no run, whatever they have written by now.
_LEAVE_RUNS = (IntentKind.EDIT, IntentKind.MOVE, IntentKind.DELETE)


@dataclass
class Done:
    """What came of a click. Shape: `running` is what runs now, where `is_running_known`; or it `changes_nothing`.

    `stopped` is the timer that ended for it, for what its page and hosts are told; `outcome` is kept with the click.
    """

    entry: TimeEntry | None
    stopped: TimeEntry | None = None
    running: TimeEntry | None = None
    is_running_known: bool = False
    # Whether the click leaves what runs as it was.
    leaves_running: bool = False
    # As whom it was done.
    harvest: Harvest | None = None
    # By item, the seconds that it has added or taken away; None where that is not sure.
    moved: dict[str, int] | None = None
    outcome: dict[str, Any] = field(default_factory=dict)
    changes_nothing: bool = False
    # Starts that found running what it has ended at a moment before them: each is carried out anew.
    cut_off: list[UUID] = field(default_factory=list)
    added: TimeEntry | None = None  # a second one, besides `entry`


@dataclass(frozen=True)
class ClickHarvest(Harvest):
    """Harvest, where before each call the click stays claimed, and before each write that is noted on its row."""

    before: Callable[[Operation[Any]], float] = field(default=lambda _: 0.0, compare=False, repr=False)
    after: Callable[[Operation[Any], Exception | None], None] = field(
        default=lambda *_: None, compare=False, repr=False
    )
    saw: Callable[[Operation[Any], Any], None] = field(default=lambda *_: None, compare=False, repr=False)

    def call(self, operation: Operation[T]) -> T:
        within = replace(self, timeout=self.before(operation))
        try:
            answer = Harvest.call(within, operation)
        except Exception as error:
            self.after(operation, error)
            raise
        self.after(operation, None)
        self.saw(operation, answer)
        return answer


class Attempt:
    """Given the row alone, whoever makes it.

    Units: `timeout` is seconds for all of it; None is no bound but that of each call.
    """

    def __init__(self, intent: Intent, harvest: Harvest, *, timeout: float | None = None) -> None:
        self.intent, self.person = intent, intent.person
        self._at_hand: dict[int, TimeEntry] = {}
        self.changes = Changes(is_known=intent.attempted_at is None and not intent.attempts)
        self.deadline = None if timeout is None else time.monotonic() + timeout
        # Of whoever replays clicks for many on one connection.
        self.shares_reads = timeout is None and harvest.acts_for_another
        self.harvest = ClickHarvest(
            harvest.connection,
            harvest.user_id,
            acts_for_another=harvest.acts_for_another,
            lane=harvest.lane,
            before=self._before,
            after=self._after,
            saw=self.changes.saw,
        )

    @property
    def asked(self) -> dict[str, Any]:
        asked: dict[str, Any] = self.intent.asked
        return asked

    @property
    def progress(self) -> dict[str, Any]:
        progress: dict[str, Any] = self.intent.progress
        return progress

    @property
    def moment(self) -> datetime:
        """Of the click, by our clock."""
        return self.intent.clicked_at

    @property
    def is_late(self) -> bool:
        return is_late(self.moment, timezone.now())

    @property
    def was_sent(self) -> bool:
        """Whether a write of it left whose answer never came."""
        return self.intent.attempted_at is not None

    @cached_property
    def last_clicks(self) -> LastClicks:
        return last_clicks(self.person.pk)

    def note(self, **facts: Any) -> None:
        """Kept with the next write, or when the attempt ends."""
        self.intent.progress = {**self.progress, **facts}

    def require_silence(self) -> None:
        """Before a new entry is sent a second time. Errors: HarvestUnavailable, while the first may still arrive."""
        self._wait_until("quiet_until")

    def doubt_write(self) -> None:
        """The answer to the last write was from before it: as if it had been lost, what came of it is looked for."""
        self.intent.attempted_at = timezone.now()

    def note_arrival(self, operation: Operation[Any]) -> None:
        """If this is the write whose answer never came: Harvest shows that it was done, so nothing of it can come late
        and the next one may go."""
        if self.progress.get("sent") == _name(operation):
            self.note(silent_until=None)

    def _wait_until(self, name: str) -> None:
        """Errors: HarvestUnavailable before that moment of `progress`."""
        until = self.progress.get(name)
        left = (datetime.fromisoformat(until) - timezone.now()).total_seconds() if until else 0.0
        if left > 0:
            raise HarvestUnavailable("Harvest has not said whether it was done.", retry_after=left)

    def running_and_entries_of(self, day: date) -> TimeEntry | None:
        """What runs, in one read with the entries of that day, which are at hand then for `own_entry`.

        A timer that began longer ago than the day before is not found. Errors: HarvestMalformed, and those of `call`.
        """
        eve = day - timedelta(days=1)
        page = self.harvest.call(list_time_entries(user_id=self.harvest.user_id, from_date=eve, to_date=day))
        if page.unreadable or page.next is not None:
            return self.harvest.running_timer()
        self._at_hand = {entry.id: entry for entry in page.items}
        return next((entry for entry in page.items if entry.is_running), None)

    def forget_unless(self, left: Mapping[int | None, dict[str, Any] | None]) -> None:
        """Of these entries, what is at hand and was not `left` so."""
        for entry in list(self._at_hand.values()):
            if entry.id in left and snapshot(entry) != left[entry.id]:
                del self._at_hand[entry.id]

    def own_entry(self, entry_id: int) -> TimeEntry:
        """One of the person's own that the click's session might change.

        Errors: NotYourEntry, ItemNotAllowed, HarvestNotFound.
        """
        entry = self.entry_of_any_item(entry_id)
        self.check_item(entry)
        return entry

    def entry_of_any_item(self, entry_id: int) -> TimeEntry:
        """One of the person's own.

        Errors: NotYourEntry, HarvestNotFound; HarvestUnavailable while it is shown as it was before the last clicks.
        """
        entry = self._at_hand.pop(entry_id, None) or self._read(entry_id)
        if entry.user is None or entry.user.id != self.harvest.user_id:
            raise NotYourEntry("entry_id: this time entry belongs to somebody else.")
        return entry

    def _read(self, entry_id: int) -> TimeEntry:
        """Once more, where Harvest shows what was before the last clicks. Errors: as `entry_of_any_item`."""
        for _ in range(2):
            entry = self.harvest.call(get_time_entry(entry_id))
            if not self._is_outdated(entry):
                return entry
            self.changes.is_known = False
        raise HarvestUnavailable("Harvest shows this entry as it was before the last click.", retry_after=1)

    def _is_outdated(self, entry: TimeEntry) -> bool:
        """What is to be stopped at once is not asked about: Harvest refuses to stop what does not run."""
        if self.intent.kind == IntentKind.STOP and entry.is_running and not self.is_late:
            return False
        may_contradict = not self.progress.get("sent") or self.intent.kind in _LEAVE_RUNS
        return self.last_clicks.were_after(entry) or (may_contradict and self.last_clicks.contradict(entry))

    def open_entry(self, entry_id: int) -> TimeEntry:
        """The same, if it can be changed. Errors: as `own_entry`, and EntryLocked with Harvest's reason."""
        entry = self.own_entry(entry_id)
        lock = lock_of(entry)
        if lock:
            raise EntryLocked(f"entry_id: {lock['message']}", reason=lock["reason"])
        return entry

    def check_item(self, entry: TimeEntry) -> None:
        """Errors: ItemNotAllowed."""
        item_ids = self.intent.item_ids
        if (
            item_ids is not None
            and normalize_id(entry.external_reference.id if entry.external_reference else "") not in item_ids
        ):
            raise ItemNotAllowed("item: the host's token does not cover this item.")

    def _before(self, operation: Operation[Any]) -> float:
        """Errors: ClaimLost; HarvestUnavailable where no time is left, so that nothing is sent."""
        longest = float(settings.HARVEST_TIMEOUT_SECONDS)
        if self.deadline is not None:
            longest = min(longest, self.deadline - time.monotonic())
        if longest < _LEAST_SECONDS:
            raise HarvestUnavailable("Harvest takes longer than a click waits for it.", retry_after=1)
        if operation.verb != "GET":
            # A write whose answer never came may arrive late, and would undo whatever was written since.
            self._wait_until("silent_until")
            self._at_hand = {}
            self._note_write(operation, longest)
        elif (self.intent.claimed_until or timezone.now()) < timezone.now() + timedelta(seconds=longest):
            claims.hold(self.intent, seconds=longest)
        return longest

    def _note_write(self, operation: Operation[Any], longest: float) -> None:
        """Committed before the write leaves: whoever finds the row, should this process be killed, knows that it may
        have arrived, or may yet."""
        self.intent.attempted_at = self.intent.attempted_at or timezone.now()
        until = (timezone.now() + timedelta(seconds=longest) + _longest_flight()).isoformat()
        self.note(sent=_name(operation), quiet_until=until, silent_until=until)
        kept = {"attempted_at": self.intent.attempted_at, "progress": self.progress}
        claims.hold(self.intent, seconds=longest, **kept)

    def _after(self, operation: Operation[Any], error: Exception | None) -> None:
        if operation.verb == "GET":
            return
        self.changes.is_known = self.changes.is_known and error is None
        if isinstance(error, HarvestOutcomeUnknown):
            until = (timezone.now() + quiet_after(error, longest=_longest_flight())).isoformat()
            self.note(quiet_until=until, silent_until=until if may_still_arrive(error) else None)
        else:
            self.intent.attempted_at = None
            self.note(silent_until=None)


def _name(operation: Operation[Any]) -> str:
    return f"{operation.verb} {operation.path}"


def _longest_flight() -> timedelta:
    return timedelta(seconds=settings.HARVEST_QUIET_SECONDS)

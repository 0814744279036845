"""Slots in an SQLite file, shared by the processes of one machine.

Time is the machine's monotonic clock, which all its processes share and nobody can set. It starts anew at a reboot;
what a former life left behind then looks further away than anything can be, and is cut to one window.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import random
import shutil
import sqlite3
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from harvest_bridge.harvest.budgets import LONGEST_HOLD_SECONDS, Allowance, BudgetState, Lane
from harvest_bridge.harvest.errors import PacingStorageFull, PacingUnavailable
from harvest_bridge.harvest.pacing.learned_limit import LearnedLimit, after_refusal, interval_within, is_asked_for_more
from harvest_bridge.harvest.pacing.slots import (
    YIELD_SECONDS,
    Full,
    Granted,
    Slot,
    interval_between,
    occupied_for,
    place_in_time,
    state_after,
)

log = logging.getLogger(__name__)

T = TypeVar("T")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS slots (
    number INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used again, so a late owner cannot free another's slot
    bucket TEXT NOT NULL,
    free_at REAL NOT NULL,
    is_answered INTEGER NOT NULL  -- 2 where the answer was a refusal
);
CREATE INDEX IF NOT EXISTS slots_by_bucket ON slots (bucket, free_at);
CREATE INDEX IF NOT EXISTS slots_by_time ON slots (free_at);
CREATE TABLE IF NOT EXISTS grants (bucket TEXT PRIMARY KEY, latest REAL NOT NULL);
CREATE TABLE IF NOT EXISTS wanted (
    bucket TEXT NOT NULL, lane INTEGER NOT NULL, until REAL NOT NULL, PRIMARY KEY (bucket, lane)
);
CREATE TABLE IF NOT EXISTS holds (bucket TEXT PRIMARY KEY, until REAL NOT NULL);
CREATE TABLE IF NOT EXISTS learned_limits (
    bucket TEXT PRIMARY KEY, started REAL NOT NULL, requests REAL NOT NULL, refused_at REAL NOT NULL
);
"""
_UNDER_WAY, _ANSWERED, _REFUSED = 0, 1, 2
_UNUSABLE = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
_LEAST_FREE_BYTES = 64 * 1024
_MAX_WAIT_SECONDS = 5.0
_CLEARED_EVERY_SECONDS = 1.0


class SqliteSlots:
    """One connection, used on one event loop. Waits for other processes without blocking the loop."""

    def __init__(self, path: Path, *, longest_flight: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._longest_flight = longest_flight
        self._clock = clock
        self._connection: sqlite3.Connection | None = None
        self._cleared_at = -math.inf

    async def take(self, bucket: str, allowance: Allowance, lane: Lane) -> Granted | Full:
        return await self._transact(lambda db: self._take(db, bucket, allowance, lane))

    def take_at_once(self, bucket: str, allowance: Allowance, lane: Lane) -> Granted | None:
        try:
            found = self._transact_now(lambda db: self._take(db, bucket, allowance, lane))
        except sqlite3.Error:
            return None
        return found if isinstance(found, Granted) else None

    async def answered(self, slot: Slot, *, is_refused: bool = False) -> None:
        free_at = self._clock() + occupied_for(slot.allowance)
        # Again, if it was cleared away meanwhile: a long upload reaches Harvest when it ends.
        statement = "INSERT OR REPLACE INTO slots VALUES (?, ?, ?, ?)"
        row = (slot.number, slot.bucket, free_at, _REFUSED if is_refused else _ANSWERED)
        await self._transact(lambda db: db.execute(statement, row))

    async def give_back(self, slot: Slot) -> None:
        await self._transact(lambda db: db.execute("DELETE FROM slots WHERE number = ?", (slot.number,)))

    async def note_refusal(self, bucket: str, allowance: Allowance, seconds: float) -> None:
        await self._transact(lambda db: self._note_refusal(db, bucket, allowance, seconds))

    async def aclose(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _take(self, db: sqlite3.Connection, bucket: str, allowance: Allowance, lane: Lane) -> Granted | Full:
        now = self._clock()
        if 0 <= now - self._cleared_at < _CLEARED_EVERY_SECONDS:
            granted = self._take_unspaced(db, bucket, allowance, lane, now)
            if granted is not None:
                return granted
        hold, self._cleared_at = self._clear_away(db, bucket, allowance, now), now
        allowance, frees, is_limited = self._within_learned(db, bucket, allowance, lane, now)
        free = allowance.requests - len(frees)
        interval = interval_within(allowance, lane, frees) if is_limited else interval_between(frees, allowance, lane)
        latest = self._latest_grant(db, bucket, now + allowance.window_seconds)
        wanted = self._wanted(db, bucket, now, now + 2 * allowance.window_seconds)
        pause = max(0.0, latest + interval - now) if interval else 0.0
        if hold <= 0 and pause <= 0 and free > 0:
            pause = _for_the_more_urgent(wanted, lane, now)
            if pause <= 0:
                if lane in wanted:
                    db.execute("DELETE FROM wanted WHERE bucket = ? AND lane = ?", (bucket, lane))
                self._note_grant(db, bucket, place_in_time(latest, now, interval, 0 if is_limited else free))
                state = state_after(allowance, [*frees, allowance.window_seconds])
                return self._grant(db, bucket, allowance, state, now)
        full = Full(sorted(frees), hold, allowance, pause, interval)
        if lane < Lane.SYNC:
            row = (bucket, lane, now + full.wanted_seconds)
            db.execute("INSERT OR REPLACE INTO wanted VALUES (?, ?, ?)", row)
        return full

    def _take_unspaced(
        self, db: sqlite3.Connection, bucket: str, allowance: Allowance, lane: Lane, now: float
    ) -> Granted | None:
        """Where so much is free that grants are not spaced, nobody waits and nothing is held, nothing depends on the
        single slots; what is over and not cleared away yet counts for nothing."""
        query = """
            SELECT count(*), min(CASE WHEN is_answered THEN free_at - ?1 ELSE ?2 END),
                EXISTS (SELECT 1 FROM learned_limits WHERE bucket = ?3),
                EXISTS (SELECT 1 FROM wanted WHERE bucket = ?3 AND until > ?1),
                EXISTS (SELECT 1 FROM holds WHERE bucket = ?3 AND until > ?1)
            FROM slots WHERE bucket = ?3 AND free_at > ?1
        """
        occupied, soonest, *others = db.execute(query, (now, occupied_for(allowance), bucket)).fetchone()
        if any(others) or allowance.requests - occupied <= allowance.unspaced(lane):
            return None
        self._note_grant(db, bucket, now)
        remaining = allowance.requests - occupied - 1
        reset = min(soonest or allowance.window_seconds, allowance.window_seconds)
        state = BudgetState(allowance.requests, remaining, reset, allowance.window_seconds)
        return self._grant(db, bucket, allowance, state, now)

    def _grant(
        self, db: sqlite3.Connection, bucket: str, allowance: Allowance, state: BudgetState, now: float
    ) -> Granted:
        longest = now + self._longest_flight + occupied_for(allowance)
        row = db.execute("INSERT INTO slots (bucket, free_at, is_answered) VALUES (?, ?, 0)", (bucket, longest))
        return Granted(Slot(bucket, str(row.lastrowid), allowance), state)

    def _within_learned(
        self, db: sqlite3.Connection, bucket: str, allowance: Allowance, lane: Lane, now: float
    ) -> tuple[Allowance, list[float], bool]:
        """What this lane may have, which slots are occupied of it, and whether that is less than the allowance."""
        frees = self._frees(db, bucket, allowance, now, up_to=_REFUSED)
        learned = self._learned(db, bucket, now)
        limited = allowance if learned is None else allowance.reduced_to(learned.at(now, allowance))
        is_limited = limited.requests < allowance.requests
        if not is_limited or len(frees) >= allowance.requests:
            return allowance, frees, is_limited
        ours = self._frees(db, bucket, allowance, now, up_to=_ANSWERED)
        return (allowance, frees, True) if is_asked_for_more(ours, limited, lane) else (limited, ours, True)

    def _clear_away(self, db: sqlite3.Connection, bucket: str, allowance: Allowance, now: float) -> float:
        """Forget what is over. How long the hold lasts."""
        window = occupied_for(allowance)
        db.execute("DELETE FROM slots WHERE free_at <= ?", (now,))
        db.execute("DELETE FROM holds WHERE until <= ?", (now,))
        slot_bound, hold_bound = now + self._longest_flight + window, now + LONGEST_HOLD_SECONDS
        db.execute("UPDATE slots SET free_at = ? WHERE bucket = ? AND free_at > ?", (now + window, bucket, slot_bound))
        db.execute("UPDATE holds SET until = ? WHERE bucket = ? AND until > ?", (now + window, bucket, hold_bound))
        (until,) = db.execute("SELECT max(until) FROM holds WHERE bucket = ?", (bucket,)).fetchone()
        return max(0.0, (until or 0.0) - now)

    def _frees(
        self, db: sqlite3.Connection, bucket: str, allowance: Allowance, now: float, *, up_to: int
    ) -> list[float]:
        """When occupied slots free themselves, soonest first: all, or those alone that Harvest did not refuse."""
        waits = "SELECT CASE WHEN is_answered THEN free_at - ? ELSE ? END FROM slots"
        query = f"{waits} WHERE bucket = ? AND is_answered <= ?"
        return sorted(wait for (wait,) in db.execute(query, (now, occupied_for(allowance), bucket, up_to)))

    def _note_refusal(self, db: sqlite3.Connection, bucket: str, allowance: Allowance, seconds: float) -> None:
        now = self._clock()
        hold = self._clear_away(db, bucket, allowance, now)
        until = now + min(max(hold, seconds), LONGEST_HOLD_SECONDS)
        db.execute("INSERT OR REPLACE INTO holds VALUES (?, ?)", (bucket, until))
        ours = len(self._frees(db, bucket, allowance, now, up_to=_ANSWERED))
        learned = after_refusal(self._learned(db, bucket, now), ours=ours, allowance=allowance, now=now)
        row = (bucket, learned.started, learned.requests, learned.refused_at)
        db.execute("INSERT OR REPLACE INTO learned_limits VALUES (?, ?, ?, ?)", row)

    def _learned(self, db: sqlite3.Connection, bucket: str, now: float) -> LearnedLimit | None:
        """What was learned; a moment that lies ahead is from before a reboot."""
        query = "SELECT started, requests, refused_at FROM learned_limits WHERE bucket = ? AND refused_at <= ?"
        row = db.execute(query, (bucket, now)).fetchone()
        return LearnedLimit(*row) if row else None

    def _latest_grant(self, db: sqlite3.Connection, bucket: str, bound: float) -> float:
        """Which moment the last grant counted for; what lies beyond `bound` is from before a reboot."""
        row = db.execute("SELECT latest FROM grants WHERE bucket = ?", (bucket,)).fetchone()
        return row[0] if row and row[0] <= bound else -math.inf

    def _note_grant(self, db: sqlite3.Connection, bucket: str, counts_for: float) -> None:
        db.execute("INSERT OR REPLACE INTO grants VALUES (?, ?)", (bucket, counts_for))

    def _wanted(self, db: sqlite3.Connection, bucket: str, now: float, bound: float) -> dict[int, float]:
        """Until when somebody of each lane, in whichever process, comes for the next slot."""
        rows = db.execute("SELECT lane, until FROM wanted WHERE bucket = ?", (bucket,))
        return {lane: until for lane, until in rows if now < until <= bound}

    async def _transact(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` in a transaction of its own, in turn with the other processes."""
        gives_up_at = time.monotonic() + _MAX_WAIT_SECONDS
        while True:
            try:
                return self._transact_now(work)
            except sqlite3.Error as error:
                if not _is_busy(error) or time.monotonic() > gives_up_at:
                    log.error("the pacing file %s cannot be used: %s", self._path, error)
                    if _is_damaged(error):
                        await self._begin_anew()
                    raise _unavailable(error, self._path) from error
            await asyncio.sleep(random.uniform(0.001, 0.005))  # noqa: S311

    async def _begin_anew(self) -> None:
        """A power cut can leave the file unreadable; what it counted was of a clock that is gone."""
        await self.aclose()
        for suffix in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)

    def _transact_now(self, work: Callable[[sqlite3.Connection], T]) -> T:
        db = self._open()
        db.execute("BEGIN IMMEDIATE")
        try:
            result = work(db)
            db.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                db.execute("ROLLBACK")
            raise
        return result

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self._path, isolation_level=None, timeout=0, check_same_thread=False)
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                # Waiting for the disk would stop the loop for tens of milliseconds at each checkpoint. A killed process
                # loses nothing by it, and after a power cut the windows begin anew with the clock.
                connection.execute("PRAGMA synchronous = OFF")
                connection.executescript(_SCHEMA)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection


def _for_the_more_urgent(wanted: Mapping[int, float], lane: Lane, now: float) -> float:
    """How long to leave a free slot to those of more urgent lanes who were told to come for it."""
    return min(YIELD_SECONDS, max((until - now for urgent, until in wanted.items() if urgent < lane), default=0.0))


def _unavailable(error: sqlite3.Error, path: Path) -> PacingUnavailable:
    """A file system without room may answer with an I/O error instead of saying so."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL or (code in _UNUSABLE and _is_disk_full(path)):
        words = "The bridge has no room left to count its requests to Harvest; its operator must make some."
        return PacingStorageFull(words, retry_after=30)
    return PacingUnavailable("The file that counts our requests is out of order.", retry_after=1)


def _is_disk_full(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free < _LEAST_FREE_BYTES
    except OSError:
        return False


def _is_damaged(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _is_busy(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)

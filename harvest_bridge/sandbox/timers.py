"""Starting and stopping: one running timer per person, whose time is never lost (REFERENCE §7.3, §7.4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from harvest_bridge.sandbox.account import Account
from harvest_bridge.sandbox.records import TimeEntry
from harvest_bridge.sandbox.timekeeping import ZERO, hours_at, wall_time


def run(account: Account, entry: TimeEntry, now: datetime, *, since: datetime | None = None) -> None:
    """Set `entry` running, `since` now if nothing else is said, and stop what the person had running."""
    other = account.time_entries.running_of(entry.user.id)
    if other is not None and other is not entry:
        halt(account, other, now)
    entry.timer_started_at = since or now
    entry.started_time = wall_time(entry.timer_started_at, entry.user.timezone)
    entry.ended_time = None


def halt(account: Account, entry: TimeEntry, now: datetime) -> None:
    """Stop `entry` and keep its time. Only accounts with start and end times keep the wall clock times."""
    entry.hours = hours_at(entry, now, account.company)
    if account.company.wants_timestamp_timers:
        entry.ended_time = wall_time(now, entry.user.timezone)
    else:
        entry.started_time = None
    entry.timer_started_at = None
    entry.updated_at = now.replace(microsecond=0)
    account.time_entries.touch(entry)


def resume(account: Account, entry: TimeEntry, now: datetime) -> TimeEntry:
    """Duration mode: the same entry runs on. Timestamp mode: a new one, on the original day (REFERENCE §7.4)."""
    stamp = now.replace(microsecond=0)
    if not account.company.wants_timestamp_timers:
        run(account, entry, now)
        entry.updated_at = stamp
        account.time_entries.touch(entry)
        return entry
    fresh = replace(
        entry,
        id=account.ids.next("time_entries"),
        hours=ZERO,
        approval_status="unsubmitted",
        created_at=stamp,
        updated_at=stamp,
    )
    run(account, fresh, now)
    return account.time_entries.add(fresh)

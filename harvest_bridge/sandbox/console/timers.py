"""The timers that run now, in every account."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from harvest_bridge.sandbox.account import Account
from harvest_bridge.sandbox.records import TimeEntry
from harvest_bridge.sandbox.shapes.time import service_of
from harvest_bridge.sandbox.text import stopwatch_text
from harvest_bridge.sandbox.timezones import zone_for
from harvest_bridge.sandbox.world import World


def running_timers(world: World) -> dict[str, Any]:
    now = world.clock.now()
    return {
        "timers": [
            timer_row(account, entry, now) for account in world.accounts.values() for entry in account.time_entries.running()
        ]
    }


def timer_row(account: Account, entry: TimeEntry, now: datetime) -> dict[str, Any]:
    """Units: `seconds` is the whole time on the entry, earlier runs included. Started reads in the owner's zone."""
    started = entry.timer_started_at or now
    seconds = max(0, int(entry.hours * 3600 + int((now - started).total_seconds())))
    permalink = entry.external_reference.permalink if entry.external_reference else None
    return {
        "id": entry.id,
        "person": entry.user.name,
        "timesheet": f"/timesheet/{account.id}/{entry.user.id}?day={entry.spent_date}",
        "account": account.name,
        "project": entry.project.name,
        "client": entry.project.client.name,
        "task": entry.task.name,
        "notes": entry.notes,
        "started": f"{started.astimezone(zone_for(entry.user.timezone)):%H:%M}",
        "seconds": seconds,
        "elapsed": stopwatch_text(seconds),
        "permalink": permalink if permalink and permalink.startswith(("http://", "https://")) else None,
        "service": service_of(permalink),
    }

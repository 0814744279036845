"""What runs, where Harvest's list of that may be some seconds behind: what clicks did just now is read by its id."""

from __future__ import annotations

from harvest_bridge.harvest.records import TimeEntry

from .attempt import Attempt
from .entry_creation import entry_or_none


def running_now(attempt: Attempt, listed: TimeEntry | None) -> TimeEntry | None:
    """What runs, given what Harvest lists: the same without a read, where the clicks of the last seconds agree.

    What else was listed of those clicks' entries, and is not as they left it, is read again by whoever needs it.
    Errors: the HarvestError tree.
    """
    done = attempt.last_clicks
    attempt.forget_unless(done.left)
    if done.begun is not None and (listed is None or listed.id != done.begun):
        entry = entry_or_none(attempt, done.begun)
        if entry is not None and entry.is_running:
            return entry
    if listed is not None and listed.id in done.ended:
        entry = entry_or_none(attempt, listed.id)
        return entry if entry is not None and entry.is_running else None
    return listed

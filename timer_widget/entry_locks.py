"""Why an entry can no longer be changed (REFERENCE §7.7). Pure."""

from __future__ import annotations

from harvest_bridge.harvest.records import TimeEntry


def lock_of(entry: TimeEntry) -> dict[str, str] | None:
    """`{"reason", "message"}`: invoiced, approved, archived or locked, with Harvest's own sentence; None if open.

    An administrator may still change a part of a locked entry, but Harvest drops the rest without a word: the timer
    therefore leaves all of them alone.
    """
    text = entry.locked_reason or ""
    if entry.is_billed or "invoiced" in text.lower():
        return {"reason": "invoiced", "message": text or "This time has been invoiced."}
    if entry.is_closed or entry.approval_status == "approved" or "approved" in text.lower():
        return {"reason": "approved", "message": text or "This time has been approved."}
    if entry.is_locked:
        is_archived = "archived" in text.lower()
        return {"reason": "archived" if is_archived else "locked", "message": text or "This time is locked."}
    return None

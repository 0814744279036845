"""When an entry can no longer be changed freely, and what Harvest says about it (REFERENCE §7.7)."""

from __future__ import annotations

from harvest_bridge.sandbox.records import TimeEntry


def lock_reason(entry: TimeEntry) -> str | None:
    approved = entry.approval_status == "approved"
    if entry.is_billed:
        middle = "Invoiced and Approved" if approved else "Invoiced"
        return f"Item {middle} and Locked for this Time Period"
    if approved:
        return "Item Approved and Locked for this Time Period"
    return _archived(entry)


def _archived(entry: TimeEntry) -> str | None:
    for word, is_active in (
        ("Client", entry.project.client.is_active),
        ("Project", entry.project.is_active),
        ("Task", entry.task.is_active and entry.task_assignment.is_active),
        ("Person", entry.user.is_active),
    ):
        if not is_active:
            return f"{word} is archived"
    return None

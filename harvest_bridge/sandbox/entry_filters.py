"""Which time entries a list asks for (REFERENCE §8.11)."""

from __future__ import annotations

from collections.abc import Sequence

from harvest_bridge.sandbox.call import Call, in_order
from harvest_bridge.sandbox.entries import latest_day_first
from harvest_bridge.sandbox.filters import bool_filter, int_filter, updated_since
from harvest_bridge.sandbox.records import TimeEntry
from harvest_bridge.sandbox.tracked_filters import tracked_filters


def filtered_entries(call: Call) -> Sequence[TimeEntry]:
    """What the caller may see and asked for, latest day first."""
    rows: Sequence[TimeEntry] = _candidates(call)
    if not call.rights.is_administrator:
        rows = [entry for entry in rows if call.rights.sees(entry)]
    task_id, is_running = int_filter(call.query, "task_id"), bool_filter(call.query, "is_running")
    if task_id is not None:
        rows = [entry for entry in rows if entry.task.id == task_id]
    if is_running is not None:
        rows = [entry for entry in rows if entry.is_running is is_running]
    return updated_since(tracked_filters(rows, call.query), call.query)


def _candidates(call: Call) -> list[TimeEntry]:
    """The narrowest index that surely holds all the answers; everything, if none does."""
    entries = call.account.time_entries
    reference, user_id = call.query.get("external_reference_id"), int_filter(call.query, "user_id")
    if reference:
        return in_order(entries.of_reference(reference), latest_day_first)
    if bool_filter(call.query, "is_running"):
        return in_order(entries.running(), latest_day_first)
    if user_id is not None:
        return in_order(entries.of_user(user_id), latest_day_first)
    return entries.rows()

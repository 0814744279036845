"""Which time entries a list asks for (REFERENCE §8.11)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence

from harvest_bridge.sandbox.call import Call, in_order
from harvest_bridge.sandbox.entries import latest_day_first
from harvest_bridge.sandbox.filters import bool_filter, date_filter, int_filter, updated_since
from harvest_bridge.sandbox.records import TimeEntry

NUMBERS: dict[str, Callable[[TimeEntry], int]] = {
    "user_id": lambda entry: entry.user.id,
    "client_id": lambda entry: entry.project.client.id,
    "project_id": lambda entry: entry.project.id,
    "task_id": lambda entry: entry.task.id,
}
FLAGS: dict[str, Callable[[TimeEntry], bool]] = {
    "is_billed": lambda entry: entry.is_billed,
    "is_running": lambda entry: entry.is_running,
}


def filtered_entries(call: Call) -> Sequence[TimeEntry]:
    """What the caller may see and asked for, latest day first."""
    rows = _between(call, _candidates(call))
    if not call.rights.is_administrator:
        rows = [entry for entry in rows if call.rights.sees_entry(entry)]
    for name, number_of in NUMBERS.items():
        wanted = int_filter(call.query, name)
        if wanted is not None:
            rows = [entry for entry in rows if number_of(entry) == wanted]
    for name, flag_of in FLAGS.items():
        flag = bool_filter(call.query, name)
        if flag is not None:
            rows = [entry for entry in rows if flag_of(entry) is flag]
    status = call.query.get("approval_status")
    if status:
        rows = [entry for entry in rows if entry.approval_status == status]
    return updated_since(rows, call.query)


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


def _between(call: Call, rows: Sequence[TimeEntry]) -> Sequence[TimeEntry]:
    """`from` and `to` are days worked, both included; the rows stand latest first."""
    first, last = date_filter(call.query, "from"), date_filter(call.query, "to")
    start = bisect_left(rows, -last.toordinal(), key=_day) if last else 0
    end = bisect_right(rows, -first.toordinal(), key=_day) if first else len(rows)
    return rows if first is last is None else rows[start:end]


def _day(entry: TimeEntry) -> int:
    return -entry.spent_date.toordinal()

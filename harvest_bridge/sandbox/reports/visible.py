"""What a report counts: the same entries and expenses that the caller would see in the lists."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from harvest_bridge.sandbox.call import Call
from harvest_bridge.sandbox.records import Expense, TimeEntry
from harvest_bridge.sandbox.reports.period import Period


def visible_entries(call: Call, period: Period) -> list[TimeEntry]:
    rows = call.account.time_entries.rows()
    start = bisect_left(rows, -period.last.toordinal(), key=_day)
    end = bisect_right(rows, -period.first.toordinal(), key=_day)
    return [entry for entry in rows[start:end] if call.rights.sees(entry)]


def visible_expenses(call: Call, period: Period) -> list[Expense]:
    return [one for one in call.account.expenses if period.covers(one.spent_date) and call.rights.sees(one)]


def _day(entry: TimeEntry) -> int:
    return -entry.spent_date.toordinal()

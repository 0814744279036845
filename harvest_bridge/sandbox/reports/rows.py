"""What a report counts and how it writes it: the entries and expenses that the caller would see in the lists."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Any

from harvest_bridge.sandbox.call import Answer, Call
from harvest_bridge.sandbox.invoice_lines import display_name
from harvest_bridge.sandbox.records import Client, Expense, Project, TimeEntry
from harvest_bridge.sandbox.reports.period import Period


def visible_entries(call: Call, period: Period) -> list[TimeEntry]:
    rows = call.account.time_entries.rows()
    start = bisect_left(rows, -period.last.toordinal(), key=_day)
    end = bisect_right(rows, -period.first.toordinal(), key=_day)
    return [entry for entry in rows[start:end] if call.rights.sees(entry)]


def visible_expenses(call: Call, period: Period) -> list[Expense]:
    return [one for one in call.account.expenses if period.covers(one.spent_date) and call.rights.sees(one)]


def client_columns(client: Client) -> dict[str, Any]:
    return {"client_id": client.id, "client_name": client.name}


def project_columns(project: Project) -> dict[str, Any]:
    """Time and expense reports put the code in front: `[MW] Marketing Website`."""
    return {"project_id": project.id, "project_name": display_name(project)}


def report_listing(call: Call, rows: list[dict[str, Any]], *, by_name: bool = True) -> Answer:
    """Rows by name, as documented; every report calls them `results`."""
    if by_name:
        rows = sorted(rows, key=lambda row: (_name(row).lower(), row.get("currency") or ""))
    return call.listing("results", rows, lambda row: row, takes_cursor=False)


def _day(entry: TimeEntry) -> int:
    return -entry.spent_date.toordinal()


def _name(row: dict[str, Any]) -> str:
    """The first column that is a name."""
    return next(str(value) for column, value in row.items() if column.endswith("_name"))

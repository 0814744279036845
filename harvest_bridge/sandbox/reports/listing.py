from __future__ import annotations

from typing import Any

from harvest_bridge.sandbox.call import Answer, Call


def report_listing(call: Call, rows: list[dict[str, Any]], *, by_name: bool = True) -> Answer:
    """Rows by name, as documented; every report calls them `results`."""
    if by_name:
        rows = sorted(rows, key=lambda row: (_name(row).lower(), row.get("currency") or ""))
    return call.listing("results", rows, lambda row: row, takes_cursor=False)


def _name(row: dict[str, Any]) -> str:
    """The first column that is a name."""
    return next(str(value) for column, value in row.items() if column.endswith("_name"))

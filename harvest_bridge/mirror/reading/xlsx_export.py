"""XLSX through XlsxWriter, which keeps one row in memory and the rest in a file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from harvest_bridge.mirror.errors import TooManyRows

from .export_rows import Row, Table
from .table_columns import Type

# Of the format itself, the row of names included.
MOST_ROWS = 1_048_576
MOST_CHARACTERS = 32_767
_LONGEST_NUMBER = 2**53


def require_fitting(count: int, resource: str) -> None:
    """Errors: TooManyRows."""
    if count >= MOST_ROWS:
        raise TooManyRows(
            f"format: an XLSX sheet holds {MOST_ROWS - 1:,} rows, and these are {count:,} of {resource}. "
            "Ask for a shorter range with `from` and `to` or other filters, or for format=csv, which has no such limit."
        )


def write_xlsx(path: Path, resource: str, table: Table, batches: Iterable[list[Row]]) -> None:
    """Errors: TooManyRows for a text that no cell can hold."""
    options = {"constant_memory": True, "tmpdir": str(path.parent), "default_date_format": "yyyy-mm-dd"}
    columns = table.columns
    import xlsxwriter  # late, as few ask for it

    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet(resource[:31])
        times = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column.name)
        number = 0
        for number, row in enumerate((row for batch in batches for row in batch), 1):
            require_fitting(number, resource)
            for place, (column, cell) in enumerate(zip(columns, table.cells(row), strict=True)):
                _write(sheet, number, place, _typed(cell, column.type), times, row.harvest_id)


def _typed(cell: Any, kind: Type) -> Any:
    """Days and times as such, in UTC; what does not read as one stays text."""
    if not isinstance(cell, str) or kind not in (Type.DATE, Type.MOMENT):
        return cell
    try:
        if kind is Type.DATE:
            return date.fromisoformat(cell)
        return datetime.fromisoformat(cell).astimezone(UTC).replace(tzinfo=None)
    except ValueError:
        return cell


def _write(sheet: Any, number: int, place: int, cell: Any, times: Any, record_id: int) -> None:
    """Text is always written as text: nothing in here is a formula or a link."""
    match cell:
        case None:
            return
        case bool():
            sheet.write_boolean(number, place, cell)
        case datetime():
            sheet.write_datetime(number, place, cell, times)
        case date():
            sheet.write_datetime(number, place, cell)
        case int() | Decimal() if -_LONGEST_NUMBER <= cell <= _LONGEST_NUMBER:
            sheet.write_number(number, place, cell)
        case _:
            text = str(cell)
            if len(text) > MOST_CHARACTERS:
                raise TooManyRows(
                    f"format: an XLSX cell holds {MOST_CHARACTERS:,} characters, and a text of {record_id} has "
                    f"{len(text):,}. Ask for format=csv, which has no such limit."
                )
            sheet.write_string(number, place, text)

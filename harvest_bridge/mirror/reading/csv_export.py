"""CSV as RFC 4180 has it, in UTF-8, whose cells no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from .export_rows import Row, Table

# What begins with one of these is a formula to some program (OWASP, CSV injection); the last four are their wide forms.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_parts(table: Table, batches: Iterable[list[Row]]) -> Iterator[bytes]:
    """A row of names first."""
    yield _lines([[column.name for column in table.columns]])
    for batch in batches:
        yield _lines([harmless(cell) for cell in table.cells(row)] for row in batch)


def harmless(cell: Any) -> Any:
    """Text that could be read as a formula gets an apostrophe before it; numbers are what they are."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _lines(rows: Iterable[list[Any]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()

"""A file to be downloaded, and cells that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse

from harvest_bridge.insights.payouts.models import Period
from harvest_bridge.mirror.reading.csv_export import harmless


@dataclass(frozen=True)
class File:
    """Shape: `left_out` says how many statements a payer's file does not hold, as nothing is due on them."""

    name: str
    content_type: str
    body: bytes
    left_out: int = 0

    def response(self) -> HttpResponse:
        found = HttpResponse(self.body, content_type=self.content_type)
        found["Content-Disposition"] = f'attachment; filename="{self.name}"'
        found["Cache-Control"] = "no-store"
        found["Harvest-Bridge-Left-Out"] = str(self.left_out)
        return found


def name_of(period: Period, form: str, extension: str) -> str:
    return f"payout-{period.first_day}-{period.last_day}-{form}.{extension}"


def csv_file(
    period: Period, form: str, header: Sequence[str], rows: Iterable[Sequence[Any]], left_out: int = 0
) -> File:
    """UTF-8, RFC 4180. Numbers are given as such: text that begins like a formula gets an apostrophe."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return File(name_of(period, form, "csv"), "text/csv; charset=utf-8", text.getvalue().encode(), left_out)

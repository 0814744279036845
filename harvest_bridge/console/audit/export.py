"""The audit as a file, CSV or NDJSON, row by row as it is read."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from .models import AuditEntry

COLUMNS = (
    *("id", "at", "source", "actor", "actor_id", "action", "object_type", "object_id", "detail", "address"),
    *("request_id", "host_app_id", "tenant_id", "connection_id", "uid", "signature"),
)
_BATCH = 2_000
# What a spreadsheet takes for a formula (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def as_csv(rows: QuerySet[AuditEntry]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(COLUMNS)
    for row in _values(rows):
        yield writer.writerow([harmless(row[name]) for name in COLUMNS])


def as_ndjson(rows: QuerySet[AuditEntry]) -> Iterator[str]:
    for row in _values(rows):
        yield json.dumps(row, ensure_ascii=False) + "\n"


def harmless(value: Any) -> Any:
    """Text that a spreadsheet would carry out begins with an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _values(rows: QuerySet[AuditEntry]) -> Iterator[dict[str, Any]]:
    """Oldest first; page by page, so that no connection is held between two of them."""
    last, asked = 0, rows.order_by("pk")
    while page := list(asked.filter(pk__gt=last).values(*COLUMNS)[:_BATCH]):
        for row in page:
            plain = {
                name: value if value is None or isinstance(value, int) else str(value) for name, value in row.items()
            }
            yield plain | {"at": row["at"].isoformat(timespec="microseconds")}
        last = page[-1]["id"]

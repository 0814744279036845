"""Every line of a closed period: as CSV by a documented template, as XLSX, as JSON."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from harvest_bridge.insights.money import from_micros, rounded
from harvest_bridge.insights.payouts.days import day_of
from harvest_bridge.insights.payouts.models import Line, Period, Statement
from harvest_bridge.insights.payouts.whole_periods import whole_period

from .files import File, csv_file, name_of

COLUMNS = (
    *("statement", "period_from", "period_to", "user_id", "person", "line", "kind", "resource", "entry_id"),
    *("spent_date", "client", "project", "task", "hours", "rate", "rate_of", "currency", "amount", "reason"),
    *("amount_before", "amount_after", "sha256"),
)
STATEMENT_COLUMNS = (
    *("statement", "user_id", "person", "email", "state", "hours", "currency", "amount", "closed_by", "closed_at"),
    *("payment_reference", "sha256"),
)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def plain_csv(period: Period) -> File:
    return csv_file(period, "lines", COLUMNS, _lines(period))


def whole_json(period: Period) -> File:
    text = json.dumps(whole_period(period), cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
    return File(name_of(period, "statements", "json"), "application/json", text.encode())


def xlsx(period: Period) -> File:
    """A sheet of statements, and one of lines. Text is always written as text: nothing is a formula or a link."""
    body = io.BytesIO()
    import xlsxwriter  # late, as few ask for it

    with xlsxwriter.Workbook(body, {"in_memory": True}) as book:
        _sheet(book.add_worksheet("Statements"), STATEMENT_COLUMNS, _statements(period))
        _sheet(book.add_worksheet("Lines"), COLUMNS, _lines(period))
    return File(name_of(period, "lines", "xlsx"), _XLSX, body.getvalue())


def _sheet(sheet: Any, header: tuple[str, ...], rows: Iterator[list[Any]]) -> None:
    for place, name in enumerate(header):
        sheet.write_string(0, place, name)
    for number, row in enumerate(rows, 1):
        for place, cell in enumerate(row):
            if isinstance(cell, int | Decimal):
                sheet.write_number(number, place, cell)
            elif cell is not None:
                sheet.write_string(number, place, str(cell))


def _lines(period: Period) -> Iterator[list[Any]]:
    rows = Line.objects.filter(statement__period=period).select_related("statement")
    for line in rows.order_by("statement__sequence", "number").iterator(chunk_size=2000):
        statement = line.statement
        yield [
            *(statement.sequence, str(period.first_day), str(period.last_day), statement.user_id),
            *(statement.person_name, line.number, str(line.kind), line.resource, line.harvest_id),
            *(str(day_of(line.day)), line.client_name, line.project_name, line.task_name),
            *(_maybe(line.hours_micros), _maybe(line.rate_micros), line.rate_of, line.currency),
            *(rounded(from_micros(line.amount_micros), line.currency), line.reason or None),
            *(_amount(line.before), _amount(line.after), statement.sha256),
        ]


def _statements(period: Period) -> Iterator[list[Any]]:
    for row in Statement.objects.filter(period=period):
        for total in row.totals:
            yield [
                *(row.sequence, row.user_id, row.person_name, row.person_email, str(row.state)),
                *(from_micros(row.hours_micros), total["currency"], Decimal(total["amount"]), row.closed_by),
                *(row.closed_at.isoformat(), row.payment_reference or None, row.sha256),
            ]


def _maybe(micros: int | None) -> Decimal | None:
    return None if micros is None else from_micros(micros).normalize() + 0


def _amount(standing: dict[str, Any] | None) -> Decimal | None:
    return None if standing is None else Decimal(standing["amount"])

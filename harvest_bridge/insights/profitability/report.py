"""GET /insights/profitability: one page of groups with what they earned and cost, the whole, and what is missing."""

from __future__ import annotations

from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from harvest_bridge.connections.models import Connection
from harvest_bridge.insights.coverage import Coverage, coverage_of
from harvest_bridge.insights.records.days import date_of, stretches
from harvest_bridge.insights.rounding import HoursText, ShareText, money_text

from .lines import FIGURES, Line
from .names import NONE
from .query_parameters import By, Question
from .totals import Books

_MICROS = 1_000_000
_OF_INVOICES = ("invoiced", "write_offs")


class Report:
    """Errors: MirrorRequired, StreamNotComplete, RangeNotMirrored."""

    def __init__(self, connection: Connection, question: Question) -> None:
        self.question = question
        definition = question.definition
        self.coverage: Coverage = coverage_of(
            connection, needs=definition.needs, uses=definition.uses, first_day=question.first
        )
        self.books = Books(connection, question, self.coverage)
        self._hours = HoursText()

    @property
    def lines(self) -> list[Line]:
        return self.books.lines

    @property
    def missing(self) -> dict[str, int]:
        return self.books.missing

    def serialize(self, line: Line) -> dict[str, Any]:
        is_told_apart = self.question.by not in (By.TASK, By.PERSON)
        return {
            "id": line.id,
            "name": line.name,
            **line.more,
            **self._figures(line, with_invoices=is_told_apart),
            "entries": self._entries(line),
        }

    def total(self) -> dict[str, Any]:
        return self._figures(self.books.total, with_invoices=True)

    def _figures(self, line: Line, *, with_invoices: bool) -> dict[str, Any]:
        own = self.books.account_currency
        cost = None if line.is_own_cost_unknown else line.own_cost
        return {
            "tracked_hours": self._hours[line.hours],
            "billable_hours": self._hours[line.billable_hours],
            "account_labour_cost": {"currency": own or None, "amount": money_text(cost, own)},
            "amounts": [self._amounts(line, currency, with_invoices) for currency in line.currencies()],
        }

    def _amounts(self, line: Line, currency: str, with_invoices: bool) -> dict[str, Any]:
        has_invoices = with_invoices and self.books.knows_invoices
        figures = {
            name: None if name in _OF_INVOICES and not has_invoices else line.figure(name, currency) for name in FIGURES
        }
        revenue, margin = figures["revenue"], line.margin(currency)
        hours = Fraction(line.hours_by_currency[currency], _MICROS)
        return {
            "currency": currency or None,
            **{name: money_text(amount, currency) for name, amount in figures.items()},
            "margin": money_text(margin, currency),
            "margin_share": _share(margin, revenue),
            "effective_rate": money_text(revenue / hours, currency) if revenue is not None and hours else None,
        }

    def _entries(self, line: Line) -> str | None:
        asked = self.question
        narrowed: dict[str, str] = dict(asked.filters())
        match asked.by:
            case By.MONTH:
                pass
            case _ if line.id == NONE:
                return None
            case By.PROJECT:
                narrowed["project_id"] = line.id
            case By.CLIENT:
                narrowed["client_id"] = line.id
            case By.TASK:
                narrowed["task_id"] = line.id
            case By.PERSON:
                narrowed["user_id"] = line.id
        first, last = self._days(line)
        return "/insights/entries?" + urlencode({"from": first, "to": last, **narrowed})

    def _days(self, line: Line) -> tuple[str, str]:
        asked = self.question
        if asked.by is not By.MONTH:
            return asked.first.isoformat(), asked.last.isoformat()
        months = stretches(asked.first, asked.last, "month")
        mine = next(one for one in months if f"{date_of(one.first):%Y-%m}" == line.id)
        return date_of(mine.first).isoformat(), date_of(mine.last).isoformat()


def _share(part: Fraction | None, whole: Fraction | None) -> str | None:
    if part is None or whole is None or whole <= 0:
        return None
    share = part / whole
    return ShareText()[share.numerator, share.denominator]

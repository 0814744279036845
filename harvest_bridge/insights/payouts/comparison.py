"""The period before, person by person: hours, sums and the hours of each project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from harvest_bridge.insights.money import from_micros, plain

from .models import CLOSED_STATES, Period, Statement


@dataclass(frozen=True)
class Compared:
    statement: Statement
    period: Period

    def serialize(self) -> dict[str, Any]:
        return {
            "period_id": str(self.period.pk),
            "from": self.period.first_day.isoformat(),
            "to": self.period.last_day.isoformat(),
            "hours": plain(from_micros(self.statement.hours_micros)),
            "totals": self.statement.totals,
        }


def last_statements(period: Period) -> dict[int, Compared]:
    """Of the closed period that ended last before this one began, by person."""
    rows = Period.objects.filter(connection=period.connection_id, state__in=CLOSED_STATES)
    before = rows.filter(last_day__lt=period.first_day).order_by("-last_day", "-close_number").first()
    if before is None:
        return {}
    return {one.user_id: Compared(one, before) for one in Statement.objects.filter(period=before)}

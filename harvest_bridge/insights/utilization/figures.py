"""The figures of one group in one stretch of days, as whole numbers that can be added up; shares come last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from harvest_bridge.insights.rounding import HoursText, ShareText

from .bands import Limits
from .definitions import Method, Share


class Figures(NamedTuple):
    """Units: millionths of an hour; `goal` is Σ capacity × target in ten-thousandths of these.

    `gross` is capacity by the working pattern, `net` without public holidays, `off` what absence takes of it. `idle_…`
    is time of people without capacity, which is in the sums above and in no share.
    """

    tracked: int = 0
    billable: int = 0
    absence: int = 0
    billable_absence: int = 0
    gross: int = 0
    net: int = 0
    off: int = 0
    goal: int = 0
    idle_tracked: int = 0
    idle_billable: int = 0
    idle_absence: int = 0
    idle_billable_absence: int = 0


def added(rows: list[Figures]) -> Figures:
    """Columns are summed; an order of rows makes no difference."""
    return Figures(*map(sum, zip(*rows, strict=True))) if rows else Figures()


@dataclass
class Shown:
    """Turns figures into what goes on the wire, for one definition; remembers texts that it wrote."""

    method: Method
    limits: Limits

    def __post_init__(self) -> None:
        self._hours, self._shares = HoursText(), ShareText()

    def figures(self, one: Figures) -> dict[str, Any]:
        method, hours, shares = self.method, self._hours, self._shares
        worked, billable = one.tracked - one.absence, one.billable - one.billable_absence
        capacity = (one.net if method.less_holidays else one.gross) - (one.off if method.less_absence else 0)
        if method.with_absence:
            total, paid = one.tracked - one.idle_tracked, one.billable - one.idle_billable
        else:
            total = worked - one.idle_tracked + one.idle_absence
            paid = billable - one.idle_billable + one.idle_billable_absence
        base = one.tracked - one.idle_tracked if method.of_tracked else capacity
        goal_base = one.net if method.less_holidays else one.gross
        headline = total if method.share is Share.TOTAL else paid
        return {
            "tracked_hours": hours[one.tracked],
            "absence_hours": hours[one.absence],
            "worked_hours": hours[worked],
            "billable_hours": hours[billable],
            "non_billable_hours": hours[worked - billable],
            "capacity_hours": hours[capacity],
            "utilization": shares[headline, base],
            "total_utilization": shares[total, base],
            "billable_utilization": shares[paid, base],
            "non_billable_utilization": shares[total - paid, base],
            "target": shares[one.goal, goal_base * 10_000],
            "band": self.limits.band(headline, base, one.goal, goal_base),
        }

    def explained(self, one: Figures) -> dict[str, Any]:
        """Where the capacity comes from, beside the figures."""
        return {
            **self.figures(one),
            "gross_capacity_hours": self._hours[one.gross],
            "holiday_hours": self._hours[one.gross - one.net],
            "absence_from_capacity_hours": self._hours[one.off],
            "hours_without_capacity": self._hours[one.idle_tracked],
        }

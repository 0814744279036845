"""The figures of one group in one stretch of days, as whole numbers that can be added up; shares come last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from harvest_bridge.insights.rounding import HoursText, ShareText

from .bands import Limits
from .definitions import Method, Share


class Room(NamedTuple):
    """Capacity in one stretch of days.

    Units: millionths of an hour; `goal` is Σ capacity × target in ten-thousandths of these. `gross` is by the working
    pattern, `net` without public holidays, `off` what absence takes of it.
    """

    gross: int = 0
    net: int = 0
    off: int = 0
    goal: int = 0


class Figures(NamedTuple):
    """Units as in `Room`, whose four numbers are among them. `idle_…` is time of people without capacity, which is in
    the sums above and in no share."""

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


Cells = Sequence[Figures]


def added(rows: Cells) -> Figures:
    """Columns are summed; an order of rows makes no difference."""
    return Figures(*map(sum, zip(*rows, strict=True))) if rows else Figures()


class _Measured(NamedTuple):
    """What follows from capacity alone. `base` is what hours are divided by, `goal_base` what the target is of."""

    hours: str
    base: int
    goal_base: int
    target: str | None


class FigureSerializer:
    """Turns figures into what goes on the wire, for one definition; remembers texts that it wrote."""

    def __init__(self, method: Method, limits: Limits) -> None:
        self.method, self.limits = method, limits
        self._hours, self._shares = HoursText(), ShareText()
        self._measured: dict[tuple[int, ...], _Measured] = {}

    def figures(self, one: Figures) -> dict[str, Any]:
        method, hours, shares = self.method, self._hours, self._shares
        tracked, billable, absence, billable_absence, *rest = one
        room = tuple(rest[:4])
        measured = self._measured.get(room)
        if measured is None:
            measured = self._measured[room] = self._measure(*room)
        worked, paid_work = tracked - absence, billable - billable_absence
        total, paid = (tracked, billable) if method.with_absence else (worked, paid_work)
        base = tracked if method.of_tracked else measured.base
        if rest[4] or rest[6]:
            total, paid, base = self._without_idle(total, paid, base, one)
        headline = total if method.share is Share.TOTAL else paid
        total_share, paid_share = shares[total, base], shares[paid, base]
        return {
            "tracked_hours": hours[tracked],
            "absence_hours": hours[absence],
            "worked_hours": hours[worked],
            "billable_hours": hours[paid_work],
            "non_billable_hours": hours[worked - paid_work],
            "capacity_hours": measured.hours,
            "utilization": total_share if method.share is Share.TOTAL else paid_share,
            "total_utilization": total_share,
            "billable_utilization": paid_share,
            "non_billable_utilization": shares[total - paid, base],
            "target": measured.target,
            "band": self.limits.band(headline, base, rest[3], measured.goal_base),
        }

    def _measure(self, gross: int, net: int, off: int, goal: int) -> _Measured:
        goal_base = net if self.method.less_holidays else gross
        base = goal_base - (off if self.method.less_absence else 0)
        return _Measured(self._hours[base], base, goal_base, self._shares[goal, goal_base * 10_000])

    def _without_idle(self, total: int, paid: int, base: int, one: Figures) -> tuple[int, int, int]:
        """Shares leave out the time of people who have no capacity."""
        if self.method.with_absence:
            idle, idle_paid = one.idle_tracked, one.idle_billable
        else:
            idle = one.idle_tracked - one.idle_absence
            idle_paid = one.idle_billable - one.idle_billable_absence
        return total - idle, paid - idle_paid, base - (one.idle_tracked if self.method.of_tracked else 0)

    def explained(self, one: Figures) -> dict[str, Any]:
        """Where the capacity comes from, beside the figures."""
        return {
            **self.figures(one),
            "gross_capacity_hours": self._hours[one.gross],
            "holiday_hours": self._hours[one.gross - one.net],
            "absence_from_capacity_hours": self._hours[one.off],
            "hours_without_capacity": self._hours[one.idle_tracked],
        }

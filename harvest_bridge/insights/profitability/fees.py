"""What a fixed fee earns in a stretch of days."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from harvest_bridge.insights.records.days import day_number
from harvest_bridge.insights.records.projects import Project


@dataclass(frozen=True, slots=True)
class Piece:
    """An amount that was earned from `first` to `last`, both included; None is unknown."""

    first: int
    last: int
    amount: Fraction | None


def spread(project: Project, first: int, last: int) -> Fraction | None:
    """Fee ÷ calendar days of the project × its days from `first` to `last`. None without a fee, start or end.

    Source: Harvest's help centre on the profitability report (REFERENCE §16.2).
    """
    if project.fee is None or project.starts_on is None or project.ends_on is None:
        return None
    starts, ends = day_number(project.starts_on), day_number(project.ends_on)
    if ends < starts:
        return None
    days = max(0, min(last, ends) - max(first, starts) + 1)
    return Fraction(project.fee) * days / (ends - starts + 1)


def earned(project: Project, budget: Fraction | None, before: Fraction, during: Fraction) -> Fraction | None:
    """The fee's part that the work of a stretch has of the budget, after the work before it, never beyond the fee."""
    if project.fee is None or not budget:
        return None
    share = min(Fraction(1), (before + during) / budget) - min(Fraction(1), before / budget)
    return Fraction(project.fee) * share

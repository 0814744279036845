"""What is left of the fullest budgets, week by week, and when they run out at the pace of the last four weeks."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import Any

from harvest_bridge.connections.models import Connection
from harvest_bridge.insights.budgets.definitions import BUDGETED
from harvest_bridge.insights.budgets.report import Budget, Budgets
from harvest_bridge.insights.budgets.spending import EVER, spent_between
from harvest_bridge.insights.envelope import answer
from harvest_bridge.insights.records.days import date_of, day_number

from .plot import Cell, Plot, dumped, options

PROJECTS, PAST_WEEKS, COMING_WEEKS = 6, 12, 8
_SAYS = "{over} of {budgets} active budgets are used up. Dashed: at the pace of the last four weeks."
_HUES = ("primary-500", "blue-500", "green-600", "red-500", "orange-300", "base-500")


def burn_down(connection: Connection, *, now: datetime) -> Plot:
    """In percent of each budget, as budgets differ in kind. Monthly ones are left out. Errors: those of the report."""
    budgets = Budgets(connection, now=now)
    every = [one for one in budgets.all(is_active=True) if one.budget and one.left is not None]
    lasting = sorted((one for one in every if not one.project.budget_is_monthly), key=_nearest)[:PROJECTS]
    today = day_number(budgets.today)
    weeks = [today + 7 * number for number in range(-PAST_WEEKS, COMING_WEEKS + 1)]
    over = sum(one.left is not None and one.left <= 0 for one in every)
    facts = {"over": over, "budgets": len(every)}
    return Plot(
        name="budgets",
        title="Budgets left, in percent, with forecast",
        says="{over} of {budgets} active budgets are used up. Dashed: at the pace of the last four weeks.".format(
            **facts
        ),
        kind="line",
        data=dumped(
            {
                "labels": [f"{date_of(day):%d %b}" for day in weeks],
                "datasets": [
                    each
                    for number, one in enumerate(lasting)
                    for each in _lines(one, _left(budgets, one, weeks, today), f"var(--color-{_HUES[number]})")
                ],
            }
        ),
        options=options(legend=False, y={"suggestedMin": 0}),
        height=320,
        key=[(one.project.name, _HUES[number]) for number, one in enumerate(lasting)],
        headers=["Project", "Budget", "Spent", "Left", "A week", "Runs out on"],
        rows=[_row(budgets.serialize(one)) for one in sorted(every, key=_fullest)],
        facts=facts,
        days=[date_of(day) for day in weeks],
        stands_on=answer(budgets.coverage, BUDGETED, {}, missing=budgets.missing),
    )


def _fullest(one: Budget) -> tuple[Fraction, int]:
    return (one.left or Fraction(0)) / (one.budget or Fraction(1)), one.project.id


def _nearest(one: Budget) -> tuple[bool, Fraction, int]:
    """What runs out next before what is used up, and of that the latest first."""
    share, number = _fullest(one)
    return share <= 0, abs(share), number


def _left(budgets: Budgets, one: Budget, weeks: list[int], today: int) -> list[float | None]:
    """Percent of the budget at the end of each of these days, up to today."""
    project = {one.project.id: one.project}
    found: list[float | None] = []
    for day in weeks:
        if day > today:
            found.append(None)
            continue
        spent = spent_between(budgets.mirror, project, EVER, day, [one.project.id])[one.project.id].amount
        found.append(_percent(one, (one.budget or Fraction(0)) - spent))
    return found


def _lines(one: Budget, left: list[float | None], color: str) -> list[dict[str, Any]]:
    past = [value for value in left if value is not None]
    burn = _percent(one, (one.burnt or Fraction(0)) / 4)
    ahead: list[float | None] = [None] * (len(past) - 1)
    ahead += [round(past[-1] - burn * week, 2) for week in range(len(left) - len(past) + 1)]
    shared = {"borderColor": color, "backgroundColor": color, "borderWidth": 2, "pointRadius": 0, "tension": 0}
    return [
        {"label": one.project.name, "data": left, **shared},
        {"label": f"{one.project.name}, forecast", "data": ahead, "borderDash": [5, 4], **shared},
    ]


def _percent(one: Budget, amount: Fraction) -> float:
    return round(float(amount / (one.budget or Fraction(1))) * 100, 2)


def _row(shown: dict[str, Any]) -> list[Cell]:
    unit = shown["currency"] or "h"
    is_over = str(shown["left"]).startswith("-")
    texts = [f"{shown[name]} {unit}" for name in ("budget", "spent", "left", "burn_per_week")]
    out = shown["runs_out_on"]
    is_used_up = is_over or not shown["left"].strip("0.")
    return [
        Cell(shown["project_name"]),
        *map(Cell, texts[:2]),
        Cell(texts[2], "loss" if is_over else ""),
        Cell(texts[3]),
        Cell("used up" if is_used_up else out.isoformat() if out else "never at this pace"),
    ]

"""What was spent of budgets: since ever, this month, and in the last four weeks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Sum

from harvest_bridge.insights.records.projects import Project
from harvest_bridge.insights.records.time_sums import Asked, sums
from harvest_bridge.mirror.models import Expense, Mirror

from .kinds import is_in_money, with_expenses

_MICROS = 1_000_000
EVER = 0  # 1970-01-01: nothing in Harvest is older


@dataclass(slots=True)
class Spent:
    """Units: hours, or money in the client's currency; exact. `without_rate` counts entries whose fee is unknown."""

    amount: Fraction = Fraction(0)
    without_rate: int = 0


def spent_between(
    mirror: Mirror, projects: Mapping[int, Project], first: int, last: int, only: Collection[int]
) -> dict[int, Spent]:
    """By project, of those in `only`: budgeted rounded hours, or their fees, and expenses where they count."""
    found: dict[int, Spent] = defaultdict(Spent)
    if not only:
        return found
    for one in sums(Asked(mirror, first, last, list(only), only_budgeted=True)):
        project, spent = projects[one.project_id], found[one.project_id]
        if not is_in_money(project):
            spent.amount += Fraction(one.rounded, _MICROS)
        elif one.is_billable:
            spent.amount += one.value
            spent.without_rate += one.without_billable_rate if project.bill_by != "none" else 0
    for project_id, amount in _expenses(mirror, projects, first, last, only):
        found[project_id].amount += amount
    return found


def _expenses(
    mirror: Mirror, projects: Mapping[int, Project], first: int, last: int, only: Collection[int]
) -> list[tuple[int, Fraction]]:
    wanted = [one for one in only if with_expenses(projects[one])]
    rows = Expense.objects.filter(mirror=mirror, project_id__in=wanted, day__gte=first, day__lte=last).order_by()
    totals = rows.values_list("project_id").annotate(total=Sum("total_cost_micros"))
    return [(project_id, Fraction(int(total), _MICROS)) for project_id, total in totals]

"""What of billing, rates and budgets fits together (REFERENCE §8.8): Harvest drops without a word what does not."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Any

from .plan import Problem

Json = dict[str, Any]

HOURS, FEES = ("project", "task", "person"), ("project_cost", "task_fees")
# field of the project -> the field that decides whether Harvest keeps it, and the values for which it does
_TAKES = {
    "fee": ("is_fixed_fee", (True,)),
    "hourly_rate": ("bill_by", ("Project",)),
    "budget": ("budget_by", ("project",)),
    "cost_budget": ("budget_by", ("project_cost",)),
    "cost_budget_include_expenses": ("budget_by", ("project_cost",)),
    "budget_is_monthly": ("budget_by", (*HOURS, *FEES)),
    "notify_when_over_budget": ("budget_by", (*HOURS, *FEES)),
}
_BY_BUDGET = {"tasks": ("task", "task_fees"), "people": ("person",)}


def problems_of(project: Json, tasks: list[Json], people: list[Json], *, given: Set[str]) -> Iterator[Problem]:
    """`project` has every field of money, as it will be; `given` are those that the deal names.

    What Harvest holds besides, such as the rate of before, it drops itself where the deal changes the billing.
    """
    yield from _billing(project)
    yield from _useless({name: value for name, value in project.items() if name in given or name not in _TAKES})
    yield from _of_parts(project, "tasks", tasks, "Tasks")
    yield from _of_parts(project, "people", people, "People")


def _billing(project: Json) -> Iterator[Problem]:
    if project["is_fixed_fee"] and not project["is_billable"]:
        yield _misfit("is_fixed_fee", "a project with a fixed fee is billable", "set project.is_billable")
    if project["bill_by"] != "none" and not project["is_billable"]:
        yield _misfit("bill_by", "a project that is not billable is billed by nothing", "set bill_by to none")
    if project["budget_by"] in FEES and (project["bill_by"] == "none" or not project["is_billable"]):
        yield _misfit(
            "budget_by",
            f"a budget of fees ({project['budget_by']}) counts billable rates, and bill_by is {project['bill_by']}",
            "choose bill_by Project, Tasks or People, or a budget of hours",
        )
    if project["budget_by"] == "project_cost" and project["show_budget_to_all"]:
        yield _misfit("show_budget_to_all", "a budget of total fees is not shown to everybody", "leave it out")
    if project.get("starts_on") and project.get("ends_on") and project["ends_on"] < project["starts_on"]:
        yield Problem("dates_reversed", "project.ends_on", "project.ends_on: is before project.starts_on.")


def _useless(project: Json) -> Iterator[Problem]:
    for name, (decides, values) in _TAKES.items():
        if project.get(name) not in (None, False) and project[decides] not in values:
            wanted = " or ".join(str(value).lower() if value is True else str(value) for value in values)
            yield _misfit(name, f"needs project.{decides} {wanted}, which is {_text(project[decides])}", "change one")


def _of_parts(project: Json, part: str, rows: list[Json], bill_by: str) -> Iterator[Problem]:
    for place, row in enumerate(rows):
        if row.get("hourly_rate") is not None and project["bill_by"] != bill_by:
            text = f"needs project.bill_by {bill_by}, which is {project['bill_by']}"
            yield _misfit(f"{part}[{place}].hourly_rate", text, "change one", prefix="")
        if row.get("budget") is not None and project["budget_by"] not in _BY_BUDGET[part]:
            text = f"needs project.budget_by {' or '.join(_BY_BUDGET[part])}, which is {project['budget_by']}"
            yield _misfit(f"{part}[{place}].budget", text, "change one", prefix="")


def _misfit(name: str, text: str, remedy: str, prefix: str = "project.") -> Problem:
    field = f"{prefix}{name}"
    code = "budget_does_not_fit" if "budget" in name else "billing_does_not_fit"
    return Problem(code, field, f"{field}: {text}; {remedy}.")


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

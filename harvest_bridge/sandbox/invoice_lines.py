"""How tracked time and expenses read as lines of an invoice (REFERENCE §8.13, after the documented samples)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from harvest_bridge.sandbox.account import Account
from harvest_bridge.sandbox.billing import billable_rate
from harvest_bridge.sandbox.records import Company, Expense, LineItem, Project, TimeEntry
from harvest_bridge.sandbox.shapes.time import wall_clock
from harvest_bridge.sandbox.timekeeping import rounded

T = TypeVar("T", TimeEntry, Expense)
ZERO = Decimal(0)

TIME_SUBJECTS: dict[str, Callable[[TimeEntry], str]] = {
    "project": lambda entry: display_name(entry.project),
    "task": lambda entry: f"{display_name(entry.project)}: {entry.task.name}",
    "people": lambda entry: f"{display_name(entry.project)}: {entry.user.name}",
}
EXPENSE_SUBJECTS: dict[str, Callable[[Expense], str]] = {
    "project": lambda expense: display_name(expense.project),
    "category": lambda expense: f"{display_name(expense.project)}: {expense.expense_category.name}",
    "people": lambda expense: f"{display_name(expense.project)}: {expense.user.name}",
}
DETAILED = "detailed"


def time_lines(account: Account, summary: str, entries: list[TimeEntry]) -> list[LineItem]:
    """One line per subject and rate; `detailed` one per entry. Quantities are rounded hours."""
    company, kind = account.company, _category(account, "use_as_service", "Service")

    def key(entry: TimeEntry) -> Any:
        return entry.id if summary == DETAILED else (TIME_SUBJECTS[summary](entry), billable_rate(entry))

    return [
        LineItem(
            id=account.ids.next("invoice_line_items"),
            kind=kind,
            description=_time_text(summary, members, company),
            quantity=sum((rounded(entry.hours, company) for entry in members), ZERO),
            unit_price=billable_rate(members[0]) or ZERO,
            project=members[0].project,
        )
        for members in _grouped(entries, key)
    ]


def expense_lines(account: Account, summary: str, expenses: list[Expense]) -> list[LineItem]:
    """One line per subject; `detailed` one per expense."""
    company, kind = account.company, _category(account, "use_as_expense", "Product")

    def key(expense: Expense) -> Any:
        return expense.id if summary == DETAILED else (expense.project, EXPENSE_SUBJECTS[summary](expense))

    return [
        LineItem(
            id=account.ids.next("invoice_line_items"),
            kind=kind,
            description=_expense_text(summary, members, company),
            unit_price=sum((expense.total_cost for expense in members), ZERO),
            project=members[0].project,
        )
        for members in _grouped(expenses, key)
    ]


def display_name(project: Project) -> str:
    """With its code in front: `[MW] Marketing Website`."""
    return f"[{project.code}] {project.name}" if project.code else project.name


def _grouped(tracked: Iterable[T], key: Callable[[T], Any]) -> Iterable[list[T]]:
    groups: defaultdict[Any, list[T]] = defaultdict(list)
    for one in tracked:
        groups[key(one)].append(one)
    return groups.values()


def _category(account: Account, purpose: str, default: str) -> str:
    return next((one.name for one in account.invoice_item_categories if getattr(one, purpose)), default)


def _time_text(summary: str, members: list[TimeEntry], company: Company) -> str:
    """Detailed as documented: `03/01/2017 - Project Management: [9:00am - 11:00am] Planning meetings`."""
    first = members[0]
    if summary != DETAILED:
        return f"{TIME_SUBJECTS[summary](first)} {_span(members, company)}"
    times = [wall_clock(one, company.clock) for one in (first.started_time, first.ended_time) if one]
    worked = f"[{times[0]} - {times[1]}] " if len(times) == 2 else ""
    return f"{_day(first.spent_date, company)} - {first.task.name}: {worked}{first.notes or ''}"


def _expense_text(summary: str, members: list[Expense], company: Company) -> str:
    first = members[0]
    if summary != DETAILED:
        return f"{EXPENSE_SUBJECTS[summary](first)} {_span(members, company)}"
    return f"{_day(first.spent_date, company)} - {first.expense_category.name}: {first.notes or ''}"


def _span(members: Sequence[TimeEntry | Expense], company: Company) -> str:
    """The members stand oldest first."""
    return f"({_day(members[0].spent_date, company)} - {_day(members[-1].spent_date, company)})"


def _day(day: date, company: Company) -> str:
    return day.strftime(company.date_format)

"""A project as a whole: the money that fits together, who and what it begins with, what goes when it goes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from harvest_bridge.sandbox.account import Account
from harvest_bridge.sandbox.call import Call
from harvest_bridge.sandbox.errors import forbidden, unprocessable
from harvest_bridge.sandbox.records import Project, TaskAssignment, UserAssignment
from harvest_bridge.sandbox.switches import Switches

BUDGETS = ("project", "project_cost", "task", "task_fees", "person", "none")


def settle_money(values: dict[str, Any], project: Project | None = None) -> dict[str, Any]:
    """Null what the chosen methods leave without use (REFERENCE §8.8); an unknown `budget_by` becomes `none`."""

    def chosen(name: str, default: object) -> Any:
        return values.get(name, default if project is None else getattr(project, name))

    settled = dict(values)
    budget_by = chosen("budget_by", "none")
    if budget_by not in BUDGETS:
        budget_by = settled["budget_by"] = "none"
    if budget_by == "none":
        settled.update(budget=None, cost_budget=None, budget_is_monthly=False)
    if budget_by == "project_cost":
        settled["show_budget_to_all"] = False
    if chosen("bill_by", "none") != "Project":
        settled["hourly_rate"] = None
    if not chosen("is_fixed_fee", False):
        settled["fee"] = None
    return settled


def assign_at_birth(call: Call, project: Project) -> None:
    """The creator, as manager of the project; people with access to all future projects; default tasks."""
    account = call.account
    for user in account.users:
        if user is call.person or (user.has_access_to_all_future_projects and user.is_active):
            pair = UserAssignment(**call.fresh("user_assignments"), project=project, user=user)
            pair.is_project_manager = user is call.person
            account.user_assignments.add(pair)
    for task in account.tasks:
        if task.is_default and task.is_active:
            task_pair = TaskAssignment(**call.fresh("task_assignments"), project=project, task=task)
            task_pair.billable, task_pair.hourly_rate = task.billable_by_default, starting_rate(project)
            account.task_assignments.add(task_pair)


def require_room(account: Account, switches: Switches) -> None:
    """Errors: 422 or 403, by switch, when the plan has no active project left; a limit of 0 is none."""
    limit = account.company.project_limit
    if limit and sum(project.is_active for project in account.projects) >= limit:
        raise forbidden() if switches.plan_limit == "403" else unprocessable("Your plan has no projects left")


def starting_rate(project: Project) -> Decimal | None:
    """A task's rate begins as null where tasks are billed, and as 0 elsewhere (REFERENCE §8.9)."""
    return None if project.bill_by == "Tasks" else Decimal(0)


def delete_contents(account: Account, project: Project) -> None:
    """The project with its entries, expenses and assignments."""
    for entry in account.time_entries.of_project(project.id):
        account.time_entries.remove(entry)
    for table in (account.expenses, account.user_assignments, account.task_assignments):
        for record in [record for record in table if record.project is project]:
            table.remove(record)  # type: ignore[arg-type]
    account.projects.remove(project)

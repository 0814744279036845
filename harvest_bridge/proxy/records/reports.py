"""The rows of reports: one for each subject and currency (REFERENCE §9)."""

from __future__ import annotations

from .collection import Collection
from .kinds import FLAG, ID, NUMBER, TEXT, WHOLE, Json, maybe, one_of, said

_CLIENT = {"client_id": ID, "client_name": TEXT}
_PROJECT = {"project_id": ID, "project_name": TEXT}
_PERSON = {"user_id": ID, "user_name": TEXT, "is_contractor": FLAG}
_SEEN = "Missing for who may not see rates."
_HOURS: Json = {
    "total_hours": said(NUMBER, "Decimal hours, rounded where the account rounds."),
    "billable_hours": NUMBER,
    "currency?": said(TEXT, _SEEN),
    "billable_amount?": said(NUMBER, _SEEN),
}
_MONEY: Json = {"total_amount": NUMBER, "billable_amount": NUMBER, "currency": TEXT}
_BUDGET_BY = one_of("project", "project_cost", "task", "task_fees", "person", "none")

REPORTS = {
    "reports_time_clients": Collection("TimeByClient", "Time by client.", {**_CLIENT, **_HOURS}),
    "reports_time_projects": Collection("TimeByProject", "Time by project.", {**_PROJECT, **_CLIENT, **_HOURS}),
    "reports_time_tasks": Collection("TimeByTask", "Time by task.", {"task_id": ID, "task_name": TEXT, **_HOURS}),
    "reports_time_team": Collection(
        "TimeByPerson",
        "Time by person.",
        {**_PERSON, **_HOURS, "weekly_capacity": said(WHOLE, "Seconds."), "avatar_url": TEXT},
    ),
    "reports_expenses_clients": Collection("ExpensesByClient", "Expenses by client.", {**_CLIENT, **_MONEY}),
    "reports_expenses_projects": Collection(
        "ExpensesByProject", "Expenses by project.", {**_CLIENT, **_PROJECT, **_MONEY}
    ),
    "reports_expenses_categories": Collection(
        "ExpensesByCategory",
        "Expenses by category.",
        {"expense_category_id": ID, "expense_category_name": TEXT, **_MONEY},
    ),
    "reports_expenses_team": Collection("ExpensesByPerson", "Expenses by person.", {**_PERSON, **_MONEY}),
    "reports_uninvoiced": Collection(
        "Uninvoiced",
        "What was not billed yet, by project.",
        {
            **_CLIENT,
            **_PROJECT,
            "currency": TEXT,
            "total_hours": NUMBER,
            "uninvoiced_hours": NUMBER,
            "uninvoiced_expenses": NUMBER,
            "uninvoiced_amount": NUMBER,
        },
    ),
    "reports_project_budget": Collection(
        "ProjectBudget",
        "Budgets by project. Hours or money, as `budget_by` says.",
        {
            **_PROJECT,
            **_CLIENT,
            "budget_is_monthly": FLAG,
            "budget_by": _BUDGET_BY,
            "is_active": FLAG,
            "budget": maybe(NUMBER),
            "budget_spent": maybe(NUMBER),
            "budget_remaining": maybe(NUMBER),
        },
    ),
}

"""What a member may call, and what of the answers stays hidden (REFERENCE §6.2)."""

from __future__ import annotations

# What a member does not see at all, and what a member sees as null (§6.2: "null or absent", §8.2 and §9).
ABSENT_FOR_MEMBERS = (
    "User.default_hourly_rate",
    "User.cost_rate",
    "reports_time_clients.currency",
    "reports_time_clients.billable_amount",
    "reports_time_projects.currency",
    "reports_time_projects.billable_amount",
    "reports_time_tasks.currency",
    "reports_time_tasks.billable_amount",
    "reports_time_team.currency",
    "reports_time_team.billable_amount",
)
NULL_FOR_MEMBERS = (
    "TimeEntry.billable_rate",
    "TimeEntry.cost_rate",
    "EmbeddedUserAssignment.hourly_rate",
    "EmbeddedTaskAssignment.hourly_rate",
    "PickedTaskAssignment.hourly_rate",
    "ProjectAssignment.hourly_rate",
)

# All that a member may call (§6.2).
OPEN_TO_MEMBERS = (
    "GET /users/me",
    "GET /users/me/project_assignments",
    "GET /time_entries",
    "POST /time_entries",
    "GET /time_entries/{timeEntryId}",
    "PATCH /time_entries/{timeEntryId}",
    "DELETE /time_entries/{timeEntryId}",
    "DELETE /time_entries/{timeEntryId}/external_reference",
    "PATCH /time_entries/{timeEntryId}/restart",
    "PATCH /time_entries/{timeEntryId}/stop",
    "GET /expenses",
    "POST /expenses",
    "GET /expenses/{expenseId}",
    "PATCH /expenses/{expenseId}",
    "DELETE /expenses/{expenseId}",
    "GET /reports/time/clients",
    "GET /reports/time/projects",
    "GET /reports/time/tasks",
    "GET /reports/time/team",
    "GET /reports/expenses/clients",
    "GET /reports/expenses/projects",
    "GET /reports/expenses/categories",
    "GET /reports/expenses/team",
    "GET /reports/project_budget",
)

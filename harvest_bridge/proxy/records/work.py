"""Clients, contacts, projects, tasks, and who and what is assigned to projects (REFERENCE §8.3, §8.7 to §8.10)."""

from __future__ import annotations

from .collection import Collection
from .kinds import DATE, FLAG, ID, MOMENT, NUMBER, TEXT, Json, list_of, maybe, named, one_of, said, table

_TIMES = {"created_at": MOMENT, "updated_at": MOMENT}
_BUDGET_BY = ("project", "project_cost", "task", "task_fees", "person", "none")
_USER_ASSIGNMENT: Json = {
    "id": ID,
    "is_project_manager": FLAG,
    "is_active": FLAG,
    "use_default_rates": said(FLAG, "Billed with the person's own default rate."),
    "budget": maybe(NUMBER),
    **_TIMES,
    "hourly_rate?": said(maybe(NUMBER), "Null or missing for who may not see it."),
}
_TASK_ASSIGNMENT: Json = {
    "id": ID,
    "billable": FLAG,
    "is_active": FLAG,
    **_TIMES,
    "hourly_rate?": said(maybe(NUMBER), "Null or missing for who may not see it."),
    "budget": maybe(NUMBER),
}

# What stands inside other records.
ASIDE: Json = {
    "HarvestReference": table({"id": ID, "name": TEXT}, description="Another record, by its id and name."),
    "HarvestClientReference": table({"id": ID, "name": TEXT, "currency?": TEXT}),
    "HarvestProjectReference": table({"id": ID, "name": TEXT, "code": maybe(TEXT)}),
    "HarvestAssignedProject": table({"id": ID, "name": TEXT, "code": maybe(TEXT), "is_billable?": FLAG}),
    "HarvestUserAssignmentCore": table(_USER_ASSIGNMENT, description="Without the project and the person."),
    "HarvestTaskAssignmentCore": table(_TASK_ASSIGNMENT, description="Without the project and the task."),
    "HarvestAssignedTask": table({**_TASK_ASSIGNMENT, "task": named("Reference")}),
}
_BODY_OF_PROJECT = (
    "code is_active is_fixed_fee hourly_rate budget budget_is_monthly cost_budget cost_budget_include_expenses "
    "notify_when_over_budget over_budget_notification_percentage show_budget_to_all fee notes starts_on ends_on"
)
_CONTACT = "last_name title email phone_office phone_mobile fax invoice_recipient_status"

WORK = {
    "clients": Collection(
        "Client",
        "Who projects and invoices are for.",
        {
            "id": ID,
            "name": TEXT,
            "is_active": FLAG,
            "address": maybe(TEXT),
            "statement_key": said(TEXT, "The end of the address of the client's own page."),
            **_TIMES,
            "currency": said(TEXT, "An ISO code; the company's where none is given."),
        },
        create="name* is_active address currency",
        update="name is_active address currency",
    ),
    "contacts": Collection(
        "Contact",
        "A person at a client. What was never filled in is an empty text, or null.",
        {
            "id": ID,
            "title": maybe(TEXT),
            "first_name": TEXT,
            "last_name": TEXT,
            "email": TEXT,
            "phone_office": TEXT,
            "phone_mobile": TEXT,
            "fax": TEXT,
            "invoice_recipient_status?": one_of("none", "recipient", "cc", "bcc"),
            **_TIMES,
            "client": named("Reference"),
        },
        create=f"client_id* first_name* {_CONTACT}",
        update=f"client_id first_name {_CONTACT}",
        written={"client_id": ID},
    ),
    "projects": Collection(
        "Project",
        "What time and expenses are tracked to.",
        {
            "id": ID,
            "name": TEXT,
            "code": maybe(TEXT),
            "is_active": FLAG,
            "is_billable": FLAG,
            "is_fixed_fee": FLAG,
            "bill_by": one_of("Project", "Tasks", "People", "none"),
            "budget": said(maybe(NUMBER), "Hours."),
            "budget_by": said(
                one_of(*_BUDGET_BY), "`project` and `task` are hours, `project_cost` and `task_fees` money."
            ),
            "budget_is_monthly": FLAG,
            "notify_when_over_budget": FLAG,
            "over_budget_notification_percentage": maybe(NUMBER),
            "show_budget_to_all": FLAG,
            **_TIMES,
            "starts_on": maybe(DATE),
            "ends_on": maybe(DATE),
            "over_budget_notification_date": maybe(DATE),
            "notes": maybe(TEXT),
            "cost_budget": said(maybe(NUMBER), "Money."),
            "cost_budget_include_expenses": FLAG,
            "hourly_rate": said(maybe(NUMBER), "With `bill_by` `Project`."),
            "fee": said(maybe(NUMBER), "Of a project with a fixed fee."),
            "client": named("ClientReference"),
            "currency?": TEXT,
        },
        create=f"client_id* name* is_billable bill_by budget_by {_BODY_OF_PROJECT}",
        update=f"client_id name is_billable bill_by budget_by {_BODY_OF_PROJECT}",
        written={"client_id": ID},
    ),
    "project_assignments": Collection(
        "ProjectAssignment",
        "A project that a person can track to, with its tasks. A task may be inactive: look at `is_active`.",
        {
            **_USER_ASSIGNMENT,
            "project": named("AssignedProject"),
            "client": named("ClientReference"),
            "task_assignments": list_of(named("AssignedTask")),
        },
    ),
    "tasks": Collection(
        "Task",
        "A kind of work, for any project.",
        {
            "id": ID,
            "name": TEXT,
            "billable_by_default": FLAG,
            "default_hourly_rate": maybe(NUMBER),
            "is_default": said(FLAG, "Added to every new project."),
            "is_active": FLAG,
            **_TIMES,
        },
        create="name* billable_by_default default_hourly_rate is_default is_active",
        update="name billable_by_default default_hourly_rate is_default is_active",
    ),
    "task_assignments": Collection(
        "TaskAssignment",
        "That a task is done in a project.",
        {**_TASK_ASSIGNMENT, "project": named("ProjectReference"), "task": named("Reference")},
        create="task_id* is_active billable hourly_rate budget",
        update="is_active billable hourly_rate budget",
        written={"task_id": ID},
    ),
    "user_assignments": Collection(
        "UserAssignment",
        "That a person works on a project.",
        {**_USER_ASSIGNMENT, "project": named("ProjectReference"), "user": named("Reference")},
        create="user_id* is_active is_project_manager use_default_rates hourly_rate budget",
        update="is_active is_project_manager use_default_rates hourly_rate budget",
        written={"user_id": ID},
    ),
}

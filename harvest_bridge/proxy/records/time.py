"""Time entries (REFERENCE §7, §8.11)."""

from __future__ import annotations

from .collection import Collection
from .kinds import DATE, FLAG, ID, MOMENT, NUMBER, TEXT, Json, maybe, named, one_of, said, table

_APPROVAL = one_of("unsubmitted", "submitted", "approved")
_BODY = "notes external_reference hours started_time ended_time"

ASIDE: Json = {
    "HarvestInvoiceReference": table({"id": ID, "number": TEXT}),
    "HarvestExternalReference": table(
        {
            "id": said(TEXT, "The item's id, such as a ticket's; `external_reference_id` filters by it."),
            "group_id": maybe(TEXT),
            "account_id?": maybe(TEXT),
            "permalink": maybe(TEXT),
            "service?": said(maybe(TEXT), "Made by Harvest from the host in `permalink`."),
            "service_icon_url?": maybe(TEXT),
        },
        description="The item outside of Harvest that the time is for.",
    ),
    "HarvestExternalReferenceInput": table(
        {"id": TEXT, "group_id": maybe(TEXT), "account_id": maybe(TEXT), "permalink": maybe(TEXT)}, needed=""
    ),
}

TIME = {
    "time_entries": Collection(
        "TimeEntry",
        "Time of one person on a project and a task, finished or running.",
        {
            "id": ID,
            "spent_date": DATE,
            "hours": said(NUMBER, "Decimal hours; of a running timer up to this answer."),
            "hours_without_timer": said(NUMBER, "Decimal hours before the timer was last started."),
            "rounded_hours": said(NUMBER, "Decimal hours by the account's rounding."),
            "notes": maybe(TEXT),
            "is_locked": FLAG,
            "locked_reason": maybe(TEXT),
            "is_closed": said(FLAG, "Approved; `approval_status` says it better."),
            "approval_status": _APPROVAL,
            "is_billed": FLAG,
            "timer_started_at": said(maybe(MOMENT), "Null when it does not run."),
            "started_time": said(
                maybe(TEXT), "By the account's clock, `8:00am` or `08:00`, in the person's time zone."
            ),
            "ended_time": said(maybe(TEXT), "Null while it runs, and in accounts that track durations."),
            "is_running": FLAG,
            "billable": FLAG,
            "budgeted": FLAG,
            "billable_rate": said(maybe(NUMBER), "Null for who may not see it, and where nothing is billed."),
            "cost_rate": said(maybe(NUMBER), "Null for who may not see it."),
            "created_at": MOMENT,
            "updated_at": MOMENT,
            "user": named("Reference"),
            "client": named("ClientReference"),
            "project": named("ProjectReference"),
            "task": named("Reference"),
            "user_assignment": named("UserAssignmentCore"),
            "task_assignment": named("TaskAssignmentCore"),
            "invoice": maybe(named("InvoiceReference")),
            "external_reference": maybe(named("ExternalReference")),
        },
        create=f"project_id* task_id* spent_date* user_id {_BODY}",
        update=f"project_id task_id spent_date {_BODY}",
        written={
            "project_id": ID,
            "task_id": ID,
            "user_id": said(ID, "Somebody else; yourself where it is missing."),
            "hours": said(NUMBER, "In accounts that track durations. Without it, and at 0, a timer starts."),
            "started_time": said(TEXT, "In accounts with start and end times; now where it is missing."),
            "ended_time": said(TEXT, "Without it a timer starts."),
            "external_reference": named("ExternalReferenceInput"),
        },
    ),
}

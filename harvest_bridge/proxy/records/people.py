"""The company, its people, their roles, rates and teams (REFERENCE §8.1 to §8.6)."""

from __future__ import annotations

from .collection import Collection
from .kinds import DATE, FLAG, ID, MOMENT, NUMBER, TEXT, WHOLE, Json, list_of, maybe, named, one_of, said, table

_CAPACITY = said(WHOLE, "Seconds a week: 35 hours are 126000.")
_ROLES = (
    "`administrator`, `manager` or `member`; a manager may also have `project_creator`, `billable_rates_manager`, "
    "`managed_projects_invoice_drafter`, `managed_projects_invoice_manager`, `client_and_task_manager`, "
    "`time_and_expenses_manager`, `estimates_manager`, and has `people_manager` while there are teammates."
)
_TIMES = {"created_at": MOMENT, "updated_at": MOMENT}
_RATE: Json = {
    "id": ID,
    "amount": NUMBER,
    "start_date": said(maybe(DATE), "Null: since ever. It may not be in the future."),
    "end_date": said(maybe(DATE), "The day before the next one starts; null while it holds."),
    **_TIMES,
}
_TEAMMATE: Json = {"id": ID, "first_name": TEXT, "last_name": TEXT, "email": TEXT}

PEOPLE = {
    "company": Collection(
        "Company",
        "The linked Harvest account and its settings. It has no id, no timestamps and no time zone.",
        {
            "base_uri": TEXT,
            "full_domain": TEXT,
            "name": TEXT,
            "is_active": FLAG,
            "week_start_day": one_of("Saturday", "Sunday", "Monday"),
            "wants_timestamp_timers": said(FLAG, "Time is tracked by start and end, else by duration."),
            "time_format": one_of("decimal", "hours_minutes"),
            "date_format": said(TEXT, "A pattern of strftime, such as `%m/%d/%Y`."),
            "plan_type": TEXT,
            "expense_feature": FLAG,
            "invoice_feature": FLAG,
            "estimate_feature": FLAG,
            "approval_feature": FLAG,
            "clock": one_of("12h", "24h"),
            "currency_code_display": one_of("iso_code_none", "iso_code_before", "iso_code_after"),
            "currency_symbol_display": one_of("symbol_none", "symbol_before", "symbol_after"),
            "decimal_symbol": TEXT,
            "thousands_separator": TEXT,
            "color_scheme": TEXT,
            "weekly_capacity": _CAPACITY,
            "team_feature": FLAG,
            "currency?": TEXT,
            "saml_sign_in_required?": FLAG,
            "day_entry_notes_required?": FLAG,
        },
        update="wants_timestamp_timers weekly_capacity",
    ),
    "users": Collection(
        "User",
        "A person of the account.",
        {
            "id": ID,
            "first_name": TEXT,
            "last_name": TEXT,
            "email": TEXT,
            "telephone": TEXT,
            "employee_id?": maybe(TEXT),
            "timezone": said(TEXT, "Harvest's own name, such as `Eastern Time (US & Canada)`; not IANA's."),
            "weekly_capacity": _CAPACITY,
            "has_access_to_all_future_projects": FLAG,
            "is_contractor": FLAG,
            "can_create_projects?": FLAG,
            "is_active": said(FLAG, "False: archived."),
            "calendar_integration_enabled?": FLAG,
            "calendar_integration_source?": maybe(TEXT),
            "saml_exempt?": FLAG,
            **_TIMES,
            "default_hourly_rate?": said(maybe(NUMBER), "Missing for who may not see it."),
            "cost_rate?": said(maybe(NUMBER), "Missing for who may not see it."),
            "roles": said(list_of(TEXT), "Labels of jobs; they give no rights."),
            "access_roles": said(list_of(TEXT), _ROLES),
            "permissions_claims?": list_of(TEXT),
            "avatar_url": TEXT,
        },
        create="first_name* last_name* email* telephone timezone has_access_to_all_future_projects is_contractor "
        "is_active weekly_capacity default_hourly_rate cost_rate roles access_roles saml_exempt",
        update="first_name last_name email telephone timezone has_access_to_all_future_projects is_contractor "
        "is_active weekly_capacity default_hourly_rate cost_rate roles access_roles saml_exempt",
    ),
    "roles": Collection(
        "Role",
        "The label of a job, and who has it.",
        {"id": ID, "name": TEXT, **_TIMES, "user_ids": list_of(ID)},
        create="name* user_ids",
        update="name user_ids",
    ),
    "billable_rates": Collection(
        "BillableRate", "What an hour of the person is billed with, since a day.", _RATE, create="amount* start_date"
    ),
    "cost_rates": Collection(
        "CostRate", "What an hour of the person costs, since a day.", _RATE, create="amount* start_date"
    ),
    "teammates": Collection(
        "Teammate",
        "A person whose time a manager sees.",
        _TEAMMATE,
        update="teammate_ids*",
        written={"teammate_ids": said(list_of(ID), "All of them: who is not named is none any more.")},
        answers={"update": "Teammates"},
    ),
}
ASIDE: Json = {"HarvestTeammates": table({"teammates": list_of(named("Teammate"))})}

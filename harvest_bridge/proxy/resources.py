"""Every collection of Harvest's API, as a table (REFERENCE §8 and §9)."""

from __future__ import annotations

from collections.abc import Mapping

from harvest_bridge.api.query_kinds import DAY, FLAG, MOMENT, TEXT, WHOLE, Kind, one_of
from harvest_bridge.harvest.budgets import Budget

from .resource import Method, Resource, Verb

LIST = frozenset({Verb.LIST})
READ = LIST | {Verb.GET}
ADD = LIST | {Verb.CREATE, Verb.DELETE}
ALL = READ | {Verb.CREATE, Verb.UPDATE, Verb.DELETE}

_SINCE = {"updated_since": MOMENT}
_ACTIVE = {"is_active": FLAG, **_SINCE}
_DAYS = {"from": DAY, "to": DAY}
_TRACKED = {
    "user_id": WHOLE,
    "client_id": WHOLE,
    "project_id": WHOLE,
    "is_billed": FLAG,
    "approval_status": one_of("unsubmitted", "submitted", "approved"),
    **_SINCE,
    **_DAYS,
}
_ENTRY_FILTERS = {**_TRACKED, "task_id": WHOLE, "external_reference_id": TEXT, "is_running": FLAG}
_INVOICE_STATE = one_of("draft", "open", "paid", "closed")
_ESTIMATE_STATE = one_of("draft", "sent", "accepted", "declined")
_ASSIGNED = {"user_id": WHOLE, **_ACTIVE}
_FIXED_FEE = {**_DAYS, "include_fixed_fee": FLAG}
_NEW_MESSAGE = {"thank_you": FLAG, "reminder": FLAG}


def _report(path: str, filters: Mapping[str, Kind], *, required: tuple[str, ...] = ("from", "to")) -> Resource:
    """One row per subject and currency; reports draw on a budget of their own."""
    kind, _, subject = path.partition("/")
    return Resource(
        f"reports_{path.replace('/', '_')}",
        f"/v2/reports/{path}",
        LIST,
        filters,
        required=required,
        budget=Budget.REPORTS,
        key="results",
        aliases=(f"{kind}_reports_{subject}", f"{kind}_report_{subject}"),
    )


RESOURCES = (
    Resource("clients", "/v2/clients", ALL, _ACTIVE),
    Resource("company", "/v2/company", frozenset({Verb.READ_ALL, Verb.UPDATE_ALL})),
    Resource("contacts", "/v2/contacts", ALL, {"client_id": WHOLE, **_SINCE}),
    Resource("estimates", "/v2/estimates", ALL, {"client_id": WHOLE, "state": _ESTIMATE_STATE, **_SINCE, **_DAYS}),
    Resource("estimate_messages", "/v2/estimates/{estimate_id}/messages", ADD, _SINCE),
    Resource("estimate_item_categories", "/v2/estimate_item_categories", ALL, _SINCE),
    Resource("expenses", "/v2/expenses", ALL, _TRACKED),
    Resource("expense_categories", "/v2/expense_categories", ALL, _ACTIVE),
    Resource(
        "invoices",
        "/v2/invoices",
        ALL,
        {"client_id": WHOLE, "project_id": WHOLE, "state": _INVOICE_STATE, **_SINCE, **_DAYS},
    ),
    Resource(
        "invoice_messages",
        "/v2/invoices/{invoice_id}/messages",
        ADD,
        _SINCE,
        methods={"new": Method("GET", has_id=False, parameters=_NEW_MESSAGE)},
    ),
    Resource("invoice_payments", "/v2/invoices/{invoice_id}/payments", ADD, _SINCE, aliases=("payments",)),
    Resource("invoice_item_categories", "/v2/invoice_item_categories", ALL, _SINCE),
    Resource("projects", "/v2/projects", ALL, {"client_id": WHOLE, **_ACTIVE}),
    Resource(
        "project_assignments",
        "/v2/users/{user_id}/project_assignments",
        LIST,
        _SINCE,
        aliases=("user_project_assignments",),
        alone=Resource("project_assignments", "/v2/users/me/project_assignments", LIST),
    ),
    Resource("roles", "/v2/roles", ALL),
    Resource("tasks", "/v2/tasks", ALL, _ACTIVE),
    Resource(
        "task_assignments",
        "/v2/projects/{project_id}/task_assignments",
        ALL,
        _ACTIVE,
        aliases=("project_task_assignments",),
        alone=Resource("task_assignments", "/v2/task_assignments", LIST, _ACTIVE),
    ),
    Resource("teammates", "/v2/users/{user_id}/teammates", LIST | {Verb.UPDATE_ALL}, aliases=("user_teammates",)),
    Resource(
        "time_entries",
        "/v2/time_entries",
        ALL,
        _ENTRY_FILTERS,
        methods={
            "stop": Method("PATCH"),
            "restart": Method("PATCH"),
            "external_reference": Method("DELETE"),
        },
    ),
    Resource("users", "/v2/users", ALL, _ACTIVE, takes_me=True),
    Resource(
        "user_assignments",
        "/v2/projects/{project_id}/user_assignments",
        ALL,
        _ASSIGNED,
        aliases=("project_user_assignments",),
        alone=Resource("user_assignments", "/v2/user_assignments", LIST, _ASSIGNED),
    ),
    Resource(
        "billable_rates",
        "/v2/users/{user_id}/billable_rates",
        READ | {Verb.CREATE},
        aliases=("user_billable_rates",),
    ),
    Resource("cost_rates", "/v2/users/{user_id}/cost_rates", READ | {Verb.CREATE}, aliases=("user_cost_rates",)),
    *(_report(f"time/{subject}", _FIXED_FEE) for subject in ("clients", "projects", "tasks", "team")),
    *(_report(f"expenses/{subject}", _DAYS) for subject in ("clients", "projects", "categories", "team")),
    _report("uninvoiced", _FIXED_FEE),
    _report("project_budget", {"is_active": FLAG}, required=()),
)

"""Which collections of Harvest are mirrored, as a table (REFERENCE §8 and §9)."""

from __future__ import annotations

from dataclasses import dataclass

from harvest_bridge.harvest.budgets import Budget


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One collection.

    Shape: `path` lists it, and holds its parent's id as `{parent_id}` where it has one. `one` is the path of a single
    record, by which a missing one is looked up; "" where Harvest has none, then the list is read once more. `key` names
    the array in Harvest's list. `id_field` names what its records are told apart by; company, of which there is one,
    has id 1. `day_field` is the date that its lists are ordered and bounded (`from`, `to`) by. `feature` is the switch
    in `company` without which the account has no such records. What `is_shared_by_parents`, a person in two managers'
    teams, is a record of its own for each (`record_ids`).
    """

    name: str
    path: str
    one: str = ""
    key: str = ""
    has_updated_since: bool = True
    parent: str = ""
    day_field: str = ""
    feature: str = ""
    id_field: str = "id"
    is_single: bool = False
    is_shared_by_parents: bool = False
    told_elsewhere: tuple[str, ...] = ()  # of `created`, `updated`, `deleted`: events of another app under that name
    budget: Budget = Budget.GENERAL

    @property
    def list_key(self) -> str:
        return self.key or self.name

    @property
    def parent_field(self) -> str:
        """What names the record that one of these belongs to, as `invoice_id`; "" for what belongs to none.

        Harvest names it in the path alone, and not in the record.
        """
        return f"{self.parent.removesuffix('s')}_id" if self.parent else ""

    @property
    def object_type(self) -> str:
        """What one record is called, as in `time_entry.created`."""
        name = self.name.removeprefix("reports_")
        return name[:-3] + "y" if name.endswith("ies") else name.removesuffix("s")


def _plain(name: str, **more: object) -> Resource:
    return Resource(name=name, path=f"/v2/{name}", one=f"/v2/{name}/{{id}}", **more)  # type: ignore[arg-type]


def _child(name: str, path: str, parent: str, **more: object) -> Resource:
    return Resource(name=name, path=path, parent=parent, **more)  # type: ignore[arg-type]


_INVOICES = "invoice_feature"
_ESTIMATES = "estimate_feature"
_EXPENSES = "expense_feature"
_BUDGET = "reports_project_budget"

# Parents come before their children, and what others refer to before those.
RESOURCES: tuple[Resource, ...] = (
    Resource(name="company", path="/v2/company", has_updated_since=False, is_single=True),
    _plain("users"),
    _plain("roles", has_updated_since=False),
    _plain("clients"),
    _plain("contacts"),
    _plain("tasks"),
    _plain("projects"),
    Resource(
        name="user_assignments",
        path="/v2/user_assignments",
        one="/v2/projects/{project_id}/user_assignments/{id}",
    ),
    Resource(
        name="task_assignments",
        path="/v2/task_assignments",
        one="/v2/projects/{project_id}/task_assignments/{id}",
    ),
    _plain("time_entries", day_field="spent_date"),
    _plain("expense_categories", feature=_EXPENSES),
    _plain("expenses", day_field="spent_date", feature=_EXPENSES),
    _plain("invoice_item_categories", feature=_INVOICES),
    _plain("invoices", day_field="issue_date", feature=_INVOICES, told_elsewhere=("created", "deleted")),
    _plain("estimate_item_categories", feature=_ESTIMATES),
    _plain("estimates", day_field="issue_date", feature=_ESTIMATES),
    _child(
        "billable_rates",
        "/v2/users/{parent_id}/billable_rates",
        "users",
        one="/v2/users/{parent_id}/billable_rates/{id}",
        has_updated_since=False,
    ),
    _child(
        "cost_rates",
        "/v2/users/{parent_id}/cost_rates",
        "users",
        one="/v2/users/{parent_id}/cost_rates/{id}",
        has_updated_since=False,
    ),
    _child(
        "teammates",
        "/v2/users/{parent_id}/teammates",
        "users",
        has_updated_since=False,
        is_shared_by_parents=True,
    ),
    _child("project_assignments", "/v2/users/{parent_id}/project_assignments", "users", has_updated_since=False),
    _child("invoice_payments", "/v2/invoices/{parent_id}/payments", "invoices", feature=_INVOICES),
    _child("invoice_messages", "/v2/invoices/{parent_id}/messages", "invoices", feature=_INVOICES),
    _child("estimate_messages", "/v2/estimates/{parent_id}/messages", "estimates", feature=_ESTIMATES),
    Resource(
        name=_BUDGET,
        path="/v2/reports/project_budget",
        key="results",
        has_updated_since=False,
        id_field="project_id",
        budget=Budget.REPORTS,
    ),
)

BY_NAME: dict[str, Resource] = {row.name: row for row in RESOURCES}
CHILDREN: dict[str, tuple[Resource, ...]] = {
    parent.name: tuple(row for row in RESOURCES if row.parent == parent.name) for parent in RESOURCES
}

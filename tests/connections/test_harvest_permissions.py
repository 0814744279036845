"""Which right a call takes (REFERENCE §6.2), who has it, and what a refusal says."""

from __future__ import annotations

import pytest

from harvest_bridge.connections.harvest_permissions import Extent, extent, needed_for, refusal
from harvest_bridge.connections.models import Connection

MANAGER_WITH = ["manager", "client_and_task_manager"]


def linked_by(*access_roles: str) -> Connection:
    return Connection(access_roles=list(access_roles), linked_by="Carmen Vidal")


@pytest.mark.parametrize(
    ("verb", "path", "right"),
    [
        ("GET", "/v2/users", "administrator"),
        ("GET", "/v2/users/7", "administrator"),
        ("POST", "/v2/users", "administrator"),
        ("DELETE", "/v2/users/7", "administrator"),
        ("GET", "/v2/users/me", ""),
        ("GET", "/v2/users/me/project_assignments", ""),
        ("PATCH", "/v2/users/7/teammates", "administrator"),
        ("POST", "/v2/users/7/cost_rates", "administrator"),
        ("GET", "/v2/roles/7", "administrator"),
        ("GET", "/v2/projects", "manager"),
        ("POST", "/v2/projects", "manager with project_creator"),
        ("GET", "/v2/clients", "manager with client_and_task_manager"),
        ("GET", "/v2/time_entries", ""),
        ("GET", "/v2/expense_categories", "administrator"),
        ("DELETE", "/v2/expense_categories/7", "administrator"),
        ("GET", "/v2/estimate_item_categories", "administrator"),
        ("GET", "/v2/invoice_item_categories/7", "manager"),
        ("GET", "/v2/task_assignments", "manager"),
        ("GET", "/v2/user_assignments", "manager"),
        ("GET", "/v2/reports/uninvoiced", "manager with managed_projects_invoice_manager"),
        ("GET", "/v2/usersettings", ""),
    ],
)
def test_a_call_needs_a_right(verb: str, path: str, right: str) -> None:
    assert needed_for(path, verb) == right


@pytest.mark.parametrize(
    ("access_roles", "verb", "path", "expected"),
    [
        (["administrator"], "DELETE", "/v2/users/7", Extent.ALL),
        (["manager", "people_manager"], "GET", "/v2/users", Extent.PART),
        (["manager"], "PATCH", "/v2/users/7", Extent.PART),
        (["manager"], "POST", "/v2/users", Extent.NONE),
        (["manager"], "GET", "/v2/roles", Extent.NONE),
        (["manager"], "GET", "/v2/users/7/project_assignments", Extent.PART),
        (["manager"], "GET", "/v2/users/7/billable_rates", Extent.NONE),
        (["manager", "billable_rates_manager"], "GET", "/v2/users/7/billable_rates", Extent.PART),
        (["manager"], "GET", "/v2/clients", Extent.NONE),
        (MANAGER_WITH, "GET", "/v2/clients", Extent.ALL),
        (["member"], "GET", "/v2/users", Extent.NONE),
        (["member"], "GET", "/v2/users/me", Extent.ALL),
        (["member", "client_and_task_manager"], "GET", "/v2/clients", Extent.NONE),
        ([], "GET", "/v2/projects", Extent.NONE),
    ],
)
def test_a_linker_may_do_all_of_it_a_part_or_nothing(
    access_roles: list[str], verb: str, path: str, expected: Extent
) -> None:
    assert extent(linked_by(*access_roles), path, verb) is expected


@pytest.mark.parametrize(
    ("verb", "path", "words"),
    [
        ("GET", "/v2/users", "linked by a member, Carmen Vidal; users need an administrator."),
        ("POST", "/v2/users", "adding users needs an administrator."),
        ("PATCH", "/v2/roles/7", "changing roles needs an administrator."),
        ("DELETE", "/v2/users/7", "deleting users needs an administrator."),
        ("PATCH", "/v2/users/7/teammates", "changing teammates needs an administrator."),
        ("GET", "/v2/company", "company needs an administrator."),
        ("GET", "/v2/users", "users need an administrator. A manager would get a part of it. Let"),
        ("GET", "/v2/roles", "roles need an administrator. Let"),
        ("GET", "/v2/reports/time/team", "reports need an administrator. A manager would get a part of it."),
        ("GET", "/v2/clients", "clients need a manager with client_and_task_manager."),
    ],
)
def test_a_refusal_names_the_linker_the_deed_and_the_right(verb: str, path: str, words: str) -> None:
    assert words in refusal(linked_by("member"), path, verb)


def test_a_refusal_of_somebody_who_had_the_right_says_that_it_is_gone() -> None:
    assert "not what they were" in refusal(linked_by("administrator"), "/v2/users")

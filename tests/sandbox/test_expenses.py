"""Expenses and their categories, REFERENCE §8.12."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from harvest_bridge.sandbox.approvals import set_approval
from harvest_bridge.sandbox.testing import RunningSandbox

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def category(harvest: RunningSandbox, name: str) -> int:
    return next(one.id for one in harvest.account.expense_categories if one.name == name)


def body(harvest: RunningSandbox, name: str = "Meals", **fields: Any) -> dict[str, Any]:
    return {
        "project_id": harvest.pick("carmen")[0].id,
        "expense_category_id": category(harvest, name),
        "spent_date": "2026-11-02",
        **fields,
    }


def create(harvest: RunningSandbox, name: str = "Meals", **fields: Any) -> dict[str, Any]:
    answer = harvest.post("/v2/expenses", "carmen", json=body(harvest, name, **fields))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_plain_category_needs_a_total(harvest: RunningSandbox) -> None:
    one = create(harvest, total_cost="13.59", notes="Lunch")
    assert (one["total_cost"], one["units"], one["billable"]) == (13.59, 1.0, True)
    assert (one["receipt"], one["invoice"], one["is_locked"]) == (None, None, False)
    refused = harvest.post("/v2/expenses", "carmen", json=body(harvest))
    assert refused.json() == {"message": "Total cost can't be blank"}


def test_a_unit_priced_category_needs_units_and_counts_itself(harvest: RunningSandbox) -> None:
    one = create(harvest, "Mileage", units=12.5, total_cost=9999)
    assert (one["units"], one["total_cost"]) == (12.5, 8.38)
    assert list(one["expense_category"]) == ["id", "name", "unit_price", "unit_name"]
    refused = harvest.post("/v2/expenses", "carmen", json=body(harvest, "Mileage", total_cost=1))
    assert refused.json() == {"message": "Units can't be blank"}
    changed = harvest.patch(f"/v2/expenses/{one['id']}", "carmen", json={"units": 10}).json()
    assert changed["total_cost"] == 6.7


def test_what_is_missing_is_listed(harvest: RunningSandbox) -> None:
    answer = harvest.post("/v2/expenses", "carmen", json={})
    assert answer.json() == {"message": "Project must exist, Expense category must exist, Spent date can't be blank"}


def test_a_receipt_comes_by_multipart_and_can_be_removed(harvest: RunningSandbox) -> None:
    fields = {name: str(value) for name, value in body(harvest, total_cost=5).items()}
    files = {"receipt": ("lunch.png", PNG, "image/png")}
    one = harvest.post("/v2/expenses", "carmen", data=fields, files=files).json()
    receipt = one["receipt"]
    assert (receipt["file_name"], receipt["file_size"], receipt["content_type"]) == ("lunch.png", len(PNG), "image/png")
    assert httpx.get(receipt["url"]).content == PNG
    path = f"/v2/expenses/{one['id']}"
    assert harvest.patch(path, "carmen", json={"notes": "kept"}).json()["receipt"] == receipt
    assert harvest.patch(path, "carmen", json={"delete_receipt": True}).json()["receipt"] is None
    assert httpx.get(receipt["url"]).status_code == 404


def test_a_receipt_in_json_is_ignored(harvest: RunningSandbox) -> None:
    assert create(harvest, total_cost=1, receipt="base64")["receipt"] is None


def test_project_and_category_of_a_locked_expense_are_dropped_without_a_word(harvest: RunningSandbox) -> None:
    one = create(harvest, total_cost=1)
    day = harvest.account.expenses[one["id"]].spent_date
    set_approval(harvest.account, harvest.user("carmen"), day, day, "approved", harvest.clock)
    path = f"/v2/expenses/{one['id']}"
    other = {"expense_category_id": category(harvest, "Lodging"), "notes": "Changed"}
    changed = harvest.patch(path, "alice", json=other).json()
    assert (changed["expense_category"]["name"], changed["notes"]) == ("Meals", "Changed")
    assert (changed["is_locked"], changed["is_closed"]) == (True, True)
    assert harvest.patch(path, "carmen", json={"notes": "x"}).status_code == 422


def test_a_person_sees_own_expenses_only(harvest: RunningSandbox) -> None:
    path = f"/v2/expenses/{create(harvest, total_cost=1)['id']}"
    assert harvest.get(path, "dev").status_code == 404
    assert harvest.delete(path, "carmen").status_code == 200


def test_categories_have_a_price_per_unit_or_none(harvest: RunningSandbox) -> None:
    one = harvest.post(
        "/v2/expense_categories", json={"name": "Miles", "unit_name": "mile", "unit_price": 0.535}
    ).json()
    assert (one["unit_name"], one["unit_price"], one["is_active"]) == ("mile", 0.535, True)
    path = f"/v2/expense_categories/{one['id']}"
    assert harvest.patch(path, json={"is_active": "false"}).json()["is_active"] is False
    assert harvest.delete(path).status_code == 200
    assert harvest.delete(f"/v2/expense_categories/{category(harvest, 'Meals')}").status_code == 422


@pytest.mark.parametrize("fields", [{"units": "many"}, {"total_cost": "much"}, {"spent_date": "soon"}])
def test_what_cannot_be_read_is_named(harvest: RunningSandbox, fields: dict[str, str]) -> None:
    answer = harvest.post("/v2/expenses", "carmen", json={**body(harvest), **fields})
    assert answer.status_code == 422
    assert next(iter(fields)).replace("_", " ").capitalize() in answer.json()["message"]

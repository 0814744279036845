"""REFERENCE §8.14."""

from __future__ import annotations

from typing import Any

import pytest

from harvest_bridge.sandbox.testing import RunningSandbox


def create(harvest: RunningSandbox, **fields: Any) -> dict[str, Any]:
    client = next(iter(harvest.account.clients))
    line = {"kind": "Service", "quantity": 100, "unit_price": 100, "taxed": True, "taxed2": True}
    answer = harvest.post("/v2/estimates", json={"client_id": client.id, "line_items": [line], **fields})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def state(harvest: RunningSandbox, estimate: dict[str, Any]) -> str:
    return str(harvest.get(f"/v2/estimates/{estimate['id']}").json()["state"])


def test_the_documented_sample_adds_up(harvest: RunningSandbox) -> None:
    one = create(harvest, tax=5, tax2=2, discount=10)
    sums = [one[name] for name in ("amount", "tax_amount", "tax2_amount", "discount_amount")]
    assert sums == [9630.0, 450.0, 180.0, 1000.0]
    assert "project" not in one["line_items"][0]
    assert not {"due_date", "due_amount", "paid_at"} & set(one)


MOVES = [
    ("send", {"draft"}, "sent"),
    ("accept", {"sent"}, "accepted"),
    ("decline", {"sent"}, "declined"),
    ("re-open", {"accepted", "declined"}, "sent"),
]


@pytest.mark.parametrize(("event", "allowed", "after"), MOVES)
def test_events_move_an_estimate(harvest: RunningSandbox, event: str, allowed: set[str], after: str) -> None:
    for before in ("draft", "sent", "accepted", "declined"):
        one = create(harvest)
        harvest.account.estimates[one["id"]].state = before
        answer = harvest.post(f"/v2/estimates/{one['id']}/messages", json={"event_type": event})
        assert answer.status_code == (201 if before in allowed else 422)
        assert state(harvest, one) == (after if before in allowed else before)


def test_a_message_is_kept_and_can_be_deleted(harvest: RunningSandbox) -> None:
    one = create(harvest)
    path = f"/v2/estimates/{one['id']}/messages"
    message = harvest.post(path, json={"recipients": [{"email": "r@example.com"}], "subject": "Estimate"}).json()
    assert state(harvest, one) == "sent"
    assert harvest.get(path).json()["estimate_messages"] == [message]
    assert harvest.delete(f"{path}/{message['id']}").json() == message
    assert harvest.get(path).json()["estimate_messages"] == []
    assert harvest.delete(f"{path}/{message['id']}").status_code == 404


def test_an_invoice_remembers_its_estimate(harvest: RunningSandbox) -> None:
    one = create(harvest)
    body = {"client_id": one["client"]["id"], "estimate_id": one["id"]}
    invoice = harvest.post("/v2/invoices", json=body).json()
    assert invoice["estimate"] == {"id": one["id"]}
    harvest.delete(f"/v2/estimates/{one['id']}")
    assert harvest.get(f"/v2/invoices/{invoice['id']}").json()["estimate"] is None


def test_categories_come_and_go(harvest: RunningSandbox) -> None:
    one = harvest.post("/v2/estimate_item_categories", json={"name": "Idea"}).json()
    path = f"/v2/estimate_item_categories/{one['id']}"
    assert harvest.patch(path, json={"name": "Ideas"}).json()["name"] == "Ideas"
    assert harvest.delete(path).json()["id"] == one["id"]
    assert harvest.get(path).status_code == 404

"""The control API, for tests and developers outside of this process."""

from __future__ import annotations

from typing import Any

import httpx
import msgspec
import pytest

from harvest_bridge.sandbox.switches import Switches
from harvest_bridge.sandbox.testing import RunningSandbox


def control(harvest: RunningSandbox, method: str, action: str, /, **body: Any) -> httpx.Response:
    if method == "GET":
        return httpx.get(f"{harvest.url}/sandbox/api{action}", params=body)
    return httpx.request(method, f"{harvest.url}/sandbox/api{action}", json=body)


def test_every_switch_can_be_seen_and_turned(harvest: RunningSandbox) -> None:
    seen = control(harvest, "GET", "/switches").json()
    assert seen == msgspec.to_builtins(Switches())
    turned = control(harvest, "PATCH", "/switches", delete_body="empty", requests_per_window="7").json()
    assert turned == {**seen, "delete_body": "empty", "requests_per_window": 7}


@pytest.mark.parametrize("wrong", [{"delete_body": "maybe"}, {"nothing": 1}, {"requests_per_window": "many"}])
def test_a_wrong_switch_is_named_and_turns_nothing(harvest: RunningSandbox, wrong: dict[str, Any]) -> None:
    answer = control(harvest, "PATCH", "/switches", **{"throttled_body": "json", **wrong})
    assert answer.status_code == 400
    assert next(iter(wrong)) in answer.json()["error"]
    assert harvest.world.switches.throttled_body == "html"


def test_the_clock_is_set_and_moved(harvest: RunningSandbox) -> None:
    control(harvest, "PATCH", "/clock", offset_seconds=60)
    assert control(harvest, "PATCH", "/clock", advance_seconds=30).json()["offset_seconds"] == 90.0


def test_faults_are_ordered_listed_and_cleared(harvest: RunningSandbox) -> None:
    listed = control(harvest, "POST", "/faults", kind="status", status=418, path="/v2/users/me").json()["faults"]
    assert [(one["kind"], one["status"]) for one in listed] == [("status", 418)]
    assert harvest.get("/v2/users/me").status_code == 418
    control(harvest, "POST", "/faults", kind="reset")
    assert control(harvest, "DELETE", "/faults").json() == {"faults": []}
    assert control(harvest, "POST", "/faults", kind="flood").status_code == 400


def test_the_journal_can_be_read_and_forgotten(harvest: RunningSandbox) -> None:
    harvest.get("/v2/clients")
    harvest.get("/v2/users/me")
    requests = control(harvest, "GET", "/journal", path="/v2/cl*").json()["requests"]
    assert [(one["method"], one["path"], one["status"]) for one in requests] == [("GET", "/v2/clients", 200)]
    assert harvest.personal_token("alice") not in str(requests)
    assert control(harvest, "DELETE", "/journal").json() == {"requests": []}


def test_a_grant_is_given_without_a_page(harvest: RunningSandbox) -> None:
    email = harvest.user("carmen").email
    tokens = control(harvest, "POST", "/tokens", email=email, account_ids=[harvest.account.id]).json()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert harvest.get("/v2/users/me", headers=bearer).json()["email"] == email
    control(harvest, "POST", "/tokens/expire", token=tokens["access_token"])
    assert harvest.get("/v2/users/me", headers=bearer).status_code == 401
    assert control(harvest, "POST", "/tokens/revoke", token=tokens["refresh_token"]).status_code == 200
    assert control(harvest, "POST", "/tokens/revoke", token="unheard of").status_code == 400
    assert control(harvest, "POST", "/tokens", email="nobody@example.com").status_code == 400


def test_approving_a_week_locks_it(harvest: RunningSandbox, track: Any) -> None:
    entry = track(hours=1)
    day = entry["spent_date"]
    wanted = {"account_id": harvest.account.id, "user_id": entry["user"]["id"], "from": day, "to": day}
    assert control(harvest, "POST", "/approvals", **wanted).json()["changed"] >= 1
    seen = harvest.get(f"/v2/time_entries/{entry['id']}", "carmen").json()
    assert (seen["approval_status"], seen["is_closed"], seen["is_locked"]) == ("approved", True, True)
    assert seen["locked_reason"] == "Item Approved and Locked for this Time Period"
    assert harvest.patch(f"/v2/time_entries/{entry['id']}", "carmen", json={"notes": "x"}).status_code == 422
    assert harvest.delete(f"/v2/time_entries/{entry['id']}", "carmen").status_code == 422
    assert harvest.delete(f"/v2/time_entries/{entry['id']}", "alice").status_code == 200


@pytest.mark.parametrize(("switch", "status"), [("422", 422), ("403", 403)])
def test_a_locked_edit_is_refused_as_the_switch_says(
    harvest: RunningSandbox, track: Any, switch: str, status: int
) -> None:
    harvest.switch(locked_edit=switch)
    entry = track(hours=1)
    harvest.account.time_entries[entry["id"]].approval_status = "approved"
    assert harvest.patch(f"/v2/time_entries/{entry['id']}", "carmen", json={"notes": "x"}).status_code == status


def test_running_time_cannot_be_approved(harvest: RunningSandbox, track: Any) -> None:
    entry = track()
    day = entry["spent_date"]
    wanted = {"account_id": harvest.account.id, "user_id": entry["user"]["id"], "from": day, "to": day}
    answer = control(harvest, "POST", "/approvals", **wanted)
    assert (answer.status_code, "running timer" in answer.json()["error"]) == (400, True)


@pytest.mark.parametrize("wrong", [{"user_id": 1}, {"status": "blessed"}, {"from": "then"}, {"account_id": 1}])
def test_an_approval_of_nothing_is_a_mistake(harvest: RunningSandbox, wrong: dict[str, Any]) -> None:
    wanted = {"account_id": harvest.account.id, "user_id": harvest.user("dev").id, "from": "20261101", "to": "20261102"}
    assert control(harvest, "POST", "/approvals", **{**wanted, **wrong}).status_code == 400


def test_the_company_takes_any_setting(harvest: RunningSandbox) -> None:
    account_id = harvest.account.id
    answer = control(harvest, "PATCH", "/company", account_id=account_id, wants_timestamp_timers=True, clock="12h")
    assert answer.json()["tracks_start_and_end"] is True
    assert harvest.get("/v2/company").json()["clock"] == "12h"
    assert control(harvest, "PATCH", "/company", account_id=account_id, moon="full").status_code == 400
    assert control(harvest, "PATCH", "/company", account_id=account_id, clock=12).status_code == 400


def test_a_reset_brings_the_seed_back_in_any_size(harvest: RunningSandbox, track: Any) -> None:
    track()
    accounts = control(harvest, "POST", "/reset", entries=3000).json()["accounts"]
    assert 2500 < accounts[0]["time_entries"] < 3500
    assert harvest.running("carmen") is None
    control(harvest, "POST", "/reset", entries=900)


def test_accounts_name_people_tokens_and_timesheets(harvest: RunningSandbox) -> None:
    agency = control(harvest, "GET", "/accounts").json()["accounts"][0]
    alice = agency["people"][0]
    assert (alice["name"], alice["personal_token"]) == ("Alice Okafor", harvest.personal_token("alice"))
    assert httpx.get(harvest.url + alice["timesheet"]).status_code == 200


def test_budgets_and_mail_can_be_watched(harvest: RunningSandbox) -> None:
    harvest.get("/v2/users/me")
    (purse,) = control(harvest, "GET", "/budgets").json()["budgets"]
    assert [(one["name"], one["limit"], one["used"]) for one in purse["budgets"]] == [
        ("general", 100, 1),
        ("reports", 100, 0),
    ]
    harvest.post("/v2/users", json={"first_name": "J", "last_name": "S", "email": "j@example.com"})
    assert [one["to"] for one in control(harvest, "GET", "/mail").json()["mail"]] == ["j@example.com"]


def test_it_is_ready_when_it_listens(harvest: RunningSandbox) -> None:
    assert httpx.get(f"{harvest.url}/health/ready").status_code == 200

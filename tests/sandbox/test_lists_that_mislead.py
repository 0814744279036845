"""Lists that are not the whole truth: fewer rights, deleted rows, pages that shrink or shift, features that are off."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from harvest_bridge.sandbox.testing import RunningSandbox

ENTRIES = "/v2/time_entries"


def control(harvest: RunningSandbox, action: str, **body: Any) -> httpx.Response:
    return httpx.patch(f"{harvest.url}/sandbox/api{action}", json={"account_id": harvest.account.id, **body})


def page(harvest: RunningSandbox, who: str = "alice", **query: Any) -> dict[str, Any]:
    answer: dict[str, Any] = harvest.get(ENTRIES, who, params=query).json()
    return answer


def walk(harvest: RunningSandbox, url: str | None) -> list[int]:
    found: list[int] = []
    while url:
        body = harvest.get(url.removeprefix(harvest.url)).json()
        found += [one["id"] for one in body["time_entries"]]
        url = body["links"]["next"]
    return found


def test_a_right_that_is_taken_away_leaves_a_shorter_list_that_looks_whole(harvest: RunningSandbox) -> None:
    alice = harvest.user("alice").id
    everything = page(harvest)["total_entries"]
    assert control(harvest, "/rights", user_id=alice, access_roles=["member"]).status_code == 200
    own = page(harvest)
    assert 0 < own["total_entries"] < everything
    assert {one["user"]["id"] for one in own["time_entries"]} == {alice}
    assert harvest.get("/v2/projects").status_code == 403
    assert control(harvest, "/rights", user_id=alice, access_roles=["administrator"]).status_code == 200
    assert page(harvest)["total_entries"] == everything


@pytest.mark.parametrize("roles", [["emperor"], ["member", "estimates_manager"], []])
def test_rights_that_do_not_exist_are_refused(harvest: RunningSandbox, roles: list[str]) -> None:
    answer = control(harvest, "/rights", user_id=harvest.user("alice").id, access_roles=roles)
    assert (answer.status_code, "access_roles" in answer.json()["error"]) == (400, True)
    assert harvest.user("alice").access_roles == ["administrator"]


def test_a_deleted_entry_leaves_no_trace(harvest: RunningSandbox) -> None:
    entry, since = harvest.add_entry("carmen"), harvest.now().isoformat()
    harvest.advance(60)
    assert harvest.delete(f"{ENTRIES}/{entry.id}").status_code == 200
    harvest.advance(60)
    assert page(harvest, updated_since=since)["time_entries"] == []
    assert harvest.get(f"{ENTRIES}/{entry.id}").status_code == 404


def test_rows_change_page_in_the_middle_of_a_walk_by_numbers(harvest: RunningSandbox) -> None:
    harvest.switch(time_entries_next="page")
    before = [entry.id for entry in harvest.account.time_entries.rows()]
    gone = harvest.account.time_entries.rows()[0]
    harvest.meanwhile(lambda: harvest.account.time_entries.remove(gone), ENTRIES)
    met = walk(harvest, f"{ENTRIES}?per_page=100")
    assert len(before) == len(met) + 1, "one row moved to a page that had been read"
    assert before[100] not in met, "and it is not the deleted one"


def test_rows_keep_their_place_in_a_walk_by_cursor(harvest: RunningSandbox) -> None:
    before = [entry.id for entry in harvest.account.time_entries.rows()]
    gone = harvest.account.time_entries.rows()[0]
    harvest.meanwhile(lambda: harvest.account.time_entries.remove(gone), ENTRIES)
    assert walk(harvest, f"{ENTRIES}?per_page=100") == before


def test_a_short_page_lacks_rows_that_its_counts_promise(harvest: RunningSandbox) -> None:
    harvest.fault("short_page", path=ENTRIES)
    short, whole = page(harvest, per_page=100), page(harvest, per_page=100)
    assert (len(short["time_entries"]), len(whole["time_entries"])) == (50, 100)
    assert {**short, "time_entries": []} == {**whole, "time_entries": []}


def test_an_early_end_hides_the_pages_that_follow(harvest: RunningSandbox) -> None:
    harvest.fault("early_end", path=ENTRIES)
    cut = page(harvest, per_page=100)
    assert (cut["links"]["next"], cut["next_page"], len(cut["time_entries"])) == (None, None, 100)
    assert cut["total_entries"] > 100


@pytest.mark.parametrize("position", [403, 404])
def test_a_feature_that_is_switched_off_refuses_its_lists(harvest: RunningSandbox, position: int) -> None:
    harvest.switch(disabled_module=str(position))
    control(harvest, "/company", expense_feature=False)
    assert harvest.get("/v2/expenses").status_code == position
    assert harvest.get("/v2/invoices").status_code == 200

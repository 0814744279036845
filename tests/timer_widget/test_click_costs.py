"""What each action asks of Harvest, counted in what arrived there (docs/widget.md, "What it costs"; E17)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.sandbox.testing import RunningSandbox

from .people import ITEM, click, session

pytestmark = pytest.mark.django_db
PAGE_ITEMS = [{"id": "T-1", "group_id": "web"}, {"id": "T-2", "group_id": "web"}]
OTHER = {**ITEM, "id": "T-2"}


@pytest.fixture(autouse=True)
def _a_slow_machine_is_no_old_state(settings: Any) -> None:
    settings.TIMER_LOOK_SECONDS = 3600


@contextmanager
def costs(sandbox: RunningSandbox, *, writes: int, reads: int) -> Iterator[None]:
    sandbox.journal.clear()
    yield
    asked = [each.target for each in sandbox.requests()]
    found = len([each for each in asked if not each.startswith("GET")]), len([e for e in asked if e.startswith("GET")])
    assert found == (writes, reads), asked


@pytest.fixture
def page(board: NewHostApp, carmen: APIClient, pick: dict[str, int]) -> APIClient:
    """Carmen's, that has been open for a while: totals are shown, and an entry was made, so zone and mode are known."""
    start(carmen, pick, OTHER)
    stop(carmen)
    post(carmen, "entry", item=OTHER, spent_date="2026-11-20", hours="1", notes="", **pick)
    assert displayed_total(carmen) == 0
    return carmen


def post(widget: APIClient, path: str, **asked: Any) -> dict[str, Any]:
    answer = widget.post(f"/timer/{path}", click(**asked), format="json")
    assert answer.status_code in (200, 201), answer.content
    told: dict[str, Any] = answer.json()
    return told


def start(widget: APIClient, pick: dict[str, int], item: dict[str, str] = ITEM) -> dict[str, Any]:
    return post(widget, "start", item=item, notes="", **pick)


def stop(widget: APIClient) -> dict[str, Any]:
    running = widget.get("/timer/state").json()["running"]
    return post(widget, "stop", entry_id=running["entry_id"], timer_started_at=running["started_at"], item=ITEM)


def displayed_total(widget: APIClient) -> int:
    told = widget.post("/timer/totals", {"items": PAGE_ITEMS}, format="json").json()
    return int(told["items"][0]["mine"])


def test_a_page_load_with_fresh_state_costs_nothing(
    board: NewHostApp, page: APIClient, sandbox: RunningSandbox
) -> None:
    with costs(sandbox, writes=0, reads=0):
        displayed_total(session(board))


def test_a_start_is_one_write_and_one_read(page: APIClient, pick: dict[str, int], sandbox: RunningSandbox) -> None:
    with costs(sandbox, writes=1, reads=1):
        start(page, pick)
        displayed_total(page)


def test_a_stop_is_one_write_and_one_read_and_knows_the_total(
    page: APIClient, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    running = start(page, pick)["state"]["running"]
    sandbox.advance(1800)
    with costs(sandbox, writes=1, reads=1):
        told = post(page, "stop", entry_id=running["entry_id"], timer_started_at=running["started_at"], item=ITEM)
        assert told["state"]["item"]["seconds"] == 1800
        assert displayed_total(page) == 1800


def test_a_switch_is_one_write_and_one_read_and_counts_the_time_of_both(
    page: APIClient, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    start(page, pick)
    sandbox.advance(3600)
    with costs(sandbox, writes=1, reads=1):
        told = start(page, pick, {**OTHER, "id": "T-3"})
        assert told["state"]["item"]["seconds"] <= 1
        assert abs(displayed_total(page) - 3600) <= 36


def test_going_on_with_an_entry_of_the_day_is_one_write_and_one_read(
    page: APIClient, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    first = start(page, pick)["state"]["running"]["entry_id"]
    sandbox.advance(3600)
    stop(page)
    with costs(sandbox, writes=1, reads=1):
        told = start(page, pick)
        assert told["state"]["running"]["entry_id"] == first
        assert displayed_total(page) == 0


def test_time_by_hand_is_one_write(page: APIClient, pick: dict[str, int], sandbox: RunningSandbox) -> None:
    day = (sandbox.now() - timedelta(days=1)).date().isoformat()
    with costs(sandbox, writes=1, reads=0):
        told = post(page, "entry", item=ITEM, spent_date=day, hours="1.5", notes="", **pick)
        assert told["state"]["item"]["seconds"] == displayed_total(page) == 5400


def test_a_change_and_a_deletion_are_one_write_and_one_read(
    page: APIClient, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    day = (sandbox.now() - timedelta(days=1)).date().isoformat()
    entry_id = post(page, "entry", item=ITEM, spent_date=day, hours="1.5", notes="", **pick)["entry"]["entry_id"]
    with costs(sandbox, writes=1, reads=1):
        assert page.patch("/timer/entry", click(entry_id=entry_id, hours="2"), format="json").status_code == 200
        assert displayed_total(page) == 7200
    with costs(sandbox, writes=1, reads=1):
        assert page.delete("/timer/entry", click(entry_id=entry_id), format="json").status_code == 200
        assert displayed_total(page) == 0


def test_what_was_begun_in_harvest_itself_is_read_anew(
    page: APIClient, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    body = {**pick, "spent_date": sandbox.now().date().isoformat()}
    reference = {"id": "T-1", "group_id": "web", "permalink": ITEM["permalink"]}
    entry = sandbox.post("/v2/time_entries", "carmen", json=body | {"external_reference": reference}).json()
    assert page.get("/timer/state").json()["running"]["entry_id"] == entry["id"]
    sandbox.advance(1800)
    sandbox.patch(f"/v2/time_entries/{entry['id']}/stop", "carmen")
    assert page.get("/timer/state").json()["running"] is None
    assert displayed_total(page) == 1800


def test_a_timer_that_goes_on_is_not_in_the_total_of_its_item(
    page: APIClient, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    """Its page adds all of what it shows."""
    start(page, pick)
    sandbox.advance(3600)
    stop(page)
    start(page, pick)
    assert displayed_total(page) in (0, 3600)
    again = page.get("/timer/state", {"item_id": "T-1", "group_id": "web"}).json()
    elapsed = again["running"]["seconds_before"]
    assert again["item"]["seconds"] - elapsed - displayed_total(page) <= 36

"""One form of every id and text, on both sides of the wire and of Harvest: one press starts, the next stops."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.sandbox.testing import RunningSandbox
from timer_widget.normalization import normalize_id, normalize_text
from timer_widget.projects.named_choice import named_choice

from .node import run_node
from .people import ITEM, click, session

SAME_AS_77: list[Any] = [
    " 77 ",
    "\n\t77\r\n",
    "\u00a077\u2003",
    "7\u200b7\ufeff",
    "\u200e77\u2069",
    "7\u00ad7",
    "77\x01",
    77,
    77.0,
]
TEXTS = [
    *SAME_AS_77,
    "web \u00a0\n 12",
    "cafe\u0301",
    "\u2028\u3000",
    "x\u200dy",
    "half \ud83d",
    "\U0001f469\u200d\U0001f4bb",
]


@pytest.mark.parametrize("given", SAME_AS_77)
def test_an_id_has_one_form_whatever_surrounds_it(given: str | int) -> None:
    assert normalize_id(given) == "77"


def test_browser_and_server_have_the_same_form() -> None:
    script = """import { normalizeId, normalizeText } from "./src/shared/normalize.js";
        const both = (each) => [normalizeId(each), normalizeText(each, 500)];
        console.log(JSON.stringify(JSON.parse(process.argv[1]).map(both)))"""
    theirs = json.loads(run_node("node", "--input-type=module", "-e", script, json.dumps(TEXTS)))
    assert theirs == [[normalize_id(each), normalize_text(str(each).removesuffix(".0"))] for each in TEXTS]


@pytest.mark.django_db
@pytest.mark.parametrize("given", SAME_AS_77)
def test_the_server_answers_an_id_in_the_form_it_goes_by(carmen: APIClient, pick: dict[str, int], given: str) -> None:
    answer = carmen.post("/timer/start", click(item=ITEM | {"id": given}, notes="x", **pick), format="json")
    assert answer.status_code == 201
    assert answer.json()["state"]["running"]["item"]["id"] == "77"


@pytest.mark.django_db
def test_an_entry_of_another_writer_is_known_by_its_reference_in_normal_form(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    reference = {"id": " T\u200b-1\u00a0", "group_id": "web\n", "permalink": ITEM["permalink"]}
    body = {**pick, "spent_date": "2026-11-24", "external_reference": reference}
    assert sandbox.post("/v2/time_entries", "carmen", json=body).status_code == 201
    running = carmen.get("/timer/state").json()["running"]
    assert (running["item"]["id"], running["item"]["group_id"]) == ("T-1", "web")


@pytest.mark.django_db
@pytest.mark.parametrize("listed", [[" T-1 "], ["T\u2060-1"]])
def test_a_token_locked_to_an_item_covers_it_in_every_form(
    board: NewHostApp, carmen: APIClient, pick: dict[str, int], listed: list[Any]
) -> None:
    locked = session(board, items=listed)
    assert locked.post("/timer/start", click(item=ITEM, notes="", **pick), format="json").status_code == 201
    other = locked.post("/timer/start", click(item=ITEM | {"id": "T-2"}, notes="", **pick), format="json")
    assert other.json()["code"] == "item_not_allowed"


@pytest.mark.django_db
def test_a_token_may_name_its_items_by_number(board: NewHostApp, carmen: APIClient, pick: dict[str, int]) -> None:
    numbered = session(board, items=[1337])
    started = numbered.post("/timer/start", click(item=ITEM | {"id": "1337"}, notes="", **pick), format="json")
    assert started.status_code == 201


@pytest.mark.django_db
@pytest.mark.parametrize("blank", ["", "  ", "\u00a0", "\u200b"])
def test_an_id_of_nothing_that_can_be_seen_is_none(carmen: APIClient, pick: dict[str, int], blank: str) -> None:
    refused = carmen.post("/timer/start", click(item=ITEM | {"id": blank}, notes="", **pick), format="json")
    assert refused.status_code == 400
    assert "An item needs an id." in refused.content.decode()


def test_a_project_is_found_by_a_name_with_other_spaces() -> None:
    projects = [{"id": 1, "code": None, "name": "Online\u00a0 store ", "tasks": [{"id": 5, "name": "Design"}]}]
    named = named_choice(projects, {"project_name": " Online store", "task_name": "Design\n"})
    assert named == {"project_id": 1, "task_id": 5}


@pytest.mark.django_db
@pytest.mark.parametrize("without", [{}, {"item": None}])
def test_time_without_an_item_has_no_reference(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, without: dict[str, None]
) -> None:
    answer = carmen.post("/timer/start", click(notes="Call", **pick, **without), format="json")
    assert answer.status_code == 201
    running = answer.json()["state"]["running"]
    assert running["item"] is None
    assert sandbox.get(f"/v2/time_entries/{running['entry_id']}", "carmen").json()["external_reference"] is None
    stopped = carmen.post("/timer/stop", click(entry_id=running["entry_id"]), format="json")
    assert stopped.json()["state"]["running"] is None


@pytest.mark.django_db
def test_a_token_locked_to_items_covers_no_time_without_one(
    board: NewHostApp, carmen: APIClient, pick: dict[str, int]
) -> None:
    refused = session(board, items=["T-1"]).post("/timer/start", click(notes="", **pick), format="json")
    assert refused.json()["code"] == "item_not_allowed"


@pytest.mark.django_db
def test_hours_without_an_item_have_no_reference(carmen: APIClient, pick: dict[str, int]) -> None:
    body = click(notes="Call", hours="1.25", spent_date="2026-11-24", **pick)
    entry = carmen.post("/timer/entry", body, format="json").json()["entry"]
    assert (entry["has_item"], entry["hours"]) == (False, "1.25")

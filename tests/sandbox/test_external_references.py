"""Links to outside items, REFERENCE §7.8."""

from __future__ import annotations

from typing import Any

import pytest

from harvest_bridge.sandbox.testing import RunningSandbox

CARD = {"id": 7, "group_id": "board", "permalink": "https://www.trello.com/c/7", "service": "forged.example"}


def test_all_parts_are_text_and_the_service_is_derived(track: Any) -> None:
    reference = track(external_reference=CARD)["external_reference"]
    assert list(reference) == ["id", "group_id", "account_id", "permalink", "service", "service_icon_url"]
    assert (reference["id"], reference["group_id"], reference["account_id"]) == ("7", "board", None)
    assert reference["service"] == "trello.com"
    assert reference["service_icon_url"].endswith("trello.com.png")


def test_an_unknown_service_has_no_icon(track: Any) -> None:
    reference = track(external_reference={**CARD, "permalink": "https://tickets.example/7"})["external_reference"]
    assert (reference["service"], reference["service_icon_url"]) == ("tickets.example", None)


@pytest.mark.parametrize("nothing", [None, {}, "", {"id": ""}])
def test_blank_parts_are_no_reference(track: Any, nothing: object) -> None:
    assert track(external_reference=nothing)["external_reference"] is None


def test_entries_are_found_by_the_id_of_their_item(harvest: RunningSandbox, track: Any) -> None:
    ids = {track(external_reference=CARD, hours=1)["id"], track(external_reference=CARD, hours=2)["id"]}
    found = harvest.get("/v2/time_entries?external_reference_id=7", "carmen").json()["time_entries"]
    assert {entry["id"] for entry in found} == ids
    assert harvest.get("/v2/time_entries?external_reference_id=7", "dev").json()["time_entries"] == []


def test_a_reference_can_be_replaced_and_removed(harvest: RunningSandbox, track: Any) -> None:
    path = f"/v2/time_entries/{track(external_reference=CARD)['id']}"
    moved = harvest.patch(path, "carmen", json={"external_reference": {**CARD, "id": "8"}}).json()
    assert moved["external_reference"]["id"] == "8"
    assert harvest.get("/v2/time_entries?external_reference_id=7", "carmen").json()["total_entries"] == 0
    assert harvest.delete(f"{path}/external_reference", "carmen").status_code == 200
    assert harvest.get(path, "carmen").json()["external_reference"] is None

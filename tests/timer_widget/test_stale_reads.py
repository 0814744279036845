"""Clicks, where Harvest shows an entry as it was some seconds ago."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.sandbox.testing import RunningSandbox
from harvest_bridge.sandbox.timers import resume

from .late_clicks import ago, has_times, named, seconds, start, stop
from .people import ITEM, click
from .test_continue import start as start_again
from .test_continue import tracked
from .test_named_scenarios import hear_again

__all__ = ["has_times", "tracked"]
pytestmark = pytest.mark.django_db
only_hours = pytest.mark.parametrize("has_times", [False], ids=["hours"])


Show = Callable[[int], object]


def show_as_now(sandbox: RunningSandbox, entry_id: int, **changed: Any) -> Show:
    """Shape: a call, from which on so many reads of the entry are answered with the entry as it is now."""
    path = f"/v2/time_entries/{entry_id}"
    shown = json.dumps(sandbox.get(path, "carmen").json() | changed)
    return lambda times: sandbox.fault("status", method="GET", path=path, status=200, body=shown, times=times)


def switched(carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox) -> tuple[int, Show]:
    """From a timer of half an hour to another one. Shape: its entry, and `show_as_now` while it ran."""
    first = start(carmen, pick, ago(minutes=60)).json()["state"]["running"]["entry_id"]
    show = show_as_now(sandbox, first)
    assert start(carmen, pick, ago(minutes=30), item={"id": "T-2"}).status_code == 201
    return first, show


def edit(carmen: APIClient, entry_id: int) -> Any:
    asked = {"entry_id": entry_id, "hours": "2.00", "clicked_at": ago(minutes=20).isoformat()}
    return carmen.patch("/timer/entry", click(**asked), format="json")


@only_hours
def test_hours_are_kept_as_they_were_said_though_a_read_shows_the_timer_that_just_ended(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    first, show = switched(carmen, pick, sandbox)
    show(1)
    assert edit(carmen, first).status_code == 200
    assert seconds(sandbox, first) == 7200


@only_hours
def test_hours_wait_while_all_reads_show_the_timer_that_just_ended(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    first, show = switched(carmen, pick, sandbox)
    show(2)
    assert edit(carmen, first).status_code == 202
    hear_again(sandbox)
    assert seconds(sandbox, first) == 7200


def test_a_timer_is_stopped_though_a_read_shows_its_entry_as_it_was_before_it_ran_again(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, tracked: int
) -> None:
    show = show_as_now(sandbox, tracked)
    running = start_again(carmen, pick).json()["state"]["running"]
    show(1)
    assert stop(carmen, ago(seconds=0), **named(running)).status_code == 200
    assert sandbox.running("carmen") is None


def test_an_undo_of_a_deletion_brings_back_the_hours_that_an_edit_just_wrote(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, tracked: int
) -> None:
    show = show_as_now(sandbox, tracked, updated_at=ago(seconds=5).strftime("%Y-%m-%dT%H:%M:%SZ"))
    assert edit(carmen, tracked).status_code == 200
    show(1)
    assert carmen.delete("/timer/entry", click(entry_id=tracked), format="json").status_code == 200
    assert carmen.post("/timer/undo", click(entry_id=tracked), format="json").status_code == 200
    assert [float(entry.hours) for entry in sandbox.entries_on("T-1")] == [2.0]


def test_an_undo_is_done_though_the_restart_is_answered_with_the_entry_as_it_was(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    """With start and end times, that answer does not tell which entry runs now."""
    first = start(carmen, pick, ago(minutes=60)).json()["state"]["running"]["entry_id"]
    switched_to = start(carmen, pick, ago(seconds=1), item=ITEM | {"id": "T-2"}).json()["state"]["running"]["entry_id"]
    path = f"/v2/time_entries/{first}/restart"
    as_it_was = sandbox.get(f"/v2/time_entries/{first}", "carmen").text
    entry = next(each for each in sandbox.entries("carmen") if each.id == first)
    sandbox.meanwhile(lambda: resume(sandbox.account, entry, sandbox.now()), path, after=0)
    sandbox.fault("status", method="PATCH", path=path, status=200, body=as_it_was)
    undone = carmen.post("/timer/undo", click(entry_id=switched_to, previous_id=first), format="json")
    assert undone.status_code == 200
    assert (sandbox.entries_on("T-2"), len(sandbox.entries_on("T-1"))) == ([], 2 if has_times else 1)
    assert undone.json()["state"]["running"]["item"]["id"] == "T-1"


@only_hours
def test_what_an_undo_restarted_is_changed_at_once(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    """The switch ended it a moment before, so that a read which shows it running might be from before that."""
    first, _ = switched(carmen, pick, sandbox)
    mistaken = sandbox.running("carmen")
    assert mistaken is not None
    undone = carmen.post("/timer/undo", click(entry_id=mistaken.id, previous_id=first), format="json")
    assert undone.json()["state"]["running"]["entry_id"] == first
    assert carmen.patch("/timer/entry", click(entry_id=first, notes="Well"), format="json").status_code == 200

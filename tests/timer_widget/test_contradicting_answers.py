"""Harvest answers 200 with what contradicts the write: the entry is read again, and the click waits until it is so."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.sandbox.testing import RunningSandbox
from timer_widget.clicks import execution
from timer_widget.clicks.replaying import replay_due
from timer_widget.models import Intent, Person

from . import test_continue
from .late_clicks import NEAR, ago, has_times, named, seconds, start, stop
from .people import ITEM, click
from .test_continue import tracked
from .test_named_scenarios import hear_again, run

__all__ = ["has_times", "tracked"]
pytestmark = pytest.mark.django_db

ENTRY = "/v2/time_entries/*"


def answer_as_it_was(sandbox: RunningSandbox, entry_id: int, path: str = ENTRY, **fault: Any) -> None:
    """The next change is answered with this entry as it is now, and not carried out."""
    entry = sandbox.get(f"/v2/time_entries/{entry_id}", "carmen").text
    sandbox.fault("status", method="PATCH", path=path, status=200, body=entry, **fault)


def stopped(sandbox: RunningSandbox, carmen: APIClient, pick: dict[str, int]) -> dict[str, Any]:
    """A run of an hour that was stopped in Harvest."""
    running = run(carmen, pick, minutes=60)
    assert sandbox.patch(f"/v2/time_entries/{running['entry_id']}/stop", "carmen").status_code == 200
    return running


def edit(widget: APIClient, entry_id: int, **asked: Any) -> Any:
    return widget.patch("/timer/entry", click(entry_id=entry_id, **asked), format="json")


def test_an_end_that_is_answered_with_the_entry_as_it_was_is_written_again(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    running = stopped(sandbox, carmen, pick)
    answer_as_it_was(sandbox, running["entry_id"])
    assert stop(carmen, ago(minutes=30), **named(running)).status_code == 202
    hear_again(sandbox)
    assert abs(seconds(sandbox, running["entry_id"]) - 1800) <= NEAR


def test_time_that_is_answered_with_the_entry_as_it_was_is_written_again(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    running = stopped(sandbox, carmen, pick)
    answer_as_it_was(sandbox, running["entry_id"], times=2)  # also in the fields of the other kind of account
    assert edit(carmen, running["entry_id"], started_time="08:00", ended_time="10:30").status_code == 202
    hear_again(sandbox)
    assert seconds(sandbox, running["entry_id"]) == 9000


def test_time_that_was_written_and_is_answered_with_the_entry_as_it_was_is_written_once(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    running = stopped(sandbox, carmen, pick)
    path = f"/v2/time_entries/{running['entry_id']}"
    answer_as_it_was(sandbox, running["entry_id"])
    (entry,) = sandbox.entries_on("T-1")

    def carry_out() -> None:
        entry.hours = Decimal("2.50")
        if has_times:
            entry.started_time, entry.ended_time = time(8), time(10, 30)

    sandbox.meanwhile(carry_out, path, after=1)
    sandbox.journal.clear()
    answer = edit(carmen, running["entry_id"], started_time="08:00", ended_time="10:30")
    assert (answer.status_code, answer.json()["entry"]["seconds"]) == (200, 9000)
    assert len(sandbox.requests("PATCH", path)) == 1


def test_a_late_start_whose_time_is_not_kept_is_dated_back_again(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    running = start(carmen, pick, ago(seconds=1)).json()["state"]["running"]
    answer_as_it_was(sandbox, running["entry_id"], times=2)
    moved = click(entry_id=running["entry_id"], started_at=ago(minutes=40).isoformat())
    assert carmen.post("/timer/beginning", moved, format="json").status_code == 202
    hear_again(sandbox)
    assert abs(seconds(sandbox, running["entry_id"]) - 2400) <= NEAR


def test_an_entry_that_is_said_to_run_again_and_does_not_is_started_again(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, tracked: int
) -> None:
    answer_as_it_was(sandbox, tracked, f"{ENTRY}/restart")
    assert test_continue.start(carmen, pick).status_code == 202
    hear_again(sandbox)
    running = sandbox.running("carmen")
    assert running is not None
    assert (running.id, len(sandbox.entries_on("T-1"))) == (tracked, 1)


def test_another_project_that_is_not_kept_is_written_again(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, tracked: int
) -> None:
    project, task = next(each for each in sandbox.picks("carmen") if each[0].id != pick["project_id"])
    answer_as_it_was(sandbox, tracked)
    assert edit(carmen, tracked, project_id=project.id, task_id=task.id).status_code == 202
    hear_again(sandbox)
    assert sandbox.entries_on("T-1")[0].project.id == project.id


def test_added_time_that_is_said_to_run_is_looked_at_before_it_is_changed(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, tracked: int
) -> None:
    entry = sandbox.get(f"/v2/time_entries/{tracked}", "carmen").json()
    said = entry | {"is_running": True, "timer_started_at": datetime.now(UTC).isoformat()}
    sandbox.fault("status", method="POST", path="/v2/time_entries", status=201, body=json.dumps(said))
    body = click(item=ITEM, notes="Fix", spent_date=entry["spent_date"], hours="1.00", **pick)
    sandbox.journal.clear()
    assert carmen.post("/timer/entry", body, format="json").status_code == 201
    assert sandbox.requests("PATCH") == []


def test_a_change_that_harvest_never_keeps_is_told_to_its_person(
    carmen: APIClient, sandbox: RunningSandbox, tracked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution, "_MOST_CONTRADICTIONS", 3)
    answer_as_it_was(sandbox, tracked, times=None)
    edit(carmen, tracked, hours="2.00")
    for _ in range(2):
        Intent.objects.filter(status="pending").update(next_attempt_at=datetime.now(UTC))
        replay_due(Person.objects.get().pk)
    intent = Intent.objects.latest("position")
    assert (intent.status, intent.needs_decision, intent.outcome["code"]) == ("failed", True, "change_not_kept")

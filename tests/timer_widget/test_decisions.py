"""Decisions on clicks that failed: what can be put right is checked first, and who decided what is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from harvest_bridge.sandbox.testing import RunningSandbox
from timer_widget.clicks.replaying import replay_due
from timer_widget.models import Intent, Person

from .people import ITEM, click

pytestmark = pytest.mark.django_db


@pytest.fixture
def failed(carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox) -> dict[str, Any]:
    """A start that met an outage, and whose project was archived before it was over."""
    carmen.get("/timer/projects")
    sandbox.fault("status", path="/v2/*", status=503, times=None)
    body = click(item=ITEM, notes="Fix", **pick)
    assert carmen.post("/timer/start", body, format="json").status_code == 202
    sandbox.clear_faults()
    with sandbox.world.lock:
        sandbox.pick("carmen")[0].is_active = False
    Intent.objects.update(next_attempt_at=datetime.now(UTC))
    replay_due(Person.objects.get().pk)
    return body


def decide(widget: APIClient, body: dict[str, Any], decision: str, **more: Any) -> Any:
    key = body["idempotency_key"]
    return widget.post("/timer/clicks/decision", {"key": key, "decision": decision, **more}, format="json")


def waiting(widget: APIClient) -> dict[str, Any]:
    (found,) = widget.get("/timer/state").json()["clicks"]
    shown: dict[str, Any] = found
    return shown


def test_a_click_that_waits_names_project_and_task_as_they_were_listed_last(
    carmen: APIClient, failed: dict[str, Any], sandbox: RunningSandbox
) -> None:
    with sandbox.world.lock:
        project, task = (sandbox.account.projects[failed["project_id"]], sandbox.account.tasks[failed["task_id"]])
    shown = waiting(carmen)
    assert (shown["project"]["name"], shown["task"]["name"]) == (project.name, task.name)


def test_names_that_were_never_listed_are_null_and_not_empty(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    sandbox.fault("status", path="/v2/*", status=503, times=None)
    shown = carmen.post("/timer/start", click(item=ITEM, **pick), format="json").json()["click"]
    assert (shown["project"], shown["task"]["name"]) == ({"id": pick["project_id"], "name": None}, None)


def test_what_harvest_refuses_is_told_in_our_words_with_field_and_remedy_and_harvests_own_beside_it(
    carmen: APIClient, failed: dict[str, Any]
) -> None:
    assert "choose another project" in waiting(carmen)["message"]
    again = carmen.post("/timer/start", failed, format="json").json()
    assert again["message"].startswith("project_id: ")
    assert list(again["fields"]) == ["project_id"]
    assert again["raw_response"]["message"] not in again["message"]


def test_a_project_or_task_that_is_none_of_theirs_is_refused_by_name_and_not_kept(
    carmen: APIClient, failed: dict[str, Any], sandbox: RunningSandbox
) -> None:
    project, task = sandbox.picks("carmen")[0]
    for place, name in (
        ({"project_id": 999, "task_id": task.id}, "project_id"),
        ({"project_id": project.id, "task_id": 999}, "task_id"),
    ):
        refused = decide(carmen, failed, "change", **place)
        assert (refused.status_code, list(refused.json()["fields"])) == (400, [name])
        kept = waiting(carmen)
        assert (kept["project"]["id"], kept["status"]) == (failed["project_id"], "failed")


def test_while_harvest_is_away_a_choice_is_checked_against_what_was_listed_last(
    carmen: APIClient, failed: dict[str, Any], sandbox: RunningSandbox
) -> None:
    project, task = sandbox.picks("carmen")[0]
    sandbox.fault("status", path="/v2/*", status=503, times=None)
    assert decide(carmen, failed, "change", project_id=999, task_id=task.id).status_code == 400
    assert decide(carmen, failed, "change", project_id=project.id, task_id=task.id).status_code == 202


class TestOldStarts:
    """A start that came after 72 hours has no end of its own: nobody works for four days."""

    @pytest.fixture
    def old(self, carmen: APIClient, pick: dict[str, int]) -> dict[str, Any]:
        body = click(item=ITEM, **pick) | {"clicked_at": (datetime.now(UTC) - timedelta(hours=96)).isoformat()}
        assert carmen.post("/timer/start", body, format="json").json()["code"] == "click_expired"
        return body

    def test_it_is_done_once_its_person_says_when_the_work_ended(
        self, carmen: APIClient, old: dict[str, Any], sandbox: RunningSandbox
    ) -> None:
        assert waiting(carmen)["choices"] == ["end", "drop"]
        refused = decide(carmen, old, "retry")
        assert (refused.status_code, "ended_at" in refused.json()["message"]) == (400, True)
        ended_at = datetime.fromisoformat(old["clicked_at"]) + timedelta(hours=2)
        assert decide(carmen, old, "retry", ended_at=ended_at.isoformat()).status_code == 200
        (entry,) = sandbox.entries_on("T-1")
        assert (entry.is_running, float(entry.hours)) == (False, 2.0)

    @pytest.mark.parametrize("hours", [-1, 97])
    def test_an_end_before_the_start_or_to_come_is_none(
        self, carmen: APIClient, old: dict[str, Any], sandbox: RunningSandbox, hours: int
    ) -> None:
        ended_at = datetime.fromisoformat(old["clicked_at"]) + timedelta(hours=hours)
        refused = decide(carmen, old, "retry", ended_at=ended_at.isoformat())
        assert (refused.status_code, "ended_at" in refused.json()["message"]) == (400, True)
        assert not sandbox.entries_on("T-1")

    def test_one_whose_stop_is_known_needs_no_other_end(
        self, carmen: APIClient, old: dict[str, Any], sandbox: RunningSandbox
    ) -> None:
        at = datetime.fromisoformat(old["clicked_at"]) + timedelta(hours=1)
        Intent.objects.create(
            person=Person.objects.get(), kind="stop", idempotency_key="its own stop", clicked_at=at, asked={},
            start_key=old["idempotency_key"], status="done", position=9,
        )  # fmt: skip
        assert decide(carmen, old, "retry").status_code == 200
        (entry,) = sandbox.entries_on("T-1")
        assert (entry.is_running, float(entry.hours)) == (False, 1.0)


def test_each_decision_is_kept_with_who_decided_and_what_the_click_had_failed_with(
    carmen: APIClient, failed: dict[str, Any], sandbox: RunningSandbox
) -> None:
    project, task = sandbox.picks("carmen")[0]
    assert decide(carmen, failed, "retry").status_code == 422
    assert decide(carmen, failed, "change", project_id=project.id, task_id=task.id).status_code == 200
    first, second = Intent.objects.get().decisions.all()
    assert (first.decision, first.by, first.outcome["code"]) == ("retry", "person", "harvest_rejected")
    assert (second.decision, second.changes["project_id"]) == ("change", project.id)


def fields_of(kind: str, browser: Client, **asked: Any) -> set[str]:
    Intent.objects.update(kind=kind, asked=asked)
    page = browser.get(reverse("admin:timer_widget_intent_change", args=[Intent.objects.get().pk]))
    names = {"project_id", "task_id", "notes", "clicked_at", "ended_at", "started_at", "spent_date"}
    return {name for name in names if f'name="{name}' in page.content.decode()}


@pytest.fixture
def operator() -> Client:
    browser = Client()
    browser.force_login(User.objects.create_superuser("otto", "otto@example.com", "x"))
    return browser


def test_operators_are_offered_what_the_kind_of_click_has(failed: dict[str, Any], operator: Client) -> None:
    place = {"project_id", "task_id", "notes"}
    assert fields_of("start", operator, **dict.fromkeys(place, 1)) == place | {"clicked_at", "ended_at"}
    assert fields_of("stop", operator, entry_id=1) == {"clicked_at"}
    assert fields_of("edit", operator, entry_id=1) == place
    assert fields_of("move", operator, entry_id=1, started_at="2026-11-28T09:00:00Z") == {"started_at"}
    assert fields_of("delete", operator, entry_id=1) == set()


def test_an_operators_decision_names_the_operator(failed: dict[str, Any], operator: Client) -> None:
    chosen = {"action": "discard_selected", "_selected_action": [str(Intent.objects.get().pk)]}
    operator.post(reverse("admin:timer_widget_intent_changelist"), chosen)
    decision = Intent.objects.get().decisions.get()
    assert (decision.by, decision.operator, decision.decision) == ("operator", "otto", "drop")

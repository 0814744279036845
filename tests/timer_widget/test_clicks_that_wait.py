"""What a person sees of clicks that wait or failed, and what they, and operators, can do about them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.console.audit.models import AuditEntry
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.sandbox.testing import RunningSandbox
from timer_widget.clicks.replaying import replay_due
from timer_widget.models import Intent, Person

from .people import ITEM, click, session

pytestmark = pytest.mark.django_db


@pytest.fixture
def failed(carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox) -> dict[str, Any]:
    """A start that met an outage, and whose project was archived before it was over."""
    sandbox.fault("status", path="/v2/*", status=503, times=None)
    body = click(item=ITEM, notes="Fix", **pick)
    assert carmen.post("/timer/start", body, format="json").status_code == 202
    sandbox.clear_faults()
    with sandbox.world.lock:
        sandbox.pick("carmen")[0].is_active = False
    replay()
    return body


def replay() -> None:
    Intent.objects.filter(status="pending").update(next_attempt_at=datetime.now(UTC))
    replay_due(Person.objects.get().pk)


def clicks(widget: APIClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = widget.get("/timer/state").json()["clicks"]
    return found


def decide(widget: APIClient, key: str, decision: str, **place: int) -> Any:
    return widget.post("/timer/clicks/decision", {"key": key, "decision": decision, **place}, format="json")


def test_a_click_that_waits_is_shown_in_the_state_and_beside_its_answer(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    sandbox.fault("status", path="/v2/*", status=503, times=None)
    answer = carmen.post("/timer/start", click(item=ITEM, notes="Fix", **pick), format="json").json()
    assert answer["state"]["clicks"] == [answer["click"]]
    (shown,) = clicks(carmen)
    assert (shown["kind"], shown["status"], shown["code"]) == ("start", "pending", "harvest_unavailable")
    assert (shown["project"]["id"], shown["notes"]) == (pick["project_id"], "Fix")


def test_what_cannot_be_read_is_what_was_known_last_and_says_so(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    running = carmen.post("/timer/start", click(item=ITEM, **pick), format="json").json()["state"]["running"]
    assert carmen.get("/timer/state").json()["is_known"] is True
    sandbox.fault("status", path="/v2/*", status=503, times=None)
    answer = carmen.get("/timer/state")
    assert (answer.status_code, answer.json()["is_known"]) == (200, False)
    assert answer.json()["running"]["entry_id"] == running["entry_id"]
    assert answer.json()["read_at"] < answer.json()["server_now"]


def test_a_link_that_has_ended_says_nothing_of_the_timer_that_ran(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    """It runs on in Harvest: nobody has stopped it."""
    running = carmen.post("/timer/start", click(item=ITEM, **pick), format="json").json()["state"]["running"]
    sandbox.revoke_all("carmen")
    said = carmen.get("/timer/state").json()
    assert (said["connection"]["status"], said["is_known"]) == ("needs_reauth", False)
    assert said["running"]["entry_id"] == running["entry_id"]


def test_a_click_that_turns_out_impossible_waits_with_its_choices(carmen: APIClient, failed: dict[str, Any]) -> None:
    (shown,) = clicks(carmen)
    assert (shown["key"], shown["status"], shown["code"]) == (failed["idempotency_key"], "failed", "harvest_rejected")
    assert shown["choices"] == ["change", "retry", "copy", "drop"]
    assert shown["message"]
    again = carmen.post("/timer/start", failed, format="json")
    assert (again.status_code, again.json()["code"]) == (422, "harvest_rejected")


def test_another_project_mends_it(carmen: APIClient, failed: dict[str, Any], sandbox: RunningSandbox) -> None:
    project, task = sandbox.picks("carmen")[0]
    answer = decide(carmen, failed["idempotency_key"], "change", project_id=project.id, task_id=task.id)
    assert (answer.status_code, answer.json()["state"]["clicks"]) == (200, [])
    running = sandbox.running("carmen")
    assert running is not None
    assert running.project.id == project.id


def test_a_retry_that_fails_again_waits_again_and_a_dropped_click_is_gone(
    carmen: APIClient, failed: dict[str, Any], sandbox: RunningSandbox
) -> None:
    refused = decide(carmen, failed["idempotency_key"], "retry")
    assert (refused.status_code, refused.json()["code"]) == (422, "harvest_rejected")
    assert [each["status"] for each in clicks(carmen)] == ["failed"]
    assert decide(carmen, failed["idempotency_key"], "drop").json()["state"]["clicks"] == []
    assert not sandbox.entries_on("T-1")
    assert decide(carmen, failed["idempotency_key"], "retry").json()["code"] == "no_such_click"


@pytest.mark.parametrize(
    ("asked", "named"), [({"decision": "forget"}, "decision"), ({"decision": "change"}, "project_id")]
)
def test_a_decision_that_is_none_is_refused_by_name(
    carmen: APIClient, failed: dict[str, Any], asked: dict[str, Any], named: str
) -> None:
    body = {"key": failed["idempotency_key"], **asked}
    refused = carmen.post("/timer/clicks/decision", body, format="json")
    assert (refused.status_code, named in refused.json()["fields"]) == (400, True)


@pytest.mark.parametrize("body", [[], "x", 7])
def test_a_body_that_is_no_object_is_told_so_in_plain_words(carmen: APIClient, body: Any) -> None:
    refused = carmen.post("/timer/clicks/decision", body, format="json")
    assert (refused.status_code, refused.json()["message"]) == (400, "body: Must be a JSON object.")


def test_a_click_of_somebody_else_is_nobodys_to_decide(
    carmen: APIClient, failed: dict[str, Any], board: NewHostApp, link: Callable[..., Connection]
) -> None:
    link("bruno", board.host_app, user_id="bruno")
    refused = decide(session(board, sub="bruno"), failed["idempotency_key"], "drop")
    assert (refused.status_code, refused.json()["code"]) == (404, "no_such_click")


def test_a_stop_of_a_start_that_failed_ends_it_there_once_that_is_mended(
    carmen: APIClient, failed: dict[str, Any], sandbox: RunningSandbox
) -> None:
    Intent.objects.update(clicked_at=datetime.now(UTC) - timedelta(minutes=30))
    stop = click(start_key=failed["idempotency_key"])
    assert carmen.post("/timer/stop", stop, format="json").status_code == 200
    project, task = sandbox.picks("carmen")[0]
    decide(carmen, failed["idempotency_key"], "change", project_id=project.id, task_id=task.id)
    (entry,) = sandbox.entries_on("T-1")
    assert (entry.is_running, float(entry.hours)) == (False, 0.5)


def test_a_stop_of_what_had_stopped_elsewhere_is_told(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    running = carmen.post("/timer/start", click(item=ITEM, **pick), format="json").json()["state"]["running"]
    sandbox.delete(f"/v2/time_entries/{running['entry_id']}", "carmen")
    body = click(entry_id=running["entry_id"], timer_started_at=running["started_at"])
    told = carmen.post("/timer/stop", body, format="json").json()["state"]["notices"]
    assert [(each["key"], each["code"]) for each in told] == [(body["idempotency_key"], "entry_gone")]


class TestOperators:
    """The queue in the admin."""

    @pytest.fixture
    def browser(self) -> Client:
        User.objects.create_superuser("otto", "otto@example.com", "x")
        browser = Client()
        browser.force_login(User.objects.get())
        return browser

    def choose(self, browser: Client, action: str) -> None:
        chosen = {"action": action, "_selected_action": [str(each.pk) for each in Intent.objects.all()]}
        answer = browser.post(reverse("admin:timer_widget_intent_changelist"), chosen, follow=True)
        assert answer.status_code == 200

    def test_they_see_why_it_failed(self, failed: dict[str, Any], browser: Client) -> None:
        page = browser.get(reverse("admin:timer_widget_intent_changelist"), {"needs_decision__exact": 1})
        assert "harvest_rejected" in page.content.decode()

    def test_they_retry_many_at_once_with_an_audit_row_each(
        self, failed: dict[str, Any], browser: Client, sandbox: RunningSandbox
    ) -> None:
        with sandbox.world.lock:
            for project in sandbox.account.projects:
                project.is_active = True
        self.choose(browser, "retry_selected")
        replay()
        assert len(sandbox.entries_on("T-1")) == 1
        assert "Put back into the queue" in AuditEntry.objects.get(action="changed").detail

    def test_they_discard(self, failed: dict[str, Any], browser: Client, carmen: APIClient) -> None:
        self.choose(browser, "discard_selected")
        assert Intent.objects.get().status == "discarded"
        assert clicks(carmen) == []

    def test_they_put_it_right_and_it_is_carried_out(
        self, failed: dict[str, Any], browser: Client, sandbox: RunningSandbox
    ) -> None:
        project, task = sandbox.picks("carmen")[0]
        at = {"clicked_at_0": "2026-11-28", "clicked_at_1": "09:00:00"}
        form = {"project_id": project.id, "task_id": task.id, "notes": "Mended", **at}
        address = reverse("admin:timer_widget_intent_change", args=[Intent.objects.get().pk])
        assert browser.get(address).status_code == 200
        assert browser.post(address, form).status_code == 302
        replay()
        (entry,) = sandbox.entries_on("T-1")
        assert (entry.project.id, entry.notes) == (project.id, "Mended")

    def test_what_is_done_is_a_fact(
        self, carmen: APIClient, pick: dict[str, int], browser: Client, sandbox: RunningSandbox
    ) -> None:
        carmen.post("/timer/start", click(item=ITEM, **pick), format="json")
        self.choose(browser, "discard_selected")
        self.choose(browser, "retry_selected")
        assert Intent.objects.get().status == "done"
        page = browser.get(reverse("admin:timer_widget_intent_change", args=[Intent.objects.get().pk]))
        assert 'name="_save"' not in page.content.decode()

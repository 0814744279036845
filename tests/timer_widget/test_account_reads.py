"""After an outage the clicks of all for whom one connection acts are replayed with one list for everybody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.sandbox.testing import RunningSandbox
from harvest_bridge.unified.identities import services
from timer_widget.clicks.claims import new_claim
from timer_widget.clicks.replaying import replay_due
from timer_widget.models import Intent, Person

from .people import click, session

pytestmark = pytest.mark.django_db

PEOPLE = ["carmen", "dev", "elif", "finn", "grace", "hana"]
NEAR = 40


@pytest.fixture
def waiting(alices: Connection, board: NewHostApp, sandbox: RunningSandbox) -> list[datetime]:
    """When everybody started, an hour ago, for 20 minutes; none of it is done yet."""
    matched = [{"external_id": who, "email": sandbox.user(who).email, "name": ""} for who in PEOPLE]
    services.upload(connection=alices, people=matched, failed=[])
    began = [datetime.now(UTC) - timedelta(minutes=60 + number) for number, _ in enumerate(PEOPLE)]
    for who, moment in zip(PEOPLE, began, strict=True):
        widget = session(board, sub=who)
        before = a_click_that_somebody_is_at(Person.objects.get(user_id=who))
        press_both(widget, sandbox, who, moment)
        before.delete()
    sandbox.journal.clear()
    return began


def a_click_that_somebody_is_at(person: Person) -> Intent:
    soon = datetime.now(UTC) + timedelta(hours=1)
    row = {"kind": "edit", "idempotency_key": "before it", "clicked_at": datetime.now(UTC), "asked": {"entry_id": 1}}
    return Intent.objects.create(person=person, claim=new_claim(), claimed_until=soon, expires_at=soon, **row)


def press_both(widget: APIClient, sandbox: RunningSandbox, who: str, moment: datetime) -> None:
    project, task = sandbox.pick(who)
    body = click(item={"id": f"T-{who}"}, notes="", project_id=project.id, task_id=task.id)
    answer = widget.post("/timer/start", body | {"clicked_at": moment.isoformat()}, format="json")
    assert answer.status_code == 202, answer.content
    until = {"start_key": body["idempotency_key"], "clicked_at": (moment + timedelta(minutes=20)).isoformat()}
    assert widget.post("/timer/stop", click() | until, format="json").status_code == 202


def replay() -> None:
    for person in Person.objects.all():
        replay_due(person.pk)


def test_each_persons_clicks_are_one_write_and_what_has_to_be_read_is_read_for_all(
    waiting: list[datetime], sandbox: RunningSandbox
) -> None:
    replay()
    assert set(Intent.objects.values_list("status", flat=True)) == {"done"}
    for who in PEOPLE:
        (entry,) = sandbox.entries_on(f"T-{who}")
        assert (entry.user, entry.is_running) == (sandbox.user(who), False)
        assert abs(float(entry.hours) * 3600 - 1200) <= NEAR
    asked = [each for each in sandbox.requests() if each.path.startswith("/v2/")]
    writes = [each for each in asked if each.method != "GET"]
    assert len(writes) == len(PEOPLE)
    assert len(asked) - len(writes) < 2 * len(PEOPLE)  # it was seven for each; a midnight in between costs one more


def test_a_timer_that_somebody_began_in_harvest_meanwhile_ends_their_start_and_nobody_elses(
    waiting: list[datetime], sandbox: RunningSandbox
) -> None:
    project, task = sandbox.pick("dev")
    body = {"project_id": project.id, "task_id": task.id, "spent_date": sandbox.now().date().isoformat()}
    theirs = sandbox.post("/v2/time_entries", "dev", json=body).json()["id"]
    with sandbox.world.lock:
        entry = sandbox.running("dev")
        assert entry is not None
        entry.timer_started_at = waiting[1] + timedelta(minutes=5)
    replay()
    running = sandbox.running("dev")
    assert running is not None
    assert running.id == theirs
    worked = {who: float(sandbox.entries_on(f"T-{who}")[0].hours) * 3600 for who in PEOPLE}
    assert {who: round(seconds / 60) for who, seconds in worked.items()} == dict.fromkeys(PEOPLE, 20) | {"dev": 5}

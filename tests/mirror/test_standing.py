"""What keeps a mirror from being read is said at once, wherever somebody would wait for it, with what helps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection, Status
from harvest_bridge.mirror import services
from harvest_bridge.mirror.errors import MirrorNotFresh
from harvest_bridge.mirror.models import Mirror, Run, Stream

from .model_harvest import ModelHarvest
from .syncing import Syncing

pytestmark = pytest.mark.django_db


def at(path: str, connection: Connection, **query: Any) -> str:
    more = "".join(f"&{name}={value}" for name, value in query.items())
    return f"/mirror/{path}?integrated_account_id={connection.pk}{more}"


def paused() -> None:
    Mirror.objects.update(is_paused=True)


def unlinked() -> None:
    Connection.objects.update(status=Status.NEEDS_REAUTH)


STOPS = [(paused, 409, "mirror_paused", "PATCH /mirror/settings"), (unlinked, 424, "needs_reauth", "linked again")]


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks for a pass, waits for it."""

    def never(*_: object, **__: object) -> None:
        raise AssertionError("a pass is asked for")

    monkeypatch.setattr(services, "sync", never)


@pytest.mark.usefixtures("no_waiting", "syncing")
@pytest.mark.parametrize(("stop", "status", "code", "remedy"), STOPS)
def test_a_sync_that_cannot_begin_is_refused_at_once_with_the_remedy(
    api: APIClient, linked: Connection, stop: Callable[[], None], status: int, code: str, remedy: str
) -> None:
    runs = Run.objects.count()
    stop()
    answer = api.post(at("sync", linked), {"wait": 60}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert remedy in answer.json()["message"]
    assert Run.objects.count() == runs, "nothing piles up"


@pytest.mark.parametrize(("stop", "status", "code", "remedy"), STOPS)
def test_a_sync_ends_its_wait_when_it_is_stopped(
    linked: Connection, syncing: Syncing, stop: Callable[[], None], status: int, code: str, remedy: str
) -> None:
    looks = []

    def look(seconds: float) -> None:
        looks.append(seconds)
        stop()

    assert services.sync(linked, wait=600, sleep=look).status == "queued"
    assert len(looks) == 1


@pytest.mark.usefixtures("syncing")
@pytest.mark.parametrize(("stop", "code", "remedy"), [(paused, "paused", "PATCH"), (unlinked, "needs_reauth", "link")])
def test_every_stream_says_that_nothing_is_read(
    api: APIClient, linked: Connection, stop: Callable[[], None], code: str, remedy: str
) -> None:
    stop()
    listed = api.get(at("streams", linked)).json()["result"]
    lists = [api.get(at("time_entries", linked)).json()["stream"], *listed]
    lists += api.get(at("snapshot", linked)).json()["streams"]
    assert {stream["reason"] for stream in lists} == {code}
    assert all(remedy in stream["detail"] and stream["next_try_at"] is None for stream in lists)


@pytest.mark.usefixtures("no_waiting")
@pytest.mark.parametrize(
    ("stop", "remedy"),
    [
        (paused, "PATCH /mirror/settings"),
        (unlinked, "linked again"),
        (
            lambda: Stream.objects.update(state="forbidden", detail="Let an administrator link it again."),
            "link it again",
        ),
        (lambda: Stream.objects.update(state="off", detail="Time tracking is switched off."), "switched off"),
    ],
)
def test_max_age_that_no_call_can_serve_is_a_503_at_once_with_what_helps(
    api: APIClient, linked: Connection, harvest: ModelHarvest, syncing: Syncing, stop: Callable[[], Any], remedy: str
) -> None:
    Stream.objects.update(as_of=timezone.now() - timedelta(hours=1))
    stop()
    runs, calls = Run.objects.count(), harvest.calls
    answer = api.get(at("time_entries", linked, max_age=60))
    assert (answer.status_code, answer.json()["code"]) == (503, "mirror_not_fresh")
    assert remedy in answer.json()["message"]
    assert "ask again" not in answer.json()["message"]
    assert int(answer["Retry-After"]) >= 60
    assert (Run.objects.count(), harvest.calls) == (runs, calls)
    assert api.get(at("time_entries", linked, max_age=86400)).status_code == 200, "young enough as it is"


def test_a_failing_stream_is_told_as_soon_as_its_pass_has_failed(linked: Connection, syncing: Syncing) -> None:
    Stream.objects.update(as_of=timezone.now() - timedelta(hours=1))
    looks = []

    def look(seconds: float) -> None:
        looks.append(seconds)
        Run.objects.update(status="done", resources=[])
        Stream.objects.update(state="failing", detail="Harvest answered 500.")

    with pytest.raises(MirrorNotFresh, match="Harvest answered 500"):
        services.refresh(linked, "time_entries", max_age=timedelta(minutes=1), wait=600, sleep=look)
    assert len(looks) == 1


def test_children_are_fresh_as_soon_as_they_are_read(
    linked: Connection, harvest: ModelHarvest, syncing: Syncing
) -> None:
    """Not when all the other work of the mirror is over."""
    Stream.objects.update(as_of=timezone.now() - timedelta(hours=1))
    stream = services.refresh(
        linked, "invoice_payments", max_age=timedelta(minutes=1), wait=600, sleep=lambda _: syncing.work()
    )
    assert stream.as_of is not None
    assert stream.as_of > timezone.now() - timedelta(minutes=1)


def test_pausing_through_settings_takes_the_mirror_from_its_worker(
    api: APIClient, linked: Connection, syncing: Syncing
) -> None:
    Mirror.objects.update(worker="somebody", heartbeat_at=timezone.now())
    assert api.patch(at("settings", linked), {"is_paused": True}, format="json").status_code == 200
    assert Mirror.objects.get().worker == ""

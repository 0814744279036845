"""How far a timer start walks through our files; `pytest -s` prints the count."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIClient

from harvest_bridge.api import admissions
from harvest_bridge.connections.models import Connection
from harvest_bridge.harvest import sync_client
from harvest_bridge.hosts.services import NewHostApp
from tests.bench.walk import Walk, walked
from timer_widget.models import TimerSettings
from timer_widget.views import TimerStartView

from .test_clicks import start, stop

pytestmark = pytest.mark.django_db(transaction=True)

TO_HARVEST = ("harvest_bridge/harvest/", "harvest_bridge/connections/", "harvest_bridge/crypto/")
# As it is, and a little more: a call that is kept waiting by the pacing file goes another way.
MOST_FILES, MOST_ENTRIES = 24, 165


@pytest.fixture
def walk(carmen: APIClient, pick: dict[str, int], board: NewHostApp, monkeypatch: pytest.MonkeyPatch) -> Walk:
    """Of the view's work, for somebody who is known already, as in a server that has answered them before, and a start
    that makes an entry of its own."""
    TimerSettings.objects.create(host_app=board.host_app, continues_entries=False)
    known = admissions.Admission(None, frozenset(Connection.objects.values_list("pk", flat=True)))
    monkeypatch.setattr(admissions, "_current", Always(known))
    stop(carmen, start(carmen, pick).json()["state"]["running"]["entry_id"])
    taken, post = [], TimerStartView.post

    def followed(view: TimerStartView, request: Request) -> Response:
        with walked(into=in_the_loop) as walk:
            answer = post(view, request)
        taken.append(walk)
        return answer

    monkeypatch.setattr(TimerStartView, "post", followed)
    assert start(carmen, pick).status_code == 201
    return taken[0]


class Always:
    """A context variable that has one value."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def get(self) -> Any:
        return self._value


def in_the_loop(work: Callable[[], Any]) -> None:
    async def run() -> None:
        work()

    sync_client.run(run, seconds=5)


def test_the_calls_of_a_timer_start_walk_to_harvest_through_few_files(walk: Walk) -> None:
    found = walk.below(*TO_HARVEST).summary()
    print("all of it:", walk.summary(), walk.per_file(), "\nto Harvest:", found)
    assert found["files"] <= MOST_FILES
    assert found["entries"] <= MOST_ENTRIES

"""What happens to a link in the middle of a run, and how a run's progress is followed."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection as database
from rest_framework.test import APIClient
from starlette.requests import Request
from starlette.responses import StreamingResponse

from harvest_bridge.connections import renewal
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.provisioning import stream
from harvest_bridge.provisioning.models import Run

from .agency import Agency, Deals, deal

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def deals(api: APIClient, agency: Agency) -> Deals:
    return Deals(api, agency.connection)


def in_the_middle(agency: Agency, what: Any) -> None:
    """Once the project is there, before its first task is assigned."""
    agency.sandbox.meanwhile(what, "/v2/projects/*/task_assignments", after=0)


def test_a_token_that_ends_in_the_middle_is_renewed_and_the_run_goes_on_at_once(deals: Deals, agency: Agency) -> None:
    token = renewal.credentials_now(agency.connection).access_token
    in_the_middle(agency, lambda: agency.sandbox.expire(token))
    deals.run(deal())
    agency.work()
    assert Run.objects.get().status == "completed"
    assert len([name for name in agency.names("projects") if name == "Web shop"]) == 1


def test_a_link_that_breaks_in_the_middle_is_waited_for_and_the_run_goes_on_once_it_is_mended(
    deals: Deals, agency: Agency, link: Any, board: NewHostApp
) -> None:
    in_the_middle(agency, lambda: agency.sandbox.revoke_all("alice"))
    deals.run(deal())
    agency.work()
    waiting = Run.objects.get()
    assert (waiting.status, (waiting.error or {})["code"]) == ("waiting", "needs_reauth")
    link("alice", board.host_app)
    agency.work_to_the_end()
    assert Run.objects.get().status == "completed"
    assert len([name for name in agency.names("projects") if name == "Web shop"]) == 1


def test_progress_is_told_step_by_step_to_the_end_and_goes_on_where_a_reader_knows_it(
    deals: Deals, agency: Agency, board: NewHostApp
) -> None:
    run = deals.run(deal())
    key = {"authorization": f"Bearer {board.api_key}"}
    worker = threading.Thread(target=_work, args=[agency])
    told = asyncio.run(read(agency, run["id"], key, after_first=worker.start))
    worker.join()
    assert [told[0].event, told[-1].event] == ["queued", "completed"]
    assert told[-1].data["steps_done"] == told[-1].data["steps"] == Run.objects.get().steps.count()
    assert [one.id for one in told] == sorted({one.id for one in told})
    known = {"last-event-id": str(told[-1].id)}
    assert asyncio.run(read(agency, run["id"], key | known)) == []


def test_progress_is_told_to_nobody_else(deals: Deals, agency: Agency) -> None:
    run = deals.run(deal())
    answer = asyncio.run(stream.answer(asked(agency, run["id"], {"authorization": "Bearer hb_live_none"})))
    assert answer.status_code == 401


@dataclass(frozen=True)
class Told:
    id: int
    event: str
    data: dict[str, Any]


def asked(agency: Agency, run_id: str, headers: dict[str, str]) -> Request:
    return Request(
        {
            "type": "http",
            "method": "GET",
            "path_params": {"run_id": run_id},
            "query_string": f"integrated_account_id={agency.connection.pk}".encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
    )


async def read(
    agency: Agency, run_id: str, headers: dict[str, str], *, after_first: Callable[[], None] = lambda: None
) -> list[Told]:
    """Every event until the stream ends."""
    answer = await stream.answer(asked(agency, run_id, headers))
    assert isinstance(answer, StreamingResponse)
    found: list[Told] = []
    async for chunk in answer.body_iterator:
        if str(chunk).startswith("id: "):
            number, event, data = (line.partition(": ")[2] for line in str(chunk).strip().split("\n"))
            found.append(Told(int(number), event, json.loads(data)))
            if len(found) == 1:
                after_first()
    return found


def _work(agency: Agency) -> None:
    try:
        agency.work_to_the_end()
    finally:
        database.close()

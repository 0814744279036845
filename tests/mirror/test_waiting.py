"""What waits for one list of Harvest holds up no other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from django.utils import timezone

from harvest_bridge.connections.models import Connection
from harvest_bridge.harvest.errors import HarvestRateLimited, HarvestUnavailable
from harvest_bridge.harvest.operations import Operation
from harvest_bridge.mirror import listings, services, streams
from harvest_bridge.mirror.harvest_calls import send_in_sync_lane
from harvest_bridge.mirror.models import Run, Stream
from harvest_bridge.mirror.resources import BY_NAME
from harvest_bridge.sandbox.testing import RunningSandbox

from .model_harvest import ModelHarvest
from .syncing import WANTED, Syncing

pytestmark = pytest.mark.django_db
REPORT = "reports_project_budget"


class Reports:
    """The project budget report before a `ModelHarvest`; `places` is how many calls of it are admitted."""

    def __init__(self, harvest: ModelHarvest, pages: int = 1) -> None:
        self.harvest, self.pages = harvest, pages
        self.places = 0
        self.asked: list[int] = []
        self.refuse: Callable[[], Exception] = lambda: HarvestRateLimited("No report now.", retry_after=600)

    def send(self, connection: Connection, operation: Operation[Any]) -> Any:
        if "reports" not in operation.path:
            return self.harvest.send(connection, operation)
        if not self.places:
            raise self.refuse()
        self.places -= 1
        page = int(operation.query.get("page") or 1)
        self.asked.append(page)
        following = f"https://harvest.example{operation.path}?page={page + 1}" if page < self.pages else None
        row = f'{{"project_id":{page},"budget":10}}'
        answer = f'{{"results":[{row}],"per_page":1,"total_entries":{self.pages},"links":{{"next":'
        answer += f'"{following}"}}}}' if following else "null}}"
        return operation.read(msgspec.json.decode(answer.encode(), type=operation.decoded_as))


@pytest.fixture
def reports(harvest: ModelHarvest) -> Reports:
    return Reports(harvest, pages=3)


@pytest.fixture
def syncing(linked: Connection, reports: Reports) -> Syncing:
    return Syncing(linked, send=reports.send, resources=[*WANTED, REPORT])


def test_a_report_that_waits_for_its_budget_holds_up_no_other_pass(
    syncing: Syncing, reports: Reports, harvest: ModelHarvest
) -> None:
    syncing.work()
    assert syncing.stream(REPORT).as_of is None
    for _ in range(4):
        harvest.add("time_entries")
        syncing.later(minutes=2).work()
        assert syncing.held("time_entries") == harvest.records["time_entries"]
    assert reports.asked == []


def test_a_report_goes_on_at_the_page_that_waited(syncing: Syncing, reports: Reports) -> None:
    syncing.work()
    for _ in range(3):
        reports.places = 1
        syncing.later(minutes=11).work()
    assert reports.asked == [1, 2, 3]
    assert sorted(syncing.held(REPORT)) == [1, 2, 3]
    assert syncing.stream(REPORT).state == "complete"


def test_a_mirror_with_nothing_but_a_waiting_report_comes_back_when_it_may_go_on(syncing: Syncing) -> None:
    syncing.work()
    run = Run.objects.get(mirror=syncing.mirror, waits_until__isnull=False)
    assert run.resources == [REPORT]
    syncing.mirror.refresh_from_db()
    assert syncing.mirror.due_at > syncing.now()
    assert Run.objects.filter(mirror=syncing.mirror, status__in=("queued", "running")).count() == 1


def test_who_asks_for_a_report_that_waits_gets_the_run_that_waits(syncing: Syncing, linked: Connection) -> None:
    syncing.work()
    waiting = Run.objects.get(mirror=syncing.mirror, waits_until__isnull=False)
    assert services.sync(linked, resources=[REPORT]).pk == waiting.pk


def test_the_newest_try_replaces_an_older_reason(syncing: Syncing, reports: Reports) -> None:
    reports.places = 3
    syncing.work()
    streams.unlinked(syncing.stream(REPORT), "This account must be linked again.")
    syncing.later(minutes=1).work()
    found = syncing.stream(REPORT)
    assert (found.state, found.reason) == ("failing", "harvest_rate_limited")
    assert found.next_try_at is not None
    reports.places = 3
    syncing.later(minutes=11).work()
    assert syncing.stream(REPORT).state == "complete"


def test_what_was_read_stays_as_good_as_it_was_while_it_waits(syncing: Syncing, reports: Reports) -> None:
    reports.places = 3
    syncing.work()
    syncing.later(days=1, minutes=1).work()
    assert syncing.stream(REPORT).state == "complete"
    assert syncing.stream(REPORT).next_try_at is not None


def test_a_next_try_that_is_over_is_none() -> None:
    now = timezone.now()
    assert streams.next_try_at(Stream(next_try_at=now), now=now) is None


@pytest.mark.parametrize("seconds", [None, 300])
def test_one_list_that_fails_holds_up_no_other_pass(
    syncing: Syncing, reports: Reports, harvest: ModelHarvest, seconds: int | None
) -> None:
    reports.places = 3
    syncing.work()
    reports.refuse = lambda: HarvestUnavailable("Harvest answered 503.", retry_after=seconds)
    services.sync(syncing.connection, resources=[REPORT])
    harvest.add("time_entries")
    services.sync(syncing.connection, resources=["time_entries"])
    syncing.work()
    assert syncing.held("time_entries") == harvest.records["time_entries"]


def test_a_report_is_refused_at_once_while_its_budget_is_used_up(alices: Connection, sandbox: RunningSandbox) -> None:
    """By the real pacing: a call that waits would take up to a quarter of an hour, and everything else with it."""
    with pytest.raises(HarvestRateLimited) as refused:
        _use_up_reports(alices)
    assert (refused.value.retry_after or 0) > 1
    syncing = Syncing(alices, resources=["company", REPORT])
    syncing.work()
    assert syncing.stream("company").state == "complete"
    [waiting] = Run.objects.filter(mirror=syncing.mirror, waits_until__isnull=False)
    assert waiting.resources == [REPORT]


def _use_up_reports(connection: Connection) -> None:
    """Errors: HarvestRateLimited, as soon as one would have to wait."""
    report = listings.page_at(BY_NAME[REPORT], {}, None, per_page=1)
    for _ in range(101):
        send_in_sync_lane(connection, report)

"""An event is a row of the transaction that it tells of, and its position is the order of commits."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections, transaction

from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.webhooks.models import Delivery, Endpoint, Event
from harvest_bridge.webhooks.numbering import number_events
from harvest_bridge.webhooks.outbox import NewEvent, NotInTransaction, emit
from tests.conftest import ON_SQLITE

from .conftest import THING, happen

WRITERS, EACH = 16, 12


def new(board: NewHostApp, object_id: object) -> NewEvent:
    return NewEvent(type=THING, host_app_id=board.host_app.pk, object_id=object_id, data={})


def in_own_connection(work: Any, *args: Any) -> Any:
    """Outside the pool, which is smaller than sixteen."""
    own = connections.create_connection("default")
    own.settings_dict = {**own.settings_dict, "OPTIONS": {**own.settings_dict["OPTIONS"]}}
    own.settings_dict["OPTIONS"].pop("pool", None)
    connections["default"] = own
    try:
        return work(*args)
    finally:
        own.close()


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused(board: NewHostApp) -> None:
    with pytest.raises(NotInTransaction):
        emit(new(board, 1))
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_event_goes_with_the_change_that_was_undone(board: NewHostApp) -> None:
    with transaction.atomic():
        emit(new(board, 1))
        transaction.set_rollback(True)
    assert not Event.objects.exists()
    happen(board.host_app)
    assert number_events() == 1
    assert Event.objects.get().sequence == 1  # what was undone took no number


@pytest.mark.django_db(transaction=True)
def test_sixteen_writers_leave_no_gap_to_a_reader(board: NewHostApp) -> None:
    endpoint = Endpoint.objects.create(host_app=board.host_app)
    is_over, seen = threading.Event(), list[tuple[int, str]]()

    def write(writer: int) -> None:
        for n in range(EACH):
            with transaction.atomic():
                emit(new(board, f"{writer}-{n}"))
                time.sleep(random.uniform(0, 0.004))  # some commit long after later ones

    def number() -> None:
        while not is_over.is_set():
            number_events()

    def read() -> None:
        rows = Delivery.objects.filter(endpoint=endpoint).order_by("sequence")
        while len(seen) < WRITERS * EACH and not is_over.is_set():
            last = seen[-1][0] if seen else 0
            seen.extend(rows.filter(sequence__gt=last).values_list("sequence", "event__object_id"))
            assert [number for number, _ in seen] == list(range(1, len(seen) + 1))

    with ThreadPoolExecutor(WRITERS + 3) as pool:
        reading = pool.submit(in_own_connection, read)
        numbering = [pool.submit(in_own_connection, number) for _ in range(2)]
        for done in [pool.submit(in_own_connection, write, writer) for writer in range(WRITERS)]:
            done.result()
        reading.result(30)
        is_over.set()
        for each in numbering:
            each.result()
    order = [name for _, name in seen]
    assert sorted(order) == sorted(f"{writer}-{n}" for writer in range(WRITERS) for n in range(EACH))
    for writer in range(WRITERS):  # one after the other stays so
        assert [name for name in order if name.startswith(f"{writer}-")] == [f"{writer}-{n}" for n in range(EACH)]


@pytest.mark.skipif(ON_SQLITE, reason="on SQLite one writes at a time")
@pytest.mark.django_db(transaction=True)
def test_a_late_commit_is_read_after_earlier_ones_and_holds_up_nobody(board: NewHostApp, stranger: NewHostApp) -> None:
    """The slow one began first."""
    has_written, may_commit = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            emit(new(board, "slow"))
            has_written.set()
            may_commit.wait(60)

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(in_own_connection, slow)
        has_written.wait(60)
        happen(board.host_app, "quick")
        happen(stranger.host_app, "theirs")
        assert number_events() == 2
        may_commit.set()
        done.result(60)
    assert number_events() == 1
    rows = Event.objects.filter(host_app=board.host_app).order_by("sequence")
    assert list(rows.values_list("object_id", "sequence")) == [("quick", 1), ("slow", 2)]


@pytest.mark.django_db
def test_an_event_is_queued_for_who_asked_for_it(board: NewHostApp, stranger: NewHostApp) -> None:
    own = Endpoint.objects.create
    everything = own(host_app=board.host_app, target_url="https://a.example/all")
    typed = own(host_app=board.host_app, target_url="https://a.example/typed", event_types=["other.type"])
    of_tenant = own(host_app=board.host_app, target_url="https://a.example/t", tenant_ids=["acme"])
    theirs = own(host_app=stranger.host_app, target_url="https://b.example/all")
    polled = own(host_app=board.host_app)
    happen(board.host_app, tenant_id="acme")
    happen(board.host_app, tenant_id="globex")
    number_events()
    told = {endpoint.pk: endpoint.deliveries.count() for endpoint in (everything, typed, of_tenant, theirs, polled)}
    assert told == {everything.pk: 2, typed.pk: 0, of_tenant.pk: 1, theirs.pk: 0, polled.pk: 2}
    assert set(polled.deliveries.values_list("status", flat=True)) == {"streamed"}
    assert Endpoint.objects.create(host_app=board.host_app).deliveries.count() == 0  # from now on


@pytest.mark.django_db
def test_each_host_app_has_numbers_of_its_own(board: NewHostApp, stranger: NewHostApp) -> None:
    for host in (board, stranger, board):
        happen(host.host_app)
    number_events()
    assert list(Event.objects.filter(host_app=board.host_app).order_by("id").values_list("sequence", flat=True)) == [
        1,
        2,
    ]
    assert Event.objects.get(host_app=stranger.host_app).sequence == 1

"""Harvest renews tokens and refuses those that it gives: for a moment, for a while, for good."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from harvest_bridge.connections import tasks, vault
from harvest_bridge.connections.models import Connection, Status
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.connections.renewals import CALLERS, ME, asked, call, is_later, whats, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def refusing(alices: Connection, sandbox: RunningSandbox) -> Connection:
    """Every call is a 401, with the newest token too."""
    for path in (ME, "/v2/clients"):
        sandbox.fault("status", path=path, status=401, times=None)
    sandbox.journal.clear()
    return alices


def test_while_harvest_refuses_tokens_that_it_has_just_given_nothing_ends_and_it_is_asked_seldom(
    api: APIClient, refusing: Connection, sandbox: RunningSandbox
) -> None:
    answers = [call(api, refusing) for _ in range(CALLERS)]
    assert {(one.status_code, one.json()["code"]) for one in answers} == {(503, "token_refresh_failed")}
    assert all(int(one.headers["Retry-After"]) >= 1 for one in answers)
    assert asked(sandbox) == 2
    assert Connection.objects.get().status == Status.ACTIVE


def test_once_harvest_takes_its_tokens_again_the_next_call_succeeds(
    api: APIClient, refusing: Connection, sandbox: RunningSandbox
) -> None:
    assert call(api, refusing).status_code == 503
    is_later(seconds=vault.REFUSED_PAUSE.total_seconds())
    sandbox.clear_faults()
    assert [call(api, refusing).status_code for _ in range(2)] == [200, 200]
    row = Connection.objects.get()
    assert (row.status, row.refused_since, row.refresh_not_before) == (Status.ACTIVE, None, None)
    assert asked(sandbox) == 2


def test_a_key_whose_write_was_refused_with_the_token_runs_once_tokens_are_taken_again(
    api: APIClient, refusing: Connection, sandbox: RunningSandbox
) -> None:
    assert write(api, refusing).status_code == 503
    is_later(seconds=vault.REFUSED_PAUSE.total_seconds())
    sandbox.clear_faults()
    assert write(api, refusing).status_code == 201


def test_a_connection_whose_renewed_tokens_are_refused_for_half_a_minute_has_ended_and_is_told_once(
    api: APIClient, refusing: Connection, sandbox: RunningSandbox
) -> None:
    """An archived person: tokens renew, and every call is a 401."""
    codes = []
    for _ in range(5):
        codes += [call(api, refusing).status_code for _ in range(3)]
        is_later(seconds=vault.REFUSED_PAUSE.total_seconds())
    assert (codes[0], codes[-1]) == (503, 424)
    assert whats(refusing).count("needs_reauth") == 1
    assert asked(sandbox) <= 5
    assert Connection.objects.get().last_error["because"] == "unauthorized"


def test_the_worker_finds_out_about_one_that_nobody_calls(
    api: APIClient, refusing: Connection, sandbox: RunningSandbox
) -> None:
    call(api, refusing)
    for _ in range(2):
        is_later(seconds=60)
        tasks.refresh_tokens_ahead()
    assert Connection.objects.get().status == Status.NEEDS_REAUTH


def test_refusals_long_ago_do_not_count_once_a_token_was_taken_since(
    api: APIClient, refusing: Connection, sandbox: RunningSandbox
) -> None:
    assert call(api, refusing).status_code == 503
    is_later(seconds=vault.REFUSED_PAUSE.total_seconds())
    sandbox.clear_faults()
    assert call(api, refusing).status_code == 200
    is_later(seconds=3600)
    for path in (ME, "/v2/clients"):
        sandbox.fault("status", path=path, status=401, times=None)
    assert call(api, refusing).status_code == 503

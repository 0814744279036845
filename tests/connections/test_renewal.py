"""A token endpoint that is ill, and 401s that are not the end: what callers are told, how often Harvest is asked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from harvest_bridge.api.models import IdempotentWrite
from harvest_bridge.connections import renewal, renewal_steps, states, tasks, vault
from harvest_bridge.connections.models import Authentication, Connection, Status
from harvest_bridge.connections.states import Because
from harvest_bridge.harvest.credentials import Credentials
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.connections.renewals import CALLERS, ME, TOKEN_PATH, asked, call, is_later, token_of, whats, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def expired(alices: Connection, sandbox: RunningSandbox) -> Connection:
    Connection.objects.update(access_token_expires_at=timezone.now() - timedelta(minutes=1))
    sandbox.journal.clear()
    return alices


@pytest.fixture
def personal(alices: Connection, sandbox: RunningSandbox) -> Connection:
    """Linked by a token that cannot be renewed."""
    Connection.objects.update(
        sealed_refresh_token="", access_token_expires_at=None, authentication_method=Authentication.API_KEY
    )
    sandbox.journal.clear()
    return alices


def back_off_is_over() -> None:
    Connection.objects.update(refresh_not_before=timezone.now())


# --- The token endpoint is ill


@pytest.mark.parametrize(
    "fault",
    [{"kind": "status", "status": 500}, {"kind": "html_error"}, {"kind": "reset"}, {"kind": "truncated_json"}],
)
def test_while_the_token_endpoint_is_ill_one_asks_and_all_are_told_when_to_come_back(
    api: APIClient, expired: Connection, sandbox: RunningSandbox, fault: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    # A minute instead of the first pause of one second, in which a busy machine does not get through all callers.
    monkeypatch.setattr(renewal_steps, "random", SimpleNamespace(uniform=lambda *_: 60.0))
    sandbox.fault(path=TOKEN_PATH, times=None, **fault)
    answers = [call(api, expired) for _ in range(CALLERS)]
    assert {(one.status_code, one.json()["code"]) for one in answers} == {(503, "token_refresh_failed")}
    assert all(int(one.headers["Retry-After"]) >= 1 for one in answers)
    assert asked(sandbox) == 1
    assert Connection.objects.get().status == Status.ACTIVE


def test_the_wait_grows_with_every_failure_up_to_a_bound_and_ends_with_the_first_success(
    api: APIClient, expired: Connection, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.fault("status", path=TOKEN_PATH, status=500, times=None)
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)  # a call takes no time
    waits = []
    for _ in range(8):
        call(api, expired)
        waits.append((Connection.objects.get().refresh_not_before - now).total_seconds())
        back_off_is_over()
    assert waits[0] < waits[2] < waits[4]
    assert max(waits) < 16
    sandbox.clear_faults()
    assert call(api, expired).status_code == 200
    row = Connection.objects.get()
    assert (row.refresh_failures, row.refresh_not_before) == (0, None)


def test_the_token_endpoints_own_retry_after_is_kept_by_all(
    api: APIClient, expired: Connection, sandbox: RunningSandbox, settings: Any
) -> None:
    settings.HARVEST_TIMEOUT_SECONDS = 1
    sandbox.fault("status", path=TOKEN_PATH, status=503, retry_after=40, times=None)
    assert [int(call(api, expired).headers["Retry-After"]) in (39, 40) for _ in range(3)] == [True] * 3
    assert asked(sandbox) == 1


def test_a_key_whose_write_never_left_runs_once_tokens_can_be_had(
    api: APIClient, expired: Connection, sandbox: RunningSandbox
) -> None:
    sandbox.fault("status", path=TOKEN_PATH, status=500)
    refused = write(api, expired)
    assert (refused.status_code, refused.json()["code"]) == (503, "token_refresh_failed")
    assert not IdempotentWrite.objects.exists()
    back_off_is_over()
    done = write(api, expired)
    assert (done.status_code, "idempotent-replayed" in done.headers) == (201, False)
    assert len(sandbox.requests("POST", "/v2/clients")) == 1


# --- A 401 that is not the end


def test_one_resources_401_leaves_a_personal_token_linked_and_is_handed_out_and_kept(
    api: APIClient, personal: Connection, sandbox: RunningSandbox
) -> None:
    sandbox.fault("status", path="/v2/clients", status=401, times=None)
    answers = [call(api, personal) for _ in range(3)]
    assert {(one.status_code, one.json()["code"]) for one in answers} == {(401, "harvest_unauthorized")}
    assert all(one.json()["truto_is_remote_error"] for one in answers)
    assert Connection.objects.get().status == Status.ACTIVE
    assert whats(personal) == ["call_refused"]
    assert "GET /v2/clients" in personal.events.first().detail
    assert asked(sandbox, ME) == 1
    assert call(api, personal, "/proxy/tasks").status_code == 200


def test_a_personal_token_that_users_me_refuses_too_is_the_end_told_once(
    api: APIClient, personal: Connection, sandbox: RunningSandbox
) -> None:
    sandbox.revoke_all("alice")
    assert {call(api, personal).status_code for _ in range(3)} == {424}
    assert whats(personal) == ["needs_reauth"]
    assert asked(sandbox, ME) == 1


@pytest.mark.parametrize("status", [500, 403, 429])
def test_where_users_me_cannot_tell_nothing_ends(
    api: APIClient, personal: Connection, sandbox: RunningSandbox, settings: Any, status: int
) -> None:
    sandbox.fault("status", path="/v2/clients", status=401)
    sandbox.fault("status", path=ME, status=status, retry_after=30, times=None)
    assert call(api, personal).json()["code"] == "harvest_unauthorized"
    assert Connection.objects.get().status == Status.ACTIVE


def test_one_resources_401_costs_an_oauth_connection_one_renewal_and_no_more(
    api: APIClient, alices: Connection, sandbox: RunningSandbox
) -> None:
    sandbox.fault("status", path="/v2/clients", status=401, times=None)
    assert [call(api, alices).json()["code"] for _ in range(4)] == ["harvest_unauthorized"] * 4
    sandbox.clear_faults()
    assert call(api, alices).status_code == 200
    row = Connection.objects.get()
    assert (row.status, row.token_generation) == (Status.ACTIVE, 2)
    assert whats(alices) == ["refreshed", "call_refused"]


@pytest.mark.django_db(transaction=True)
def test_three_401s_in_a_second_end_nothing_for_twelve_callers(
    api: APIClient, alices: Connection, sandbox: RunningSandbox
) -> None:
    sandbox.fault("status", path="/v2/clients", status=401, times=3)
    with ThreadPoolExecutor(CALLERS) as callers:
        codes = list(callers.map(lambda _: call(api, alices).status_code, range(CALLERS)))
    assert codes.count(200) >= CALLERS - 3
    assert call(api, alices).status_code == 200
    row = Connection.objects.get()
    assert (row.status, row.token_generation) == (Status.ACTIVE, 2)
    assert "needs_reauth" not in whats(alices)


def test_a_token_that_ends_soon_after_its_renewal_is_renewed_again(
    api: APIClient, alices: Connection, sandbox: RunningSandbox
) -> None:
    for generation in (2, 3, 4):
        sandbox.expire(token_of(alices))
        assert call(api, alices).status_code == 200
        row = Connection.objects.get()
        assert (row.status, row.token_generation) == (Status.ACTIVE, generation)
        is_later(seconds=1)


def test_the_history_does_not_blame_a_call_for_a_token_that_had_ended(
    api: APIClient, alices: Connection, sandbox: RunningSandbox
) -> None:
    for _ in range(3):
        sandbox.expire(token_of(alices))
        assert call(api, alices).status_code == 200
        is_later(seconds=1)
    assert set(whats(alices)) == {"refreshed"}


def test_a_resource_that_says_401_for_ever_makes_users_me_be_asked_ever_more_seldom(
    api: APIClient, alices: Connection, sandbox: RunningSandbox
) -> None:
    sandbox.fault("status", path="/v2/clients", status=401, times=None)
    sandbox.journal.clear()
    for _ in range(60):
        assert call(api, alices).json()["code"] == "harvest_unauthorized"
        is_later(seconds=1)
    assert 5 <= asked(sandbox, ME) <= 10
    assert asked(sandbox) == 1


# --- Back to life


def ended(connection: Connection, because: Because, *, ago: timedelta) -> None:
    states.needs_reauth(connection, "Harvest was confused.", because=because)
    Connection.objects.update(checked_at=timezone.now() - ago)


def test_a_connection_that_a_401_ended_by_mistake_works_again_with_the_next_call(
    api: APIClient, personal: Connection, sandbox: RunningSandbox
) -> None:
    ended(personal, Because.UNAUTHORIZED, ago=timedelta(minutes=2))
    assert call(api, personal).status_code == 200
    row = Connection.objects.get()
    assert (row.status, row.last_error) == (Status.ACTIVE, None)
    assert whats(personal) == ["needs_reauth", "reactivated"]


def test_calls_to_one_that_has_ended_ask_harvest_once_a_minute(
    api: APIClient, personal: Connection, sandbox: RunningSandbox
) -> None:
    sandbox.revoke_all("alice")
    ended(personal, Because.UNAUTHORIZED, ago=timedelta(minutes=2))
    assert {call(api, personal).status_code for _ in range(4)} == {424}
    assert asked(sandbox, ME) == 1
    assert whats(personal) == ["needs_reauth"]


def test_the_worker_revives_what_a_refused_refresh_token_ended_by_mistake(
    alices: Connection, sandbox: RunningSandbox
) -> None:
    ended(alices, Because.REFRESH_REFUSED, ago=timedelta(minutes=2))
    sandbox.journal.clear()
    tasks.look_at_ended_connections()
    assert (asked(sandbox), Connection.objects.get().status) == (0, Status.NEEDS_REAUTH)
    Connection.objects.update(checked_at=timezone.now() - timedelta(hours=2))
    tasks.look_at_ended_connections()
    assert Connection.objects.get().status == Status.ACTIVE
    assert whats(alices)[-1] == "reactivated"


def test_a_disconnected_connection_is_left_alone(alices: Connection, sandbox: RunningSandbox) -> None:
    from harvest_bridge.connections.services import disconnect

    ended(alices, Because.REFRESH_REFUSED, ago=timedelta(hours=2))
    disconnect(connection=alices, actor="host")
    sandbox.journal.clear()
    tasks.look_at_ended_connections()
    assert asked(sandbox) == 0


# --- Waiting


def test_who_waits_for_a_slow_renewal_is_told_that_and_the_next_call_has_the_token(
    api: APIClient, expired: Connection, sandbox: RunningSandbox, settings: Any
) -> None:
    settings.HARVEST_TIMEOUT_SECONDS = 0.4
    sandbox.fault("latency", path=TOKEN_PATH, seconds=1.0)
    answer = call(api, expired)
    assert (answer.status_code, answer.json()["code"]) == (503, "token_refresh_in_progress")
    assert int(answer.headers["Retry-After"]) >= 1


def test_a_token_that_is_good_for_minutes_serves_while_a_newer_one_is_slow(
    alices: Connection, sandbox: RunningSandbox, settings: Any
) -> None:
    settings.HARVEST_TIMEOUT_SECONDS = 0.4
    Connection.objects.update(access_token_expires_at=timezone.now() + timedelta(minutes=2))
    sandbox.fault("latency", path=TOKEN_PATH, seconds=1.0)
    assert renewal.credentials_now(alices).generation == 1


def test_a_renewal_that_failed_is_over_and_no_later_refusal_is_blamed_on_it(
    api: APIClient, expired: Connection, sandbox: RunningSandbox
) -> None:
    sandbox.fault("status", path=TOKEN_PATH, status=500)
    assert call(api, expired).status_code == 503
    back_off_is_over()
    sandbox.revoke_all("alice")
    assert call(api, expired).status_code == 424
    assert "cut off" not in Connection.objects.get().last_error["message"]


def test_a_token_that_was_renewed_for_a_401_is_renewed_again_once_it_is_not_fresh(alices: Connection) -> None:
    """Harvest refused it, and the one that came in its place: that one may have ended by itself since."""
    Connection.objects.update(
        forced_generation=alices.token_generation, last_refreshed_at=timezone.now() - vault.STILL_FRESH
    )
    rejected = Credentials("token", "1", alices.token_generation)
    assert isinstance(vault.look_again(alices, rejected=rejected), vault.Due)
    Connection.objects.update(last_refreshed_at=timezone.now())
    assert isinstance(vault.look_again(alices, rejected=rejected), vault.Doubtful)

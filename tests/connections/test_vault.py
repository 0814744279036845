"""Tokens are renewed before they expire, once, and never lost to a passing fault."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.utils import timezone
from rest_framework.test import APIClient

from harvest_bridge.api.locks import try_lock
from harvest_bridge.connections import renewal, renewal_steps, states, tasks
from harvest_bridge.connections.errors import NeedsReauth, RefreshFailed
from harvest_bridge.connections.models import Connection, Status
from harvest_bridge.connections.states import Because
from harvest_bridge.harvest.errors import RefreshInProgress
from harvest_bridge.harvest.records import TokenGrant
from harvest_bridge.sandbox.testing import RunningSandbox

pytestmark = pytest.mark.django_db
GRANT = TokenGrant(access_token="a late access token", refresh_token="a late refresh token")


def expiring_in(connection: Connection, **life: int) -> Connection:
    connection.access_token_expires_at = timezone.now() + timedelta(**life)
    connection.save()
    return connection


def refreshes(sandbox: RunningSandbox) -> int:
    return sum("refresh_token" in str(request.body) for request in sandbox.requests("POST", "/api/v2/oauth2/token"))


def test_a_fresh_token_is_used_as_it_is(alices: Connection, sandbox: RunningSandbox) -> None:
    assert renewal.credentials_now(alices).generation == 1
    assert refreshes(sandbox) == 0


def test_one_that_ends_during_the_call_is_renewed_first(alices: Connection, sandbox: RunningSandbox) -> None:
    before = renewal.credentials_now(alices)
    after = renewal.credentials_now(expiring_in(alices, minutes=2))
    assert after.generation == before.generation + 1
    assert after.access_token != before.access_token
    assert refreshes(sandbox) == 1


@pytest.mark.parametrize("rotation", ["keep_old", "rotate", "same"])
def test_both_rotation_behaviours_survive_many_renewals(
    alices: Connection, sandbox: RunningSandbox, rotation: str
) -> None:
    sandbox.switch(refresh_tokens=rotation)
    for expected in (2, 3, 4):
        assert renewal.credentials_now(expiring_in(Connection.objects.get(), minutes=1)).generation == expected


def test_a_token_that_harvest_refuses_is_renewed_once_and_the_call_succeeds(
    api: APIClient, alices: Connection, sandbox: RunningSandbox
) -> None:
    sandbox.expire(renewal.credentials_now(alices).access_token)
    response = api.get(f"/unified/user-directory/me?integrated_account_id={alices.pk}")
    assert response.status_code == 200, response.content
    assert refreshes(sandbox) == 1


def test_a_revoked_grant_becomes_needs_reauth_and_stays_visible(
    api: APIClient, alices: Connection, sandbox: RunningSandbox
) -> None:
    sandbox.revoke_all("alice")
    path = f"/unified/user-directory/me?integrated_account_id={alices.pk}"
    for _ in range(2):
        response = api.get(path)
        assert (response.status_code, response.json()["code"]) == (424, "needs_reauth")
    assert refreshes(sandbox) == 1
    shown = api.get(f"/integrated-account/{alices.pk}").json()
    assert shown["status"] == "needs_reauth"
    assert shown["last_error"]["code"] == "needs_reauth"


@pytest.mark.parametrize(
    "fault", [{"kind": "status", "status": 503}, {"kind": "status", "status": 429}, {"kind": "reset"}]
)
def test_a_passing_fault_of_the_token_endpoint_changes_no_state(
    alices: Connection, sandbox: RunningSandbox, fault: dict[str, Any], settings: Any
) -> None:
    settings.HARVEST_TIMEOUT_SECONDS = 1
    sandbox.fault(path="/api/v2/oauth2/token", times=None, **fault)
    expired = expiring_in(alices, minutes=-1)
    with pytest.raises(RefreshFailed):
        renewal.credentials_now(expired)
    assert Connection.objects.get().status == Status.ACTIVE
    sandbox.clear_faults()
    Connection.objects.update(refresh_not_before=timezone.now())
    assert renewal.credentials_now(expired).generation == 2


def test_while_the_old_token_is_good_a_failing_renewal_hurts_nobody(
    alices: Connection, sandbox: RunningSandbox
) -> None:
    sandbox.fault("status", path="/api/v2/oauth2/token", status=503)
    assert renewal.credentials_now(expiring_in(alices, minutes=2)).generation == 1


def test_while_another_renews_an_expired_token_callers_wait_and_are_told_the_truth(
    alices: Connection, sandbox: RunningSandbox, settings: Any
) -> None:
    settings.HARVEST_TIMEOUT_SECONDS = 0.2
    expired, held, done = expiring_in(alices, minutes=-1), threading.Event(), threading.Event()

    def hold() -> None:
        with try_lock(f"refresh {alices.pk}"):
            held.set()
            done.wait(60)
        database.close()

    other = threading.Thread(target=hold)
    other.start()
    assert held.wait(60)
    with pytest.raises(RefreshInProgress):
        renewal.credentials_now(expired)
    done.set()
    other.join()
    assert refreshes(sandbox) == 0
    assert Connection.objects.get().status == Status.ACTIVE


def test_a_late_answer_never_overwrites_a_newer_token(alices: Connection, sandbox: RunningSandbox) -> None:
    stale = Connection.objects.get()
    renewal.refresh_now(alices)
    current = Connection.objects.get()
    assert renewal_steps.store(renewal_steps.Turn(stale, "", False), GRANT).generation == current.token_generation
    assert Connection.objects.get().sealed_access_token == current.sealed_access_token


def test_a_connection_that_must_be_linked_again_recovers_when_its_tokens_renew_after_all(
    alices: Connection, sandbox: RunningSandbox
) -> None:
    states.needs_reauth(alices, "Harvest was confused.", because=Because.REFRESH_REFUSED)
    renewal.refresh_now(alices)
    recovered = Connection.objects.get()
    assert (recovered.status, recovered.last_error) == (Status.ACTIVE, None)
    assert [event.what for event in recovered.events.all()][:2] == ["reactivated", "refreshed"]


def test_many_callers_make_one_change_of_state_and_one_event(alices: Connection) -> None:
    for _ in range(3):
        states.needs_reauth(alices, "Harvest refused the refresh token.", because=Because.REFRESH_REFUSED)
    assert alices.events.filter(what="needs_reauth").count() == 1


def test_a_renewal_cut_off_by_a_crash_is_told_as_such(alices: Connection, sandbox: RunningSandbox) -> None:
    alices.refresh_started_at = timezone.now()
    sandbox.revoke_all("alice")
    with pytest.raises(NeedsReauth):
        renewal.credentials_now(expiring_in(alices, minutes=-1))
    assert "cut off" in Connection.objects.get().last_error["message"]


def test_the_worker_renews_ahead_of_expiry(alices: Connection, sandbox: RunningSandbox) -> None:
    expiring_in(alices, minutes=30)
    tasks.refresh_tokens_ahead()
    renewed = Connection.objects.get()
    assert renewed.token_generation == 2
    assert renewed.access_token_expires_at > timezone.now() + timedelta(days=13)
    tasks.refresh_tokens_ahead()
    assert refreshes(sandbox) == 1


def test_sealed_tokens_of_one_row_do_not_open_in_another(alices: Connection) -> None:
    from harvest_bridge.crypto.errors import CannotOpen

    moved = Connection.objects.get()
    moved.tenant_id = "another tenant"
    moved.save()
    with pytest.raises(CannotOpen):
        renewal.credentials_now(moved)


def test_a_disconnected_connection_gives_no_token(alices: Connection) -> None:
    from harvest_bridge.connections.services import disconnect

    disconnect(connection=alices, actor="host")
    with pytest.raises(NeedsReauth):
        renewal.credentials_now(alices)

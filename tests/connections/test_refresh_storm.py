"""Invariants 1 to 5 with real processes: one renewal per expiry, whatever the latency, whoever is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from harvest_bridge.env import ROOT
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.api.test_locks import holder, only_on_postgresql
from tests.links import confirm
from tests.processes import Bridge
from tests.programs import run_program

TOKEN_PATH = "/api/v2/oauth2/token"
IN_PROGRESS = "token_refresh_in_progress"
MODELS = "from harvest_bridge.connections.models import Connection, ConnectionEvent; "
EXPIRE = MODELS + "Connection.objects.filter(pk='{}').update(access_token_expires_at='2020-01-01T00:00:00Z')"
COUNT = MODELS + "print(ConnectionEvent.objects.filter(connection='{}', what='needs_reauth').count())"


@pytest.fixture
def linked(bridge: Bridge, sandbox: RunningSandbox) -> str:
    """The id of an account connection whose access token has expired; refresh tokens are for single use."""
    sandbox.switch(refresh_tokens="rotate")
    tenant = uuid.uuid4().hex
    token = bridge.api.post("/link-token", json={"tenant_id": tenant}).json()["link_token"]
    with httpx.Client(base_url=bridge.url, trust_env=False, timeout=30) as browser:
        away = browser.get(f"{bridge.url}/connect-account/authorize", params={"link_token": token})
        back = sandbox.consent(away.headers["Location"], "alice", accounts=[sandbox.account])
        confirm(browser, browser.get(back))
    [row] = bridge.api.get("/integrated-account", params={"tenant_id": tenant}).json()["result"]
    bridge.manage("shell", "--no-imports", "-c", EXPIRE.format(row["id"]))
    sandbox.journal.clear()
    return str(row["id"])


@pytest.fixture
def storm(bridge: Bridge) -> Callable[..., list[str]]:
    def start(connection_id: str, *argv: str, wait_seconds: str = "20") -> list[str]:
        environment = {**bridge.environment, "DJANGO_SETTINGS_MODULE": "harvest_bridge.settings"}
        environment["HARVEST_TIMEOUT_SECONDS"] = wait_seconds
        return run_program("tests.connections.storm", connection_id, *argv, environment=environment).split()

    return start


def renewals(sandbox: RunningSandbox) -> int:
    return len(sandbox.requests("POST", TOKEN_PATH))


def state(bridge: Bridge, connection_id: str) -> Any:
    return bridge.api.get(f"/integrated-account/{connection_id}").json()


# Callers wait for 0.75 × 4 = 3 s here, in place of 15 s of 20: a third, and twice and four times as long as that.
@pytest.mark.parametrize(("latency", "told"), [(0, "2"), (1, "2"), (6, IN_PROGRESS)])
def test_invariant_1_sixteen_processes_make_one_renewal_per_expiry(
    bridge: Bridge, sandbox: RunningSandbox, linked: str, storm: Callable[..., list[str]], latency: float, told: str
) -> None:
    """Scaled: who cannot wait so long is told to come back, and then the token is there."""
    sandbox.fault("latency", path=TOKEN_PATH, seconds=latency, times=None)
    assert storm(linked, "16", wait_seconds="4") == [told] * 16
    assert storm(linked, "4", wait_seconds="4") == ["2"] * 4
    assert renewals(sandbox) == 1


def test_invariant_5_callers_who_cannot_wait_are_told_so_and_nothing_is_lost(
    bridge: Bridge, sandbox: RunningSandbox, linked: str, storm: Callable[..., list[str]]
) -> None:
    """An answer six times later than callers wait: one renewal, no wrong word about the credentials."""
    sandbox.fault("latency", path=TOKEN_PATH, seconds=3, times=None)
    outcomes = storm(linked, "16", wait_seconds="0.5")
    assert outcomes == [IN_PROGRESS] * 16
    assert renewals(sandbox) == 1
    assert state(bridge, linked)["status"] == "active"
    assert storm(linked, "1") == ["2"]


def test_invariant_4_a_refused_refresh_token_is_one_change_of_state_and_one_event(
    bridge: Bridge, sandbox: RunningSandbox, linked: str, storm: Callable[..., list[str]]
) -> None:
    sandbox.revoke_all("alice")
    assert storm(linked, "16") == ["needs_reauth"] * 16
    assert renewals(sandbox) == 1
    assert state(bridge, linked)["status"] == "needs_reauth"
    assert bridge.manage("shell", "--no-imports", "-c", COUNT.format(linked)).split()[-1] == "1"


def test_invariant_3_killed_before_harvest_is_asked_nothing_is_lost(
    bridge: Bridge, sandbox: RunningSandbox, linked: str, storm: Callable[..., list[str]]
) -> None:
    storm(linked, "1", "before")
    assert renewals(sandbox) == 0
    assert storm(linked, "4") == ["2"] * 4


def test_invariant_3_killed_before_the_answer_is_stored_it_is_visible_at_once(
    bridge: Bridge, sandbox: RunningSandbox, linked: str, storm: Callable[..., list[str]]
) -> None:
    """With single-use refresh tokens the answer is gone: the next caller finds out, and everybody can see it."""
    storm(linked, "1", "after")
    assert storm(linked, "4") == ["needs_reauth"] * 4
    assert "cut off" in state(bridge, linked)["last_error"]["message"]


def test_invariant_3_killed_before_the_answer_is_stored_it_goes_on_where_old_refresh_tokens_stay_good(
    bridge: Bridge, sandbox: RunningSandbox, linked: str, storm: Callable[..., list[str]]
) -> None:
    sandbox.switch(refresh_tokens="keep_old")
    storm(linked, "1", "after")
    assert storm(linked, "4") == ["2"] * 4


def test_invariant_3_killed_while_harvest_thinks_the_next_one_need_not_wait_for_a_lease(
    bridge: Bridge, sandbox: RunningSandbox, linked: str, storm: Callable[..., list[str]]
) -> None:
    sandbox.switch(refresh_tokens="keep_old")
    sandbox.fault("latency", path=TOKEN_PATH, seconds=60, times=1)
    environment = {**bridge.environment, "DJANGO_SETTINGS_MODULE": "harvest_bridge.settings"}
    command = [sys.executable, "-m", "tests.connections.storm", linked, "1"]
    with subprocess.Popen(command, env=environment, cwd=ROOT, start_new_session=True) as asking:
        deadline = time.monotonic() + 120
        while not renewals(sandbox) and time.monotonic() < deadline:
            time.sleep(0.05)
        subprocess.run(["pkill", "-KILL", "-s", str(asking.pid)], check=True)
    assert storm(linked, "1") == ["2"]  # who waits for somebody else's lease is told to come back


@only_on_postgresql
def test_invariant_3_a_lost_hosts_renewal_is_taken_over_and_harvest_is_asked_once(
    bridge: Bridge, sandbox: RunningSandbox, linked: str, storm: Callable[..., list[str]]
) -> None:
    """Its process stands still with the lock held, as seen from the others; its session ends here after a second."""
    with holder(bridge, f"refresh {linked}") as lost:
        lost.send_signal(signal.SIGSTOP)
        assert storm(linked, "16") == ["2"] * 16
    assert renewals(sandbox) == 1
    assert state(bridge, linked)["status"] == "active"

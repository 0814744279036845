"""A bridge whose host app has linked an account, and its drop-in path as a Harvest client sees it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx
import pytest

from harvest_bridge.sandbox.testing import RunningSandbox
from tests.links import confirm
from tests.processes import Bridge, is_running, running_bridge
from tests.proxy.drop_in.recorder import Recorder, recorder
from tests.shared import Shared

Link = Callable[..., str]


def link_account(
    bridge: Bridge, sandbox: RunningSandbox, who: str, *, user_id: str = "", account: int | None = None
) -> str:
    """Go through the real consent; returns the connection's id."""
    headers = {"Authorization": f"Bearer {bridge.host['api_key']}"}
    wanted = {"tenant_id": uuid.uuid4().hex} | ({"user_id": user_id} if user_id else {})
    with httpx.Client(base_url=bridge.url, trust_env=False, timeout=30) as browser:
        token = browser.post("/link-token", json=wanted, headers=headers).json()["link_token"]
        away = browser.get("/connect-account/authorize", params={"link_token": token})
        back = sandbox.consent(away.headers["Location"], who, accounts=[account or sandbox.account])
        confirm(browser, browser.get(back))
        params = {"tenant_id": wanted["tenant_id"]}
        [row] = browser.get("/integrated-account", params=params, headers=headers).json()["result"]
    return str(row["id"])


def end_accounts(bridge: Bridge) -> None:
    """What other tests left linked for the bridge's host app; the sandbox knows those tokens no more."""
    for left in bridge.api.get("/integrated-account", params={"limit": 2000}).json()["result"]:
        bridge.api.delete(f"/integrated-account/{left['id']}")


@pytest.fixture
def link(bridge: Bridge, sandbox: RunningSandbox) -> Iterator[Link]:
    """Link accounts for the bridge's host app, each Harvest account once."""
    made: list[str] = []
    end_accounts(bridge)

    def link_as(who: str = "alice", *, user_id: str = "", account: int | None = None) -> str:
        made.append(link_account(bridge, sandbox, who, user_id=user_id, account=account))
        return made[-1]

    yield link_as
    for connection_id in made:
        bridge.api.delete(f"/integrated-account/{connection_id}")


@pytest.fixture
def linked(link: Link, sandbox: RunningSandbox) -> str:
    """The account connection that Alice, an administrator, made; the sandbox has forgotten how."""
    connection_id = link("alice")
    sandbox.journal.clear()
    return connection_id


@pytest.fixture
def harvest(bridge: Bridge, linked: str, sandbox: RunningSandbox) -> Iterator[httpx.Client]:
    """A Harvest client: only its host and its token are changed."""
    headers = {
        "Authorization": f"Bearer {bridge.host['api_key']}",
        "Harvest-Account-Id": str(sandbox.account.id),
        "User-Agent": "Somebody's client (them@example.com)",
    }
    with httpx.Client(base_url=bridge.url, headers=headers, trust_env=False, timeout=30) as client:
        yield client


CONNECTION = """
from datetime import timedelta
from django.utils import timezone
from harvest_bridge.connections import token_rows
from harvest_bridge.connections.models import Connection
from harvest_bridge.harvest.records import TokenGrant
from harvest_bridge.hosts.models import HostApp
host = HostApp.objects.get(pk='{host}')
row = Connection(host_app=host, tenant_id='acme', kind='account', status='active', harvest_account_id=42,
                 harvest_account_name='Recorded', harvest_user_id=7, linked_by='Alice')
grant = TokenGrant(access_token='{token}', refresh_token='a refresh token')
for name, value in token_rows.seal_grant(row, grant, now=timezone.now()).items():
    setattr(row, name, value)
row.save(force_insert=True)
print(row.pk)
"""
RECORDED_TOKEN = "4242.at.recorded-token-of-harvest"


@pytest.fixture(scope="session")
def recorded_harvest() -> Iterator[Recorder]:
    with recorder() as recording:
        yield recording


@contextmanager
def running_recorded_bridge(folder: Path, recorded_harvest: Recorder) -> Iterator[Bridge]:
    with running_bridge(folder, harvest_url=recorded_harvest.url, HARVEST_REQUESTS_PER_WINDOW="100000") as bridge:
        code = CONNECTION.format(host=bridge.host["host_app_id"], token=RECORDED_TOKEN)
        bridge.connection_id = bridge.manage("shell", "--no-imports", "-c", code).split()[-1]  # type: ignore[attr-defined]
        yield bridge


@pytest.fixture(scope="session")
def recorded_bridge_of_the_session(
    tmp_path_factory: pytest.TempPathFactory, recorded_harvest: Recorder
) -> Iterator[Shared[Bridge]]:
    def start() -> AbstractContextManager[Bridge]:
        return running_recorded_bridge(tmp_path_factory.mktemp("recorded"), recorded_harvest)

    with Shared(start, is_running) as bridge:
        yield bridge


@pytest.fixture
def recorded_bridge(recorded_bridge_of_the_session: Shared[Bridge]) -> Iterator[Bridge]:
    """A bridge whose Harvest records; its host app has one connection, to account 42."""
    bridge = recorded_bridge_of_the_session.get()
    yield bridge
    bridge.web.raise_if_dead()


@pytest.fixture
def upstream(recorded_bridge: Bridge, recorded_harvest: Recorder) -> Recorder:
    recorded_harvest.reset()
    return recorded_harvest


@pytest.fixture
def client(recorded_bridge: Bridge, upstream: Recorder) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {recorded_bridge.host['api_key']}", "Harvest-Account-Id": "42"}
    with httpx.Client(base_url=recorded_bridge.url, headers=headers, trust_env=False, timeout=30) as one:
        yield one

"""Look-ups are remembered between requests, and whatever is revoked elsewhere holds from the next request on."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection as database
from django.utils import timezone

from harvest_bridge.api.admissions import Admissions
from harvest_bridge.api.cache_versions import Question, Rows, SqliteCacheVersions
from harvest_bridge.connections.models import Connection, IntegratedAccountToken
from harvest_bridge.crypto.tokens import token_hash
from harvest_bridge.harvest.credentials import Credentials
from harvest_bridge.hosts.models import ApiKey, HostApp
from harvest_bridge.proxy import access
from harvest_bridge.proxy.access import Access, access_of
from harvest_bridge.proxy.account_selection import Credential, question_of
from harvest_bridge.request_context import ANONYMOUS
from harvest_bridge.unified.models import FieldMapping
from tests.processes import Bridge, running_bridge
from tests.proxy.drop_in.conftest import CONNECTION, RECORDED_TOKEN
from tests.proxy.drop_in.recorder import Recorder, recorder

REVOKE = """
from harvest_bridge.hosts.models import ApiKey
from harvest_bridge.hosts.services import revoke_api_key
revoke_api_key(api_key=ApiKey.objects.get(host_app='{host}'))
"""


@pytest.fixture(scope="module", params=["without Redis", "with Redis"])
def shared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, redis_url: str
) -> Iterator[tuple[Bridge, Recorder]]:
    settings = {"HARVEST_REQUESTS_PER_WINDOW": "100000"}
    if request.param == "with Redis":
        settings["REDIS_URL"] = redis_url
    folder = tmp_path_factory.mktemp("shared")
    with recorder() as harvest, running_bridge(folder, harvest_url=harvest.url, **settings) as bridge:
        code = CONNECTION.format(host=bridge.host["host_app_id"], token=RECORDED_TOKEN)
        bridge.manage("shell", "--no-imports", "-c", code)
        bridge.api.headers["Harvest-Account-Id"] = "42"
        yield bridge, harvest


def execute(bridge: Bridge, statement: str) -> None:
    """As somebody with SQL at hand would."""
    url = bridge.environment["DATABASE_URL"]
    if url.startswith("postgresql"):
        with psycopg.connect(url) as connection:
            connection.execute(statement.encode())
    else:
        with sqlite3.connect(url.removeprefix("sqlite:///")) as file:
            file.execute(statement)


def refusal(bridge: Bridge, path: str = "/v2/users/me", token: str = "") -> Any:
    answer = bridge.api.get(path, headers={"Authorization": f"Bearer {token}"} if token else {})
    return answer.json().get("code", answer.status_code)


CHANGES = {
    "a key revoked": (
        "UPDATE hosts_apikey SET revoked_at = CURRENT_TIMESTAMP",
        "UPDATE hosts_apikey SET revoked_at = NULL",
        "invalid_api_key",
    ),
    "a key expired": (
        "UPDATE hosts_apikey SET expires_at = '2020-01-01 00:00:00'",
        "UPDATE hosts_apikey SET expires_at = NULL",
        "invalid_api_key",
    ),
    "a scope taken away": (
        "UPDATE hosts_apikey SET scopes = '[]'",
        """UPDATE hosts_apikey SET scopes = '["connections", "harvest"]'""",
        "missing_scope",
    ),
    "an account disconnected": (
        "UPDATE connections_connection SET disconnected_at = CURRENT_TIMESTAMP",
        "UPDATE connections_connection SET disconnected_at = NULL WHERE tenant_id = 'acme'",
        "account_not_linked",
    ),
    "an account to be linked again": (
        "UPDATE connections_connection SET status = 'needs_reauth'",
        "UPDATE connections_connection SET status = 'active'",
        "needs_reauth",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.django_db
def test_a_change_in_another_process_holds_from_the_next_request_on(
    shared: tuple[Bridge, Recorder], change: str
) -> None:
    bridge, _ = shared
    there, back, code = CHANGES[change]
    for _ in range(5):
        assert [refusal(bridge) for _ in range(3)] == [200] * 3
        execute(bridge, there)
        assert refusal(bridge) == code
        execute(bridge, back)


BAD_TOKEN = "invalid_integrated_account_token"
CHANGES_OF_TOKENS = {name: CHANGES[name] for name in ("a scope taken away", "an account to be linked again")} | {
    name: (*CHANGES[name][:2], BAD_TOKEN) for name in ("a key revoked", "a key expired", "an account disconnected")
}


@pytest.mark.parametrize("change", CHANGES_OF_TOKENS)
@pytest.mark.django_db
def test_an_account_token_is_good_for_what_its_key_is_good_for_at_each_request(
    shared: tuple[Bridge, Recorder], change: str
) -> None:
    bridge, _ = shared
    there, back, code = CHANGES_OF_TOKENS[change]
    [account] = bridge.api.get("/integrated-account", params={"tenant_id": "acme"}).json()["result"]
    made = bridge.api.post("/integrated-account/token", json={"integrated_account_id": account["id"]}).json()
    token = made["integrated_account_token"]
    for path in ("/v2/users/me", "/custom/v2/users/me"):
        execute(bridge, back)
        assert [refusal(bridge, path, token) for _ in range(3)] == [200] * 3
        execute(bridge, there)
        assert refusal(bridge, path, token) == code
    execute(bridge, back)


@pytest.mark.django_db
def test_a_second_customer_with_the_account_is_noticed_at_once(shared: tuple[Bridge, Recorder]) -> None:
    bridge, _ = shared
    assert refusal(bridge) == 200
    code = CONNECTION.format(host=bridge.host["host_app_id"], token=RECORDED_TOKEN)
    second = bridge.manage("shell", "--no-imports", "-c", code.replace("'acme'", "'other'")).split()[-1]
    assert refusal(bridge) == "account_ambiguous"
    bridge.api.delete(f"/integrated-account/{second}")
    assert refusal(bridge) == 200


@pytest.mark.django_db
def test_invariant_10_a_revocation_by_command_holds_from_the_next_request_on(
    shared: tuple[Bridge, Recorder],
) -> None:
    bridge, harvest = shared
    assert refusal(bridge) == 200
    harvest.reset()
    bridge.manage("shell", "--no-imports", "-c", REVOKE.format(host=bridge.host["host_app_id"]))
    assert refusal(bridge) == "invalid_api_key"
    assert harvest.requests == []
    execute(bridge, "UPDATE hosts_apikey SET revoked_at = NULL")


ROWS = f"""
INSERT INTO hosts_hostapp (id) VALUES (5);
INSERT INTO hosts_apikey (id, key_hash, host_app_id) VALUES (1, '{token_hash("hb_live_known")}', 5);
INSERT INTO connections_connection (id, host_app_id, harvest_account_id) VALUES ('{"c" * 32}', 5, 42);
"""


def tables() -> str:
    """Those that a question is about."""
    columns = {
        model._meta.db_table: ", ".join(field.column for field in model._meta.concrete_fields)
        for model in (HostApp, ApiKey, IntegratedAccountToken, Connection, FieldMapping)
    }
    return "".join(f"CREATE TABLE {name} ({listed});" for name, listed in columns.items())


class Stamp:
    """The stamps of a database in which nothing happens until somebody says so."""

    def __init__(self) -> None:
        self.value = 0

    async def of(self, question: Question) -> Rows:
        return [(1, None, self.value)]

    async def aclose(self) -> None:
        self.value = -1


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[timedelta]]:
    """Count look-ups, each good for as long as the next one of `lives` says."""

    def count(*lives: timedelta) -> list[timedelta]:
        left = list(lives)

        async def look_up(credential: Credential) -> Access:
            return Access(Connection(), Credentials("t"), ANONYMOUS, timezone.now() + left.pop(0))

        monkeypatch.setattr(access, "_look_up", look_up)
        return left

    return count


async def test_nothing_is_looked_up_twice_while_nothing_changes(looked_up: Callable[..., list[timedelta]]) -> None:
    left = looked_up(*[timedelta(minutes=1)] * 9)
    stamp = Stamp()
    admissions = Admissions(stamp)
    first = [await access_of(Credential("a", "1"), admissions) for _ in range(5)]
    assert len({id(one) for one in first}) == 1
    await access_of(Credential("a", "2"), admissions)
    assert len(left) == 7
    stamp.value += 1
    await access_of(Credential("a", "1"), admissions)
    assert len(left) == 6


async def test_a_memory_ends_with_what_it_rests_on(looked_up: Callable[..., list[timedelta]]) -> None:
    left = looked_up(timedelta(seconds=-1), timedelta(minutes=1))
    admissions = Admissions(Stamp())
    for _ in range(3):
        await access_of(Credential("a", "1"), admissions)
    assert left == []


def test_no_secret_shows_in_what_is_remembered() -> None:
    shown = repr(Credential("hb_live_secret", "1")) + repr(
        Access(Connection(), Credentials("t-secret"), ANONYMOUS, timezone.now())
    )
    assert "secret" not in shown


@pytest.mark.django_db
async def test_unknown_tokens_leave_nothing_behind_and_known_ones_no_text(tmp_path: Path) -> None:
    """On SQLite, where the rows of a credential are remembered (PostgreSQL is asked each time)."""
    if database.vendor != "sqlite":
        pytest.skip("PostgreSQL is asked each time: nothing is kept")
    stamps = SqliteCacheVersions(str(tmp_path / "rows.sqlite3"))
    with sqlite3.connect(tmp_path / "rows.sqlite3") as file:
        file.executescript(tables() + ROWS)
    for number in range(1000, 1300):
        for token in (f"hb_live_{number}", f"hb_iat_{number}", "x" * 10_000, "hb_live_known"):
            question = question_of(Credential(token, str(number)))
            assert question is not None
            await stamps.of(question)
    assert stamps.remembered == {}
    known = question_of(Credential("hb_live_known", "42"))
    assert known is not None
    assert await stamps.of(known)
    assert len(stamps.remembered) == 1
    assert "hb_live_known" not in repr(stamps.remembered)
    await stamps.aclose()


USED = """
from harvest_bridge.connections.models import Connection
row = Connection.objects.get(tenant_id='acme')
print(row.last_used_at, row.host_app.api_keys.get().last_used_at)
"""


@pytest.mark.django_db
def test_the_last_use_is_kept_without_writing_at_each(shared: tuple[Bridge, Recorder]) -> None:
    """On the first request, and once a minute."""
    bridge, _ = shared
    assert refusal(bridge) == 200
    execute(bridge, "UPDATE connections_connection SET last_used_at = NULL")
    execute(bridge, "UPDATE hosts_apikey SET last_used_at = NULL")
    assert refusal(bridge) == 200
    assert bridge.manage("shell", "--no-imports", "-c", USED).split()[-2:] == ["None", "None"]
    bridge.restart()
    assert refusal(bridge) == 200
    assert "None" not in bridge.manage("shell", "--no-imports", "-c", USED)

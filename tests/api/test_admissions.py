"""What REST and the timer remember of their callers ends with the commit that changes it, whoever commits."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from harvest_bridge.sandbox.testing import running_sandbox
from tests.processes import Bridge, running_bridge
from tests.services import free_port

CONNECTION = """
from django.utils import timezone
from harvest_bridge.connections import token_rows
from harvest_bridge.connections.models import Connection
from harvest_bridge.harvest.records import TokenGrant
from harvest_bridge.unified.identities.models import Identity
for tenant, kind, user in (('acme', 'account', ''), ('acme', 'personal', 'u-1'), ('other', 'account', '')):
    row = Connection(host_app_id='{host}', tenant_id=tenant, kind=kind, user_id=user, status='active',
                     harvest_account_id={account}, harvest_account_name='Fennel', harvest_user_id={user_id},
                     access_roles=['administrator'], linked_by='Alice')
    grant = TokenGrant(access_token='{token}', refresh_token='refresh')
    for name, value in token_rows.seal_grant(row, grant, now=timezone.now()).items():
        setattr(row, name, value)
    row.save(force_insert=True)
    if (tenant, kind) == ('acme', 'account'):
        Identity.objects.create(connection=row, external_id='u-2', state='matched', harvest_user_id={user_id})
"""


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bridge]:
    folder = tmp_path_factory.mktemp("admissions")
    with running_sandbox(port=free_port()) as sandbox, running_bridge(folder, harvest_url=sandbox.url) as bridge:
        account, user = sandbox.account, sandbox.user("alice")
        named = {"account": account.id, "user_id": user.id, "token": sandbox.token_for("alice", account)}
        code = CONNECTION.format(host=bridge.host["host_app_id"], **named)
        bridge.manage("shell", "--no-imports", "-c", code)
        yield bridge


@pytest.fixture
def asked(bridge: Bridge) -> Callable[[str], Any]:
    """The code of a refusal, or the status of an answer, to one caller's same request."""
    accounts = bridge.api.get("/integrated-account", params={"tenant_id": "acme"}).json()["result"]
    [account] = [each["id"] for each in accounts if each["kind"] == "account"]
    made = bridge.api.post("/integrated-account/token", json={"integrated_account_id": account}).json()

    def session(sub: str) -> str:
        begun = {"token": bridge.widget_token(sub=sub), "origin": bridge.host_origin}
        return str(bridge.api.post("/timer/session", json=begun).json()["session"])

    requests = {
        "key": (f"/proxy/roles?integrated_account_id={account}", bridge.host["api_key"]),
        "account token": ("/unified/user-directory/me", made["integrated_account_token"]),
        "timer session": ("/timer/state", session("u-1")),
        "timer session through the account": ("/timer/state", session("u-2")),
    }

    def ask(caller: str) -> Any:
        path, token = requests[caller]
        answer = bridge.api.get(path, headers={"Authorization": f"Bearer {token}"})
        if path == "/timer/state" and answer.status_code == 200:
            return answer.json()["connection"]["reason"] or answer.json()["connection"]["status"]
        return answer.json().get("code", answer.status_code)

    return ask


def execute(bridge: Bridge, statement: str) -> None:
    """As somebody with SQL at hand would."""
    url = bridge.environment["DATABASE_URL"]
    if url.startswith("postgresql"):
        with psycopg.connect(url) as connection:
            connection.execute(statement.encode())
    else:
        with sqlite3.connect(url.removeprefix("sqlite:///")) as file:
            file.execute(statement)


KEY, ACCOUNTS = "UPDATE hosts_apikey SET", "UPDATE connections_connection SET"
REVOKED = (f"{KEY} revoked_at = CURRENT_TIMESTAMP", f"{KEY} revoked_at = NULL")
NO_SCOPE = (f"{KEY} scopes = '[]'", f"""{KEY} scopes = '["connections", "directory", "harvest"]'""")
UNLINKED = (f"{ACCOUNTS} disconnected_at = CURRENT_TIMESTAMP", f"{ACCOUNTS} disconnected_at = NULL")
NO_RIGHT = (f"{ACCOUNTS} rights = '[]'", f"""{ACCOUNTS} rights = '["read", "time", "people", "projects"]'""")
IDENTITY = "UPDATE unified_identity SET"
UNMATCHED = (f"{IDENTITY} state = 'unmatched'", f"{IDENTITY} state = 'matched'")
VANISHED = (f"{IDENTITY} flag = 'vanished'", f"{IDENTITY} flag = ''")
REAUTH = (f"{ACCOUNTS} status = 'needs_reauth'", f"{ACCOUNTS} status = 'active'")
NO_ADMINISTRATOR = (f"{ACCOUNTS} access_roles = '[]'", f"""{ACCOUNTS} access_roles = '["administrator"]'""")
KEY_OF_SESSION = "UPDATE hosts_widgetkey SET revoked_at"
ORIGIN = "UPDATE hosts_allowedorigin SET origin"
CHANGES = [
    ("key", REVOKED, "invalid_api_key"),
    ("key", NO_SCOPE, "missing_scope"),
    ("key", UNLINKED, "no_such_connection"),
    ("key", NO_RIGHT, "right_not_granted"),
    ("account token", REVOKED, "invalid_integrated_account_token"),
    ("account token", UNLINKED, "invalid_integrated_account_token"),
    ("account token", NO_SCOPE, "missing_scope"),
    ("timer session", UNLINKED, "not_linked"),
    ("timer session through the account", UNLINKED, "not_linked"),
    ("timer session through the account", UNMATCHED, "unmatched"),
    ("timer session through the account", VANISHED, "vanished"),
    ("timer session through the account", REAUTH, "account_needs_reauth"),
    ("timer session through the account", NO_ADMINISTRATOR, "administrator_needed"),
    ("timer session", (f"{KEY_OF_SESSION} = CURRENT_TIMESTAMP", f"{KEY_OF_SESSION} = NULL"), "timer_session_expired"),
    ("timer session", (f"{ORIGIN} = 'x' || origin", f"{ORIGIN} = substr(origin, 2)"), "timer_session_expired"),
]


@pytest.mark.parametrize(("caller", "change", "code"), CHANGES)
@pytest.mark.django_db
def test_invariant_10_what_is_revoked_is_refused_from_the_next_request_on(
    bridge: Bridge, asked: Callable[[str], Any], caller: str, change: tuple[str, str], code: str
) -> None:
    there, back = change
    well = "active" if "session" in caller else 200
    for _ in range(3):
        assert [asked(caller) for _ in range(3)] == [well] * 3
        execute(bridge, there)
        try:
            assert asked(caller) == code
        finally:
            execute(bridge, back)


@pytest.mark.django_db
def test_invariant_35_a_remembered_connection_is_no_other_host_apps(bridge: Bridge) -> None:
    [account] = bridge.api.get("/integrated-account", params={"tenant_id": "other"}).json()["result"]
    path = f"/proxy/roles?integrated_account_id={account['id']}"
    assert [bridge.api.get(path).status_code for _ in range(3)] == [200] * 3
    stranger = bridge.create_host("Stranger", "https://stranger.example.com")
    headers = {"Authorization": f"Bearer {stranger['api_key']}"}
    for _ in range(3):
        assert bridge.api.get(path, headers=headers).json()["code"] == "no_such_connection"
        assert bridge.api.get(path).status_code == 200


MAPPING = "unified_fieldmapping"
MAPPED = f"""INSERT INTO {MAPPING}
(host_app_id, resource, field, expression, version, is_current, changed_by, changed_at)
SELECT id, 'users', 'title', '"Chief"', 1, TRUE, 'somebody with SQL', CURRENT_TIMESTAMP FROM hosts_hostapp"""


def test_a_mapping_holds_from_the_next_request_on_and_no_longer_than_it_stands(bridge: Bridge) -> None:
    [account, *_] = bridge.api.get("/integrated-account", params={"tenant_id": "acme"}).json()["result"]
    path = f"/unified/user-directory/users?limit=1&integrated_account_id={account['id']}"

    def title() -> str | None:
        [user] = bridge.api.get(path).json()["result"]
        found: str | None = user["title"]
        return found

    assert [title(), title()] == [None, None]
    execute(bridge, MAPPED)
    assert [title(), title()] == ["Chief", "Chief"]
    execute(bridge, f"UPDATE {MAPPING} SET is_current = FALSE")
    assert [title(), title()] == [None, None]

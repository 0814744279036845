"""What callers of the API ask for is in the audit before it is done, and what they were answered soon after."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harvest_bridge import request_context
from harvest_bridge.api import audit_events
from harvest_bridge.api.request_log.buffer import RequestLog
from harvest_bridge.connections.models import Connection
from harvest_bridge.connections.services import create_account_token
from harvest_bridge.console.models import AuditEntry
from harvest_bridge.hosts.models import ApiKey
from harvest_bridge.hosts.services import NewHostApp
from tests.people import rest
from tests.processes import Bridge

_ROWS = (
    "import json; from harvest_bridge.console.models import AuditEntry as E; "
    "print(json.dumps(list(E.objects.filter(source='api', request_id__startswith='audit-').order_by('pk')"
    ".values_list('action', 'actor', 'address', 'request_id', 'tenant_id', 'object_id'))))"
)


@pytest.mark.any_database
def test_a_running_bridge_tells_its_audit_of_writes_and_of_no_reads(bridge: Bridge) -> None:
    tenant = "audited"
    made = bridge.api.post("/link-token", json={"tenant_id": tenant}, headers={"X-Request-Id": "audit-1"})
    assert made.status_code < 300, made.text
    assert bridge.api.get("/integrated-account", headers={"X-Request-Id": "audit-2"}).status_code == 200
    assert bridge.api.post("/link-token", json={}, headers={"X-Request-Id": "audit-3"}).status_code == 400
    rows: list[Any] = []
    for _ in range(20):  # each takes a second or more; what was answered is written within one
        rows = json.loads(bridge.manage("shell", "-c", _ROWS).splitlines()[-1])
        if len(rows) >= 4:
            break
    actor = f"API key {bridge.host['api_key'][:14]}…"
    kept = {(action, who, address, request_id) for action, who, address, request_id, *_ in rows}
    assert kept == {
        ("asked: POST /link-token", actor, "127.0.0.1", "audit-1"),
        ("answered 200: POST /link-token", actor, "127.0.0.1", "audit-1"),
        ("asked: POST /link-token", actor, "127.0.0.1", "audit-3"),
        ("answered 400: POST /link-token", actor, "127.0.0.1", "audit-3"),
    }
    assert "all as they were written" in bridge.manage("verifyaudit")


@pytest.mark.django_db
class TestRows:
    def asked(self, token: str, method: str, path: str, **body: Any) -> list[AuditEntry]:
        """One request of whoever holds the token, and the rows that it leaves."""
        context = request_context.begin("unified", method, path.partition("?")[0].encode(), "r-1", None)
        context.address = "203.0.113.7"
        try:
            response = rest(token).generic(method, path, json.dumps(body), content_type="application/json")
        finally:
            request_context._current.set(None)
        context.status, context.ended, context.is_whole = response.status_code, context.started, True
        log = RequestLog(keeps_rows=False)
        log.note(context)
        log.flush()
        return list(AuditEntry.objects.filter(request_id="r-1").order_by("pk"))

    def test_key_host_app_route_and_object_are_told(self, board: NewHostApp, alices: Connection) -> None:
        path = f"/integrated-account/{alices.pk}"
        asked, answered = self.asked(board.api_key, "PATCH", path, label="Finance")
        key = ApiKey.objects.get()
        assert asked.action == "asked: PATCH /integrated-account/{connection_id}"
        assert answered.action == "answered 200: PATCH /integrated-account/{connection_id}"
        for row in (asked, answered):
            assert (row.source, row.actor, row.actor_id) == ("api", f"API key {key.prefix}…", key.pk)
            assert (row.address, row.host_app_id) == ("203.0.113.7", board.host_app.pk)
        assert asked.object_id == str(alices.pk)

    def test_an_account_tokens_customer_and_connection_are_told(self, board: NewHostApp, alices: Connection) -> None:
        key = ApiKey.objects.get()
        token = create_account_token(connection=alices, api_key=key)
        path = "/unified/user-directory/users/1"
        asked, answered = self.asked(token, "PATCH", path, first_name="X")
        for row in (asked, answered):
            assert row.actor == f"account token of API key {key.prefix}…"
            assert (row.tenant_id, row.connection_id) == ("acme", alices.pk)
        assert answered.action.startswith("answered 4")

    def test_what_a_stranger_asks_for_is_no_deed(self, board: NewHostApp) -> None:
        assert self.asked("hb_live_nobody", "POST", "/link-token", tenant_id="acme") == []
        assert self.asked(board.api_key, "GET", "/integrated-account") == []

    def test_no_secret_comes_along(self, board: NewHostApp) -> None:
        rows = self.asked(board.api_key, "POST", f"/link-token?integrated_account_id={board.api_key}", tenant_id="a")
        assert rows
        assert board.api_key not in str([vars(row) for row in rows])


@pytest.mark.django_db
def test_what_workers_do_for_nobody_is_told(alices: Connection) -> None:
    audit_events.record("erased a mirror", actor="mirror retention", tenant_id="acme", connection_id=alices.pk)
    row = AuditEntry.objects.get(action="erased a mirror")
    assert (row.source, row.actor, row.tenant_id) == ("worker", "mirror retention", "acme")
    linked = AuditEntry.objects.get(action="connection: linked")
    assert (linked.actor, linked.object_id, linked.tenant_id) == ("linker", str(alices.pk), "acme")

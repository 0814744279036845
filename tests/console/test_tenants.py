"""One customer's data goes out whole and without a secret, or is gone; nobody else's is touched."""

from __future__ import annotations

import json
import tarfile
import uuid
from pathlib import Path

import pytest

from harvest_bridge.console.tenants.rows import lookups_of_models
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.processes import Bridge
from tests.timer_widget.fault_harness import link

# Of a host app as a whole, or of nobody.
NOT_A_TENANTS = {
    *("hosts.HostApp", "hosts.AllowedOrigin", "hosts.ApiKey", "hosts.WidgetKey"),
    *("api.IdempotentWrite", "webhooks.Endpoint", "webhooks.EventCounter", "webhooks.DeliveryTotals"),
    *("connections.SpentState", "mirror.HostPolicy", "mirror.BiReader"),
    *("timer_widget.TimerSettings", "timer_widget.SpentWidgetToken", "timer_widget.Failure"),
    *("console.AuditEntry", "console.AuditSeal", "console.AuditHead", "console.Worker", "console.JobHour"),
}
COUNT = """
from django.apps import apps
from harvest_bridge.console.tenants.erasure import counted
from harvest_bridge.hosts.models import HostApp
import json
print(json.dumps(counted(HostApp.objects.get(pk={host!r}), {tenant!r})))
"""
FILL = """
from harvest_bridge.connections.models import Connection
from harvest_bridge.connections.history import note
from harvest_bridge.unified.identities.models import HarvestUser, Identity
from harvest_bridge.mirror import services
from harvest_bridge.mirror.models import Mirror, Record, Stream
from harvest_bridge.webhooks.models import Event
from django.utils import timezone
from timer_widget.models import Person
connection = Connection.objects.get(tenant_id={tenant!r})
Identity.objects.create(connection=connection, external_id="u-1", state="matched", basis="override", harvest_user_id=1)
services.begin(connection, is_paused=True)
mirror, now = Mirror.objects.get(connection=connection), timezone.now()
stream = Stream.objects.filter(mirror=mirror).first() or Stream.objects.create(mirror=mirror, resource="invoices")
Record.objects.create(mirror=mirror, stream=stream, harvest_id=7, position=1, digest=b"-" * 16, first_seen_at=now,
    changed_at=now, read_at=now, raw='{{"id": 7, "client_key" : "opens-the-invoice", "number": "1017"}}')
Event.objects.create(host_app=connection.host_app, tenant_id={tenant!r}, type="test", object_id="7", occurred_at=now,
    data={{"invoice": {{"client_key": "opens-the-invoice", "public_url": "https://x/opens-the-invoice"}}}})
Person.objects.create(host_app=connection.host_app, tenant_id={tenant!r}, user_id="u-1")
"""


@pytest.fixture
def tenants(bridge: Bridge, sandbox: RunningSandbox) -> tuple[str, str]:
    """Two customers of one host app, each with an account, an identity, a mirror and a person."""
    names = uuid.uuid4().hex, uuid.uuid4().hex
    for tenant in names:
        link(bridge, sandbox, tenant, "alice", is_account=True)
        bridge.manage("shell", "--no-imports", "-c", FILL.format(tenant=tenant))
    return names


CLOSE_A_STATEMENT = """
from datetime import date
from django.utils import timezone
from harvest_bridge.connections.models import Connection
from harvest_bridge.insights.payouts.models import Period, PeriodKind, Statement
connection = Connection.objects.get(tenant_id={tenant!r})
period = Period.objects.create(connection=connection, kind=PeriodKind.FREE, first_day=date(2026, 11, 1),
    last_day=date(2026, 11, 30), created_by="Paula")
Statement.objects.create(connection=connection, period=period, sequence=1, user_id=1, hours_micros=0, line_count=0,
    verified_by="Paula", closed_by="Petra", closed_at=timezone.now(), sha256="0" * 64)
"""


def kept(bridge: Bridge, tenant: str) -> dict[str, int]:
    code = COUNT.format(host=bridge.host["host_app_id"], tenant=tenant)
    return dict(json.loads(bridge.manage("shell", "--no-imports", "-c", code).splitlines()[-1]))


def test_erasing_leaves_nothing_of_the_customer_and_all_of_its_neighbour(
    bridge: Bridge, tenants: tuple[str, str]
) -> None:
    gone, stays = tenants
    before, neighbour = kept(bridge, gone), kept(bridge, stays)
    assert {"connections.Connection", "unified.Identity", "mirror.Mirror", "timer_widget.Person"} <= set(before)
    where = (bridge.host["host_app_id"], gone)
    assert "Nothing was erased" in bridge.manage("erasetenant", *where)
    assert kept(bridge, gone).keys() >= before.keys()
    bridge.manage("shell", "--no-imports", "-c", CLOSE_A_STATEMENT.format(tenant=gone))
    with pytest.raises(RuntimeError, match="1 closed payout statements"):
        bridge.manage("erasetenant", *where, "--yes")
    assert kept(bridge, gone).keys() >= before.keys()
    receipt = json.loads(bridge.manage("erasetenant", *where, "--yes", "--with-statements"))
    assert receipt["tenant_id"] == gone
    assert receipt["rows"].keys() >= before.keys()
    assert kept(bridge, gone) == {}
    assert {name: count for name, count in kept(bridge, stays).items() if name != "api.RequestRecord"} == {
        name: count for name, count in neighbour.items() if name != "api.RequestRecord"
    }
    with pytest.raises(RuntimeError, match="Nothing is kept"):
        bridge.manage("erasetenant", *where, "--yes")


def test_an_export_has_every_row_and_no_secret(bridge: Bridge, tenants: tuple[str, str], tmp_path: Path) -> None:
    tenant, neighbour = tenants
    file = tmp_path / "acme.tar.gz"
    receipt = json.loads(bridge.manage("exporttenant", bridge.host["host_app_id"], tenant, str(file)))
    with tarfile.open(file) as tar:
        texts = {one.name: tar.extractfile(one).read().decode() for one in tar.getmembers()}  # type: ignore[union-attr]
    assert {f"{name}.ndjson": count for name, count in receipt["rows"].items()} == {
        name: len(text.splitlines()) for name, text in texts.items() if name != "receipt.json"
    }
    whole = "".join(texts.values())
    assert tenant in whole
    assert neighbour not in whole
    assert "hb1." not in whole
    assert "_hash" not in whole
    assert "1017" in texts["mirror.Record.ndjson"]
    assert "opens-the-invoice" not in whole
    assert file.stat().st_mode & 0o077 == 0


def test_every_table_is_either_a_customers_or_known_to_be_nobodys() -> None:
    from django.apps import apps

    models = [model for model in apps.get_models() if not model._meta.proxy]
    ours = {m._meta.label for m in models if m.__module__.startswith(("harvest_bridge", "timer_widget"))}
    assert ours - {model._meta.label for model in lookups_of_models()} == NOT_A_TENANTS

"""The admin's dashboard tells the state of the service and what needs somebody; a tenant's page tells all of one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from harvest_bridge.admin_panels import Card, DashboardPanel, Line, Tenant, TenantPanel, dashboard, tenant_page
from harvest_bridge.api.models import RequestRecord
from harvest_bridge.connections.models import Connection, Status
from harvest_bridge.console.heartbeat import note_beat
from harvest_bridge.console.tenant_pages.queries import address_of
from harvest_bridge.console.workers import beats, jobs
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.invoices.models import Payment
from harvest_bridge.provisioning.models import Run
from harvest_bridge.webhooks import delivery_totals
from timer_widget.models import Intent, IntentKind, IntentStatus, Person

from .operators import signed_in, staff, superuser

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def browser(db: None) -> Client:
    """With a worker that is alive."""
    note_beat()
    delivery_totals.note_dispatcher(now=timezone.now())
    return signed_in(superuser())


def linked(board: NewHostApp, tenant_id: str = "acme", **columns: Any) -> Connection:
    usual = {"kind": "account", "status": Status.ACTIVE, "harvest_account_id": 7, "harvest_user_id": 1}
    names = {"harvest_account_name": "Finch & Partners", "linked_by": "Alice"}
    return Connection.objects.create(host_app=board.host_app, tenant_id=tenant_id, **usual | names | columns)


def shown(client: Client, path: str = "/admin/") -> str:
    response = client.get(path, follow=True)
    assert response.status_code == 200, response
    return response.content.decode()


def test_when_all_is_well_nothing_needs_you(browser: Client, board: NewHostApp) -> None:
    linked(board)
    page = shown(browser)
    assert "Nothing needs you" in page
    for name in ("connections", "requests", "errors", "budget", "clicks", "mirrors", "webhooks", "workers", "audit"):
        assert f'data-panel="{name}"' in page


def test_a_connection_to_be_linked_again_needs_you_with_the_way_to_it(browser: Client, board: NewHostApp) -> None:
    row = linked(board, status=Status.NEEDS_REAUTH)
    page = shown(browser)
    assert "What needs you" in page
    assert "1 connection must be linked again" in page
    address = "/admin/connections/connection/?status__exact=needs_reauth"
    assert address in page
    assert str(row.pk) in shown(browser, address)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"status": IntentStatus.FAILED, "needs_decision": True}, "1 failed click waits for a decision"),
        ({"status": IntentStatus.PENDING, "created_at": LONG_AGO}, "1 click has been pending"),
    ],
    ids=["failed", "pending"],
)  # fmt: skip
def test_clicks_that_wait_need_you(browser: Client, board: NewHostApp, columns: dict[str, Any], said: str) -> None:
    person = Person.objects.create(host_app=board.host_app, tenant_id="acme", user_id="u-1")
    click = {"kind": IntentKind.START, "idempotency_key": "k", "clicked_at": timezone.now(), "asked": {}}
    Intent.objects.create(person=person, **click | columns)
    assert said in shown(browser)


def test_a_worker_that_is_silent_needs_you(db: None) -> None:
    note_beat(at=1.0)
    assert "start manage.py run_huey" in shown(signed_in(superuser()))


def test_workers_and_jobs_are_told_with_their_last_beat(browser: Client) -> None:
    beats.note("web-1:4711", started_at=timezone.now())
    jobs.count("refresh_tokens", is_done=False, now=timezone.now())
    page = shown(browser)
    assert "web-1:4711" in page
    assert "refresh_tokens failed" in page


def test_a_part_that_fails_is_told_and_breaks_no_other(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(now: datetime) -> Card:
        Connection.objects.raw("SELECT nothing FROM nowhere")[0]
        return Card()

    panel = DashboardPanel("broken", "Broken", "connections.view_connection", 1, fail)
    monkeypatch.setitem(dashboard._panels, panel.name, panel)
    page = shown(browser)
    assert "This could not be read; the log says why." in page
    assert 'data-panel="audit"' in page


def test_each_sees_only_what_their_rights_show(board: NewHostApp) -> None:
    linked(board, status=Status.NEEDS_REAUTH)
    small = shown(signed_in(staff("small", "timer_widget.view_intent")))
    assert 'data-panel="clicks"' in small
    assert 'data-panel="connections"' not in small
    assert "must be linked again" not in small


def test_the_page_takes_as_many_queries_however_much_there_is(
    browser: Client, board: NewHostApp, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        linked(board, f"customer-{number}", status=Status.NEEDS_REAUTH, harvest_account_id=number)
    with django_assert_max_num_queries(120):
        shown(browser)


def test_a_tenant_s_page_says_why_their_timer_does_not_work(browser: Client, board: NewHostApp) -> None:
    error = {"code": "needs_reauth", "message": "Harvest refused the refresh token."}
    row = linked(board, "acme / north", status=Status.NEEDS_REAUTH, last_error=error)
    Person.objects.create(host_app=board.host_app, tenant_id="acme / north", user_id="u-1", name="Carmen Ruiz")
    page = shown(browser, "/admin/tenants/?q=acme")  # one is found, so it opens
    assert "Must be linked again: Harvest refused the refresh token." in page
    assert f"/admin/connections/connection/{row.pk}/change/" in page
    assert "Carmen Ruiz" in page
    assert "You have not connected Harvest yet." in page


def test_tenants_are_found_by_name_and_by_harvest_account(browser: Client, board: NewHostApp) -> None:
    for number in range(3):
        linked(board, f"customer-{number}", harvest_account_name=f"Finch {number}", harvest_account_id=number)
    page = shown(browser, "/admin/tenants/?q=customer")
    assert page.count("/admin/tenants/one?") == 3
    assert "customer-2" in browser.get("/admin/tenants/?q=Finch 2")["Location"]
    assert "No customer has" in shown(browser, "/admin/tenants/?q=nobody")
    found = shown(browser, "/admin/search/?s=customer-1&extended=1")
    assert urlencode({"tenant": "customer-1"}) in found


def test_an_app_adds_a_part_to_a_tenant_s_page(
    browser: Client, board: NewHostApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(tenant: Tenant, now: datetime) -> Card:
        return Card(lines=(Line(f"run of {tenant.tenant_id}", "<b>done</b>"),))

    panel = TenantPanel("runs", "Runs", "connections.view_connection", 99, read)
    monkeypatch.setitem(tenant_page._panels, panel.name, panel)  # the others come with the first look at a page
    page = shown(browser, address_of(Tenant(board.host_app.pk, "acme")))
    assert "run of acme" in page
    assert "&lt;b&gt;done" in page


def test_a_tenant_s_page_takes_the_right_to_see_connections(board: NewHostApp) -> None:
    path = address_of(Tenant(board.host_app.pk, "acme"))
    small = signed_in(staff("small", "hosts.view_hostapp"))
    assert {small.get(path).status_code, small.get("/admin/tenants/").status_code} == {403}
    right = signed_in(staff("right", "connections.view_connection"))
    assert right.get(path).status_code == 200
    for query in ("", "?host_app=x&tenant=y", f"?host_app={board.host_app.pk}"):
        assert right.get(f"/admin/tenants/one{query}").status_code == 404
    assert Client().get("/admin/tenants/").status_code == 302


def test_a_blocked_deal_and_a_doubtful_payment_need_somebody_and_stand_on_their_customers_page(
    browser: Client, board: NewHostApp
) -> None:
    row = linked(board)
    Run.objects.create(connection=row, external_id="deal-1", wanted={}, status="blocked", project_name="New shop")
    Payment.objects.create(
        host_app=board.host_app,
        connection=row,
        harvest_account_id=7,
        invoice_id=12,
        external_id="p-1",
        reference="hb:p-1",
        amount="12.5",
        currency="EUR",
        paid_date=timezone.now().date(),
        state="doubtful",
    )
    page = shown(browser)
    assert "1 won deal is blocked" in page
    assert "1 payment is doubtful" in page
    tenant = shown(browser, address_of(Tenant(board.host_app.pk, "acme")))
    assert "New shop" in tenant
    assert "12.50 EUR for invoice 12" in tenant
    assert "deal-1" in shown(browser, "/admin/search/?s=deal-1&extended=1")


@pytest.mark.parametrize(("status", "is_told"), [(422, False), (503, True)])
def test_requests_that_we_failed_at_need_you_and_mistakes_of_callers_do_not(
    browser: Client, status: int, is_told: bool
) -> None:
    now = timezone.now()
    row = {"at": now, "minute": int(now.timestamp() // 60), "area": "envelope", "method": "GET", "status": status}
    zeros = (
        "bytes_in",
        "bytes_out",
        "own_microseconds",
        "waited_microseconds",
        "harvest_microseconds",
        "harvest_calls",
    )
    row |= dict.fromkeys((*zeros, "duration_bin"), 0) | {"template": "/proxy/users", "request_id": "r"}
    RequestRecord.objects.bulk_create(RequestRecord(**row) for _ in range(30))
    assert ("failed with us or Harvest" in shown(browser)) is is_told

"""Payouts stand on their customer's page and are found by a payer's reference."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.insights.payouts.models import Period, PeriodKind, PeriodState, Statement
from tests.console.operators import signed_in, superuser

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def test_support_sees_a_customers_payouts_and_finds_one_by_the_payers_reference(board: NewHostApp) -> None:
    connection = Connection.objects.create(
        host_app=board.host_app, tenant_id="acme", kind="account", harvest_account_id=42, harvest_user_id=7
    )
    period = Period.objects.create(
        connection=connection,
        kind=PeriodKind.FREE,
        first_day=date(2026, 11, 1),
        last_day=date(2026, 11, 30),
        state=PeriodState.PAID,
        created_by="Paula",
    )
    signed = {"verified_by": "Paula", "closed_by": "Petra", "closed_at": timezone.now(), "sha256": "0" * 64}
    paid = {"payment_reference": "WISE-4711", "state": PeriodState.PAID}
    numbers = {"sequence": 1, "user_id": 9, "hours_micros": 0, "line_count": 0}
    Statement.objects.create(connection=connection, period=period, **numbers, **signed, **paid)
    address = reverse("admin:insights_period_change", args=[period.pk])
    client = signed_in(superuser())
    query = urlencode({"host_app": board.host_app.pk, "tenant": "acme"})
    assert f'href="{address}"' in client.get(f"/admin/tenants/one?{query}").content.decode()
    assert address in client.get("/admin/search/", {"s": "WISE-4711", "extended": 1}).content.decode()
    assert "payout periods closed" in client.get("/admin/").content.decode()

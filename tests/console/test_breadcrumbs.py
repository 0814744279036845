"""A page that asks before it does something says where it stands: the kind, and the thing itself, each a way back."""

from __future__ import annotations

import pytest
from django.urls import reverse

from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.services import NewHostApp
from tests.console.operators import crumbs, signed_in, superuser

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def test_questions_about_a_connection_and_a_host_app_lead_back_to_them(board: NewHostApp) -> None:
    host_app = board.host_app
    connection = Connection.objects.create(
        host_app=host_app,
        tenant_id="acme",
        kind="account",
        harvest_account_id=42,
        harvest_account_name="Acme",
        harvest_user_id=7,
    )
    client = signed_in(superuser())
    for row, action in ((connection, "refresh-now"), (host_app, "issue-api-key")):
        kind = f"admin:{row._meta.app_label}_{row._meta.model_name}"
        page = client.get(f"{reverse(f'{kind}_changelist')}{row.pk}/{action}/").content.decode()
        assert str(row) in crumbs(page)
        assert f'href="{reverse(f"{kind}_change", args=[row.pk])}"' in page
        assert f'href="{reverse(f"{kind}_changelist")}"' in page

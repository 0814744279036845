"""The window that ends at our callback says how it ended, for the panel that opened it (connections/window.js)."""

from __future__ import annotations

import pytest
from django.test import Client

from harvest_bridge.connections.services import create_link_token
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.people import go_through_consent


@pytest.mark.django_db
@pytest.mark.parametrize(("allow", "outcome"), [(True, "active"), (False, "denied")])
def test_the_callback_page_names_its_outcome(
    board: NewHostApp, sandbox: RunningSandbox, allow: bool, outcome: str
) -> None:
    text = create_link_token(host_app=board.host_app, tenant_id="acme", user_id="carmen")
    page = go_through_consent(sandbox, Client(), text, "carmen", allow=allow)
    assert f'data-outcome="{outcome}"' in page.content.decode()


@pytest.mark.django_db
def test_a_page_on_the_way_names_none_and_a_failure_says_so(board: NewHostApp) -> None:
    text = create_link_token(host_app=board.host_app, tenant_id="acme", user_id="carmen")
    assert 'data-outcome=""' in Client().get("/connect-account", {"link_token": text}).content.decode()
    failed = Client().get("/connect-account/callback", {"code": "x", "state": "forged"})
    assert 'data-outcome="failed"' in failed.content.decode()

"""What is stored has a size, and what has expired goes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import models
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from harvest_bridge.connections import linking, services, states
from harvest_bridge.connections.errors import HarvestRefusedLink
from harvest_bridge.connections.models import Connection, LinkToken, SpentState
from harvest_bridge.console.tasks import forget_expired_sessions
from harvest_bridge.hosts.models import ApiKey
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.sandbox.testing import RunningSandbox
from harvest_bridge.stored_json import StoredJSONField
from tests.links import ask_link_token
from tests.people import ORIGIN, go_through_consent, widget_token

pytestmark = pytest.mark.django_db
LARGE = {"notes": "ü" * 9000}


def test_every_json_column_of_ours_has_a_size() -> None:
    ours = [model for model in apps.get_models() if model.__module__.startswith(("harvest_bridge", "timer_widget"))]
    fields = [field for model in ours for field in model._meta.get_fields() if isinstance(field, models.JSONField)]
    assert len(fields) >= 14
    assert [str(field) for field in fields if not isinstance(field, StoredJSONField)] == []


def refused(response: Any) -> str:
    body = response.json()
    assert (response.status_code, body["code"]) == (400, "value_too_large"), body
    message: str = body["message"]
    return message


def test_a_context_that_is_too_large_is_refused_with_its_name_and_its_size(api: APIClient, alices: Connection) -> None:
    for message in (
        refused(api.patch(f"/integrated-account/{alices.pk}", {"context": LARGE}, format="json")),
        refused(api.post("/link-token", {"tenant_id": "acme", "context": LARGE}, format="json")),
    ):
        assert message.startswith("context: is 18012 bytes as JSON; at most 16384")
    assert Connection.objects.get().context == {}


def test_a_context_does_not_grow_past_it_in_steps(api: APIClient, alices: Connection) -> None:
    address = f"/integrated-account/{alices.pk}"
    steps = [api.patch(address, {"context": {f"part-{n}": "x" * 5000}}, format="json") for n in range(4)]
    assert [step.status_code for step in steps] == [200, 200, 200, 400]
    renewed = {"integrated_account_id": str(alices.pk), "context": {"more": "x" * 5000}}
    refused(api.post("/link-token", renewed | {"persist_previous_context": True}, format="json"))
    assert api.post("/link-token", renewed, format="json").status_code == 200
    smaller = api.patch(address, {"context": {"part-0": None}, "label": "small again"}, format="json")
    assert (smaller.status_code, smaller.json()["label"]) == (200, "small again")


def test_what_we_note_ourselves_is_shortened(api: APIClient, alices: Connection) -> None:
    states.needs_reauth(alices, "why " * 1000, because=states.Because.REFRESH_REFUSED)
    states.forbidden(alices, method="GET", resource="/v2/" + "x" * 9000, needs="administrator")
    row = Connection.objects.get()
    assert len(row.last_error["message"]) == len(row.last_forbidden_error["resource"]) == 500
    api.post("/link-token", {"tenant_id": "acme"}, format="json")
    linking.note_failure(link_token=LinkToken.objects.latest("created_at"), failure=HarvestRefusedLink("no " * 1000))
    assert len(LinkToken.objects.latest("created_at").last_failure["error"]) == 500


def test_what_has_expired_is_removed_by_the_worker(api: APIClient, alices: Connection, sandbox: RunningSandbox) -> None:
    go_through_consent(sandbox, Client(), ask_link_token(api), "alice")  # which spends a state
    now = timezone.now()
    session = SessionStore()
    session["x"] = 1
    session.set_expiry(-1)
    session.save()
    key = ApiKey.objects.get()
    services.create_account_token(connection=alices, api_key=key, now=now - timedelta(hours=1))
    LinkToken.objects.update(expires_at=now - timedelta(seconds=1))
    SpentState.objects.update(expires_at=now - timedelta(seconds=1))
    assert (Session.objects.count(), SpentState.objects.count()) == (1, 1)
    forget_expired_sessions.call_local()
    services.forget_expired(now=now)
    assert not Session.objects.exists()
    assert not LinkToken.objects.exists()
    assert not SpentState.objects.exists()
    assert not alices.tokens.exists()


def test_a_person_who_begins_again_and_again_keeps_ten_links(board: NewHostApp) -> None:
    token = widget_token(board, sub="again")
    bought = APIClient().post("/timer/session", {"token": token, "origin": ORIGIN}, format="json").json()
    panel = APIClient()
    panel.credentials(HTTP_AUTHORIZATION=f"Bearer {bought['session']}")
    for _ in range(13):
        last = panel.post("/timer/connect", {}, format="json").json()["url"]
    assert LinkToken.objects.count() == 10
    assert panel.get(last.removeprefix("http://localhost:8000")).status_code == 200
